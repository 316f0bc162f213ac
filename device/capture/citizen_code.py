"""Draws the code of a citizen's slip."""

from __future__ import annotations

import secrets

from domain.citizen_code import ALPHABET, LENGTH


def draw_code() -> str:
    """Return a code that nobody can guess: 49 bits."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
