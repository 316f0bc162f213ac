"""Passwords: whether one is right, and what a new one must be.

A new one is long, and not one that everybody tries first.

Length before composition: NIST SP 800-63B, section 5.1.1.2, asks for no digits or signs, and for
a list of what is commonly used.
"""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

LEAST_CHARACTERS = 10
MOST_CHARACTERS = 200
# From here on the screen calls one strong.
STRONG_CHARACTERS = 15
_LEAST_DIFFERENT = 5

# The most used ones of ten characters or more, and what people here take first. What they are
# made of is compared, so that `Contraseña123!` is found as `contraseña`.
_WORST = frozenset(
    """
    password passwordpassword passw0rd passwort contraseña contrasena contraseñacontraseña
    micontraseña micontrasena qwertyuiop qwertyuiopasdf asdfghjkl asdfghjklñ zxcvbnm qazwsxedc
    abcdefghij abcdefghijk iloveyou iloveyouiloveyou princess princesa teamo teamomucho tequiero
    tequieromucho administrador administrator administracion mexico mexicomexico vivamexico
    estrella estrellita superman chocolate corazon mariposa guadalupe guadalupana virgendeguadalupe
    america cruzazul chivas pumas tigres acopio acopioacopio auxiliar auxiliarauxiliar instituto
    institutonacionalelectoral ine apoyo apoyociudadano aspirante elecciones electoral credencial
    usuario bienvenido welcome secreto letmein changeme cambiame temporal
    """.split()
)
# Memory enough to slow a thief, and half a second at most on a station.
_HASHER = PasswordHasher(time_cost=2, memory_cost=46 * 1024, parallelism=1)
_RUNS = ("01234567890123456789", "98765432109876543210", "abcdefghijklmnopqrstuvwxyz")


def new_verifier(secret: str) -> str:
    """Return the Argon2id string by which a password is known again."""
    return _HASHER.hash(secret)


def is_right(secret: str, verifier: str) -> bool:
    """Say whether a password or code is that of an Argon2id verifier; of none, nothing is."""
    try:
        return bool(verifier) and _HASHER.verify(verifier, secret)
    except (VerificationError, InvalidHashError):
        return False


class Fault(StrEnum):
    """Why a password is not taken."""

    SHORT = "password.short"
    LONG = "password.long"
    CODE = "password.is_code"
    IDENTIFIER = "password.is_identifier"
    COMMON = "password.common"
    OTHER = "password.other"  # the two are not the same


def fault(password: str, again: str, *, code: str, names: tuple[str, ...]) -> Fault | None:
    """Say why a password is not taken, or nothing.

    Args:
        password: As typed; blanks count and stay.
        again: The same, typed once more.
        code: The one-time code, which others have seen.
        names: What the auxiliar is called here.
    """
    if len(password) < LEAST_CHARACTERS:
        return Fault.SHORT
    if len(password) > MOST_CHARACTERS:
        return Fault.LONG
    letters = _plain(password)
    if letters == _plain(code):
        return Fault.CODE
    if any(_repeats(letters, _plain(name)) for name in names if name):
        return Fault.IDENTIFIER
    if _is_common(letters):
        return Fault.COMMON
    return None if password == again else Fault.OTHER


def _plain(text: str) -> str:
    return re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", text).casefold())


def _repeats(text: str, word: str) -> bool:
    """Say whether a text is a word, once or several times, with digits or signs around it."""
    core = text.strip("0123456789!?.,*+#$_")
    return bool(word) and any(
        found == word * (len(found) // len(word)) for found in (text, core) if found
    )


def _is_common(letters: str) -> bool:
    if len(set(letters)) < _LEAST_DIFFERENT:
        return True
    if any(letters in run for run in _RUNS):
        return True
    return any(_repeats(letters, word) for word in _WORST)
