"""Measurements: what can be said of them without measuring."""
