"""The manuals: what they say is what the product says."""
