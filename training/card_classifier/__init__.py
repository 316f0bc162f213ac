"""The card classifier: which side of which model a rectified card shows, and whether it is upright."""
