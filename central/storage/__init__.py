"""Sealed packets at rest, and names of citizens sealed for the database."""
