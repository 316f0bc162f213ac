"""The machine-readable zone among a peer's lines, repaired as far as its rules allow.

A peer gives text, not chances: what does not fit its place is replaced by the look-alike that does,
fillers lost or doubled are set right by the form of the line, and the check digits decide between
the few repairs that remain. What no check can prove is left as read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import product

from domain.credential import mrz as rules
from domain.credential.mrz import FILLER, LINE_LENGTH

_DIGITS, _LETTERS = "0123456789", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
# What is read for a digit, and for a letter; the first is the likeliest.
TO_DIGIT = {
    "O": "0", "Q": "0", "D": "0", "U": "0", "C": "0", "I": "1", "L": "1", "J": "1", "T": "1",
    "Z": "2", "E": "3", "A": "4", "H": "4", "S": "5", "G": "6", "B": "8", "P": "9", "Y": "7",
}  # fmt: skip
TO_LETTER = {
    "0": "O", "1": "I", "2": "Z", "3": "E", "4": "A", "5": "S", "6": "G", "7": "T", "8": "B",
    "9": "P",
}  # fmt: skip
# Digits that print much alike, to try where a check digit does not hold.
ALIKE_DIGITS = {
    "0": "689", "1": "74", "2": "7", "3": "895", "4": "19", "5": "6389", "6": "508", "7": "12",
    "8": "0369", "9": "0835",
}  # fmt: skip
_MARKS = str.maketrans(
    {"«": "<<", "‹": "<", "＜": "<", "く": "<", "{": "<", "[": "<", "(": "<", "#": "M"}
)

# The CIC's digit proves where it stands: its head and the fillers behind it may be anything.
_FIRST = re.compile(r"(?P<cic>[^<]{10}).{0,3}?(?P<number>[^<]{13})<{0,2}")
_SECOND = re.compile(
    r"(?P<born>.{7})(?P<sex>.)(?P<expires>.{7})[MNH?]?[E3F?][XK?][<KCX]{0,2}?(?P<emission>.{2})"
    r"[<KCX]{0,3}?(?P<optional>.{5})[<KCX]{0,2}?(?P<last>.)"
)
_SEX = {"H": "H", "M": "M", "X": "X", "<": "<", "N": "M", "W": "M", "K": "X"}


def find_zone(texts: Sequence[str]) -> tuple[str | None, str | None, str | None]:
    """Return the three lines among texts from the top; each None where it is not there."""
    cleaned = [_cleaned(text) for text in texts]
    first = second = third = None
    start = after = len(cleaned)
    for place, text in enumerate(cleaned):
        first_here = first_line(text) if first is None else None
        second_here = second_line(text) if second is None else None
        if first_here is not None or second_here is not None:
            start, after = min(start, place), place
        first, second = first or first_here, second or second_here
    names = [p for p, text in enumerate(cleaned) if p > start and looks_like_names(text)]
    # Right below the second line; where a peer reads a zone twice, whichever shows fillers best.
    names.sort(key=lambda p: (-min(cleaned[p].count(FILLER), 3), abs(p - after)))
    third = name_line(cleaned[names[0]]) if names and after < len(cleaned) else None
    if first is not None and second is not None:
        second = _agreeing(first, second)
    return first, second, third


def proven(lines: tuple[str | None, str | None, str | None]) -> tuple[str, str, str] | None:
    """Return the zone when all three lines are there and their checks hold."""
    first, second, third = lines
    if first is None or second is None or third is None:
        return None
    zone = (first, second, third)
    return None if rules.failed_checks(zone) else zone


def _cleaned(text: str) -> str:
    squeezed = re.sub(r"[ .,:;'`·]", "", text.upper()).translate(_MARKS)
    return re.sub(r"[^A-Z0-9<]", "?", squeezed)


def first_line(text: str) -> str | None:
    """Return the first line with its CIC checked, or None when the text is none."""
    digits = sum(c.isdigit() for c in text)
    alike = sum(c.isdigit() or c in TO_DIGIT for c in text)
    if not 24 <= len(text) <= 34 or digits < 10 or alike < 20:
        return None
    for head in range(7):
        match = _FIRST.fullmatch(text, head)
        if match is None:
            continue
        cic, number = to_digits(match["cic"]), to_digits(match["number"])
        named = re.search(r"[IDMEX]", text[:head]) is not None or FILLER in text
        if cic is None or number is None or not named:
            continue
        checked = _checked(cic) if head == 5 else cic if _holds(cic) else None
        if checked is not None:
            return f"IDMEX{checked}{FILLER * 2}{number}"
    return None


def second_line(text: str) -> str | None:
    """Return the second line with both dates checked, or None when the text is none."""
    match = _SECOND.fullmatch(text)
    if match is None:
        return None
    digits = [to_digits(match[n]) for n in ("born", "expires", "emission", "optional", "last")]
    sex = _SEX.get(match["sex"])
    if None in digits or sex is None:
        return None
    born, expires, emission, optional, last = (str(text) for text in digits)
    days = _dated(born), _dated(expires)
    if None in days:
        return None
    return f"{days[0]}{sex}{days[1]}MEX<{emission}<<{optional}<{last}"


def looks_like_names(text: str) -> bool:
    """Say whether a cleaned text can be the third line: letters, and fillers or K or C."""
    letters = sum(c.isalpha() for c in text)
    filled = FILLER in text or re.search(r"[KC]{2}", text) is not None
    return len(text) >= 15 and sum(c.isdigit() for c in text) <= 4 and letters >= 6 and filled


def name_line(text: str) -> str:
    """Return the third line in 30 characters.

    A `<` is often read as K or C, and no digit covers this line. What helps: fillers end it in one
    run, two of them part surnames from given names, and a K inside a surname is rare in Spanish.
    """
    body = "".join(TO_LETTER.get(c, c) for c in text)
    body = re.sub(r"<[<KCLS?]*$|[KC]{3,}$", "", body).lstrip(FILLER)
    body = re.sub(r"<{3,}|<[KC]<", "<<", body)
    if "<<" not in body:
        body = _parted(body)
    surnames, parting, given = body.partition("<<")
    if FILLER not in surnames:
        read = "[KC]" if "CC" in text or len(surnames) > 13 else "K"
        surnames = re.sub(rf"(?<=[A-Z]{{3}}){read}(?=[A-Z]{{3}})", FILLER, surnames, count=1)
    surnames = re.sub(r"<K(?=[BCDFGJKMNPQSTVWXZ])", FILLER, surnames)
    given = re.sub(r"(?<=[A-Z]{4})K(?=[A-Z]{2})", FILLER, given)
    return f"{surnames}{parting}{given}"[:LINE_LENGTH].ljust(LINE_LENGTH, FILLER)


def _parted(body: str) -> str:
    """Return a line with its two fillers where they were read as something else, or lost."""
    for read in (r"K<", r"<K(?=[A-Z])", r"KK", r"CK|KC", r"CC"):
        places = list(re.finditer(read, body))
        if places:
            place = places[0]
            return f"{body[: place.start()]}<<{body[place.end() :]}"
    words = body.split(FILLER)
    if len(words) > 2:  # two surnames, then the given names
        return f"{words[0]}<{words[1]}<<{'<'.join(words[2:])}"
    return "<<".join(words)


def to_digits(text: str) -> str | None:
    """Return a text as digits, look-alikes replaced; None where something else stands."""
    digits = "".join(TO_DIGIT.get(c, c) for c in text)
    return digits if digits.isdigit() else None


def _holds(field: str) -> bool:
    return str(rules.check_digit(field[:-1])) == field[-1]


def _checked(field: str) -> str | None:
    """Return nine or fewer digits with the check digit that follows them, one look-alike apart."""
    right = [text for text in _near(field) if _holds(text)]
    return right[0] if right and (right[0] == field or len(right) == 1) else None


def _dated(field: str) -> str | None:
    right = [text for text in _near(field) if _holds(text) and rules.is_calendar_date(text[:-1])]
    return right[0] if right and (right[0] == field or len(right) == 1) else None


def _near(field: str) -> Iterator[str]:
    """Give the digits, then every text with one digit replaced by a look-alike."""
    yield field
    for place, digit in enumerate(field):
        for other in ALIKE_DIGITS[digit]:
            yield field[:place] + other + field[place + 1 :]


def _agreeing(first: str, second: str) -> str:
    """Return the second line; its last digit proves both, and is left as read if they disagree."""
    if str(rules.check_digit(rules.composite_field(first, second))) == second[-1]:
        return second
    # Its five free digits and the emission have no digit of their own.
    places = (*range(19, 21), *range(23, 28))
    right = [
        changed
        for place, other in product(places, _DIGITS)
        if other in ALIKE_DIGITS[second[place]]
        for changed in [second[:place] + other + second[place + 1 :]]
        if str(rules.check_digit(rules.composite_field(first, changed))) == changed[-1]
    ]
    return right[0] if len(right) == 1 else second
