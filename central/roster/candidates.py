"""Who is to become an auxiliar, as the form and the file say it, and what is wrong with that.

Everything here is a pure rule: what was typed goes in; values, or a code for each field in which
somebody must change something, come out. `central/portal/registration_texts.py` has the sentences.

E-mail and tipo de cuenta. The official form asks that the two match. What can be told without
asking Google or Facebook is little, and only that is refused: an address that cannot exist, at all
or at Gmail. Any address may be a Google account (Google Workspace, or an account made over an
address of somebody else), and any may be a Facebook account, so no other domain is refused. An
address that looks like a slip of the fingers (`gmial.com`) is a warning. Whether the account is
there shows when the letter arrives.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from central.models.accounts import AccountKind
from domain.credential.clave_elector import LENGTH, build_clave_elector, parse_clave_elector
from domain.credential.text import fold
from domain.errors import ClaveElectorError

# The official fields, in the order of the form; columns of the file have the same names.
FIELDS = (
    "account_kind",
    "nombres",
    "apellido_paterno",
    "apellido_materno",
    "born_on",
    "telefono_movil",
    "email",
    "clave_elector",
)
# An auxiliar holds a credencial para votar.
LEAST_AGE_YEARS, MOST_AGE_YEARS = 18, 110
LONGEST_NAME, LONGEST_EMAIL = 100, 254

_NAMES = ("nombres", "apellido_paterno", "apellido_materno")
# Letters of any alphabet, and what stands between the parts of a name.
_NAME = re.compile(r"[^\W\d_](?:[^\W\d_]|[ .'’´-])*")
_DATE = re.compile(r"(?P<day>[0-9]{1,2})[/.-](?P<month>[0-9]{1,2})[/.-](?P<year>[0-9]{4})")
_ISO_DATE = re.compile(r"(?P<year>[0-9]{4})-(?P<month>[0-9]{1,2})-(?P<day>[0-9]{1,2})")
# Today's ten digits, after the codes that came before them until 2019.
_PHONE = re.compile(r"(?:(?:\+|00)?521?|044|045|01)?(?P<number>[0-9]{10})")
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_EMAIL = re.compile(
    rf"(?P<local>{_ATOM}(?:\.{_ATOM})*)@(?P<domain>(?:{_LABEL}\.)+[A-Za-z]{{2,63}})"
)
_GMAIL = frozenset({"gmail.com", "googlemail.com"})
# Gmail takes letters, digits and dots, 6 to 30 of them; what follows a plus is the person's own.
_AT_GMAIL = re.compile(r"(?:\.?[a-z0-9]){6,30}(?:\+.*)?")
_SLIPS = frozenset(
    f"{name}.{end}"
    for name, ends in {
        "gmail": ("con", "co", "cm", "om", "comm", "com.mx", "mx"),
        **dict.fromkeys(("gmial", "gmal", "gmai", "gamil", "gnail", "gmeil", "gmil"), ("com",)),
        **dict.fromkeys(("hotmail", "outlook", "yahoo", "icloud"), ("con", "co", "cm", "comm")),
        **dict.fromkeys(("hotmial", "hotmal", "hotamil", "outlok", "yaho", "yahooo"), ("com",)),
    }.items()
    for end in ends
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """One person as an aspirante names them; it hides itself in `repr`."""

    nombres: str = field(repr=False)
    apellido_paterno: str = field(repr=False)
    apellido_materno: str = field(repr=False)
    born_on: date | None = field(repr=False)
    telefono_movil: str | None = field(repr=False)
    # Lower case: it is compared as it stands.
    email: str = field(repr=False)
    account_kind: AccountKind | None
    # Upper case without blanks; None where the process asks for none.
    clave_elector: str | None = field(repr=False)


def read_candidate(texts: Mapping[str, str]) -> tuple[Candidate, dict[str, str]]:
    """Read what was typed into `FIELDS`; an absent one is empty.

    Returns:
        The candidate with blanks, case and separators brought to one form, and the codes of the
        fields that say something that cannot be read.
    """
    typed = {name: _one_line(texts.get(name, "")) for name in FIELDS}
    unreadable: dict[str, str] = {}
    born_on = _read_date(typed["born_on"])
    if typed["born_on"] and born_on is None:
        is_date = _DATE.fullmatch(typed["born_on"]) or _ISO_DATE.fullmatch(typed["born_on"])
        unreadable["born_on"] = "born_on.impossible" if is_date else "born_on.form"
    letter = typed["account_kind"].lower()
    account_kind = AccountKind(letter) if letter in set(AccountKind) else None
    if letter and account_kind is None:
        unreadable["account_kind"] = "account_kind.unknown"
    phone = re.sub(r"[ ().-]", "", typed["telefono_movil"])
    found = _PHONE.fullmatch(phone)
    clave = re.sub(r"[ -]", "", fold(typed["clave_elector"]))
    candidate = Candidate(
        nombres=typed["nombres"],
        apellido_paterno=typed["apellido_paterno"],
        apellido_materno=typed["apellido_materno"],
        born_on=born_on,
        # What is no number stays as it is, for `mistakes` to name.
        telefono_movil=(found["number"] if found else phone) or None,
        email=typed["email"].replace(" ", "").lower(),
        account_kind=account_kind,
        clave_elector=clave or None,
    )
    return candidate, unreadable


def mistakes(candidate: Candidate, *, today: date, asks_register: bool = True) -> dict[str, str]:
    """Give the code of what must be changed in each field; nothing: the candidate may come in.

    Args:
        candidate: Who it is about.
        today: The day in the zone of the process.
        asks_register: Whether the process asks the register, and so needs a clave de elector.
    """
    found = name_mistakes(
        nombres=candidate.nombres,
        apellido_paterno=candidate.apellido_paterno,
        apellido_materno=candidate.apellido_materno,
    )
    if candidate.account_kind is None:
        found["account_kind"] = "account_kind.missing"
    if code := _born_on_mistake(candidate.born_on, today):
        found["born_on"] = code
    if candidate.telefono_movil and not re.fullmatch(r"[0-9]{10}", candidate.telefono_movil):
        found["telefono_movil"] = "telefono_movil.form"
    if code := email_mistake(candidate.email):
        found["email"] = code
    if asks_register and (code := _clave_mistake(candidate.clave_elector)):
        found["clave_elector"] = code
    return found


def warnings(candidate: Candidate) -> dict[str, str]:
    """Give the code of what looks wrong in a field and may be right all the same.

    A clave de elector is compared with birth and names: corrected data and homonyms make rightful
    exceptions (domain.md §6.7), so it warns and never refuses.
    """
    found: dict[str, str] = {}
    if candidate.email.rpartition("@")[2] in _SLIPS:
        found["email"] = "email.slip"
    try:
        clave = parse_clave_elector(candidate.clave_elector or "")
    except ClaveElectorError:
        return found
    born_on = candidate.born_on
    if born_on is not None and f"{born_on:%y%m%d}" != clave.birth:
        found["clave_elector"] = "clave_elector.other_birth"
    elif born_on is not None and _letters(candidate, born_on) != clave.letters:
        found["clave_elector"] = "clave_elector.other_name"
    return found


def name_mistakes(*, nombres: str, apellido_paterno: str, apellido_materno: str) -> dict[str, str]:
    """Give the code of what is wrong with each name; one surname of the two is enough."""
    found: dict[str, str] = {}
    names = (nombres, apellido_paterno, apellido_materno)
    for name, text in zip(_NAMES, names, strict=True):
        if len(text) > LONGEST_NAME:
            found[name] = "name.too_long"
        elif text and _NAME.fullmatch(text) is None:
            found[name] = "name.letters"
    if not nombres:
        found["nombres"] = "nombres.missing"
    if not (apellido_paterno or apellido_materno):
        found["apellido_paterno"] = "apellido.missing"
    return found


def email_mistake(email: str) -> str | None:
    """Give the code of what is wrong with an address in lower case."""
    if not email:
        return "email.missing"
    match = _EMAIL.fullmatch(email)
    if match is None or len(email) > LONGEST_EMAIL or len(match["local"]) > 64:
        return "email.form"
    if match["domain"] in _GMAIL and _AT_GMAIL.fullmatch(match["local"]) is None:
        return "email.not_at_gmail"
    return None


def _one_line(text: str) -> str:
    return unicodedata.normalize("NFC", " ".join(text.split()))


def _read_date(text: str) -> date | None:
    match = _DATE.fullmatch(text) or _ISO_DATE.fullmatch(text)
    if match is None:
        return None
    try:
        return date(int(match["year"]), int(match["month"]), int(match["day"]))
    except ValueError:
        return None


def _born_on_mistake(born_on: date | None, today: date) -> str | None:
    if born_on is None:
        return "born_on.missing"
    if born_on > today:
        return "born_on.future"
    had_birthday = (today.month, today.day) >= (born_on.month, born_on.day)
    age = today.year - born_on.year - (0 if had_birthday else 1)
    if age < LEAST_AGE_YEARS:
        return "born_on.underage"
    return "born_on.too_old" if age > MOST_AGE_YEARS else None


def _clave_mistake(clave: str | None) -> str | None:
    if not clave:
        return "clave_elector.missing"
    if len(clave) != LENGTH:
        return "clave_elector.length"
    try:
        parse_clave_elector(clave)
    except ClaveElectorError:
        return "clave_elector.form"
    return None


def _letters(candidate: Candidate, born_on: date) -> str:
    try:
        built = build_clave_elector(
            candidate.nombres,
            candidate.apellido_paterno,
            candidate.apellido_materno,
            born_on,
            "H",
            "09",
        )
    except ClaveElectorError:
        return ""
    return parse_clave_elector(built).letters
