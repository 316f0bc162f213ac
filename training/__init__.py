"""Synthetic credentials and the training of the models a station carries. Nothing imports it."""
