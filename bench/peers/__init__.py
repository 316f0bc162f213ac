"""Other readers on the same frames, each in its own process and environment (`make peers`)."""
