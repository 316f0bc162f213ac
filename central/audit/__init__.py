"""Append-only: who did what to which record, when; and the log of receipts that proves it."""
