"""Letters: written down with their cause, sent later by the worker."""
