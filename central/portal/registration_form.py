"""The form of Registro: what was typed, whom it names, what is wrong and what looks wrong."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from central.models import Auxiliar
from central.portal.registration_texts import sentences
from central.roster.candidates import FIELDS, Candidate, mistakes, read_candidate, warnings

# Day, month and year are three fields, as in the official form.
_DATE_PARTS = ("born_day", "born_month", "born_year")
_MAX_TEXT = 300


@dataclass(frozen=True)
class RegistrationForm:
    """The texts as typed, and the codes of what is wrong by field."""

    texts: Mapping[str, str] = field(repr=False)
    candidate: Candidate
    codes: Mapping[str, str]
    doubts: Mapping[str, str]
    # What was said of doubts before, and pressed away.
    confirmed: str = ""

    @property
    def errors(self) -> Mapping[str, str]:
        """The sentence beside each field that must change."""
        return sentences(self.codes)

    @property
    def warnings(self) -> Mapping[str, str]:
        """The sentence beside each field that looks wrong."""
        return sentences({name: self.doubts[name] for name in self.doubts.keys() - self.codes})

    @property
    def mark(self) -> str:
        """The doubts in a word: what is pressed away are these and no others."""
        return " ".join(sorted(self.doubts.values()))

    @property
    def is_to_be_confirmed(self) -> bool:
        """Say whether somebody has to look at the doubts first."""
        return bool(self.doubts) and self.confirmed != self.mark

    @classmethod
    def empty(cls) -> "RegistrationForm":
        """Give the form as it is first shown."""
        texts = dict.fromkeys((*FIELDS, *_DATE_PARTS), "")
        return cls(texts, read_candidate({})[0], {}, {})

    @classmethod
    def of(cls, person: Auxiliar) -> "RegistrationForm":
        """Fill the form with somebody to be corrected; the clave is not kept, so it is empty."""
        born_on = person.born_on
        texts = {
            "account_kind": person.account_kind.value if person.account_kind else "",
            "nombres": person.nombres,
            "apellido_paterno": person.apellido_paterno,
            "apellido_materno": person.apellido_materno,
            "telefono_movil": person.telefono_movil or "",
            "email": person.email,
            "clave_elector": "",
            "born_day": "" if born_on is None else str(born_on.day),
            "born_month": "" if born_on is None else str(born_on.month),
            "born_year": "" if born_on is None else str(born_on.year),
        }
        return cls(texts, read_candidate({})[0], {}, {})

    @classmethod
    def parse(
        cls, form: Mapping[str, str], *, today: date, needs_clave: bool
    ) -> "RegistrationForm":
        """Read the form as it was sent; unknown fields are ignored, each mistake has its code.

        Args:
            form: What the browser sent.
            today: The day in the zone of the process.
            needs_clave: Whether a clave de elector must be there; one that is there is read.
        """
        names = (*FIELDS, *_DATE_PARTS)
        texts = {name: form.get(name, "").strip()[:_MAX_TEXT] for name in names}
        parts = [texts[name] for name in _DATE_PARTS]
        texts["born_on"] = "/".join(parts) if any(parts) else ""
        candidate, unreadable = read_candidate(texts)
        asks = needs_clave or candidate.clave_elector is not None
        codes = {**mistakes(candidate, today=today, asks_register=asks), **unreadable}
        return cls(texts, candidate, codes, warnings(candidate), form.get("confirmed", ""))

    def with_codes(self, codes: Mapping[str, str]) -> "RegistrationForm":
        """Give the form with what the database had against it."""
        return RegistrationForm(self.texts, self.candidate, codes, self.doubts, self.confirmed)
