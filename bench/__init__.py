"""Measurements. Each result names its machine, date and commit."""
