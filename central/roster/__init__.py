"""Processes, aspirantes, auxiliares, users as the authority enters them; each call may repeat."""
