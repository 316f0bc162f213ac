"""The centre: keeps what the stations deliver, verifies it, and shows the advance."""
