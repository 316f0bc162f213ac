"""Checks what the centre signed, offline: no server, no database, only files and public keys."""
