"""The numbered steps. They run with the system's Python and nothing but its standard library."""
