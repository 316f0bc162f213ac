"""The one-time code that an auxiliar activates with: drawn at the centre, sent by e-mail."""

from __future__ import annotations

import re

from domain.citizen_code import ALPHABET
from domain.errors import ActivationCodeError

GROUPS, GROUP = 3, 4
PATTERN = "-".join([f"[{ALPHABET}]{{{GROUP}}}"] * GROUPS)


def parse_activation_code(text: str) -> str:
    """Return a code as it was drawn from one as a person types it: any case, blanks and hyphens.

    Raises:
        ActivationCodeError: Not twelve letters of the alphabet.
    """
    letters = re.sub(r"[\s-]", "", text).upper()
    code = "-".join(letters[i : i + GROUP] for i in range(0, len(letters), GROUP))
    if re.fullmatch(PATTERN, code) is None:
        raise ActivationCodeError(f"a code has {GROUPS * GROUP} letters of its own alphabet")
    return code
