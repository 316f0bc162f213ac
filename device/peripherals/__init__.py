"""Scanner, printer and lamps on serial lines; none of them is needed for a capture."""
