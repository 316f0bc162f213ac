"""What `acopio-station` can be told to do: one module per group of commands."""
