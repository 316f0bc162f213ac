"""Invented credentials, their photographs, and the networks trained on them."""
