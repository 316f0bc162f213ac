"""Tables as files: one protocol, one module for each format."""
