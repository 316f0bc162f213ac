"""The card classifier: side and model of a rectified card, and whether it is upright."""
