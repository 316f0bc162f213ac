"""The card detector: is there a credential in the frame, and where are its four corners."""
