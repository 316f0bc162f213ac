"""What a station proves before it captures: test cards, every part, and a cut of the power."""
