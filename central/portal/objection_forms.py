"""The form of an inconformidad: what is said, and the files beside it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from central.errors import InvalidInputError
from central.review.attachments import MOST_BYTES, MOST_FILES, Attachment, read_attachment
from central.review.objections import MOST_CHARACTERS


@dataclass(frozen=True)
class ObjectionForm:
    """The statement as typed, the files as accepted, and what is wrong with either."""

    statement: str = field(default="", repr=False)
    files: tuple[Attachment, ...] = ()
    errors: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def parse(cls, form: Mapping[str, str], sent: Iterable[FileStorage]) -> "ObjectionForm":
        """Read the form as it was sent."""
        statement = form.get("statement", "").replace("\r\n", "\n").strip()
        errors: dict[str, str] = {}
        if not statement:
            errors["statement"] = _("Write why you do not agree.")
        elif len(statement) > MOST_CHARACTERS:
            errors["statement"] = _("At most %(count)d characters.", count=MOST_CHARACTERS)
        elif "\0" in statement:
            errors["statement"] = _("The text has a character that cannot be kept.")
        files: list[Attachment] = []
        chosen = [one for one in sent if one.filename]
        if len(chosen) > MOST_FILES:
            errors["files"] = _("At most %(count)d files.", count=MOST_FILES)
            chosen = []
        for number, one in enumerate(chosen, start=1):
            try:
                files.append(read_attachment(one.filename or "", one.read(MOST_BYTES + 1)))
            except InvalidInputError as error:
                errors["files"] = _mistake(number, error.code)
        return cls(statement, tuple(files), errors)


def _mistake(number: int, code: str) -> str:
    match code:
        case "attachment.empty":
            return str(_("File %(number)d is empty. Choose it again.", number=number))
        case "attachment.size":
            return str(
                _(
                    "File %(number)d is larger than %(most)d MB. Make it smaller or divide it.",
                    number=number,
                    most=MOST_BYTES // 1024 // 1024,
                )
            )
        case _:
            return str(
                _(
                    "File %(number)d is not a whole PDF, JPG or PNG. Save it as one of these.",
                    number=number,
                )
            )
