"""Asks for the situación registral of a citizen."""
