"""One visit of a person, from consent to the seal."""
