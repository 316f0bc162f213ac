"""The line recogniser: one printed line, 32 pixels high, to its text by CTC."""
