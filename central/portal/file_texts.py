"""The sentences about a file of auxiliares: why it is not read, and what is wrong in its rows."""

from collections import Counter
from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from central.portal.formats import bytes_size, number
from central.portal.registration_texts import FIELD_LABELS, SENTENCES
from central.roster.files.checking import WHOLE_ROW, CheckedFile, CheckedRow, Remark
from central.roster.files.columns import TITLES
from central.roster.files.refusals import Cause, Refusal
from central.roster.files.sheet import REMARKS
from central.roster.files.writer import RemarkedRow

# Each says what it is and what to do; the official titles stay as the template has them.
REFUSALS: Mapping[Cause, LazyString] = {
    Cause.NO_FILE: _("Choose a file first, then press the button."),
    Cause.EMPTY: _("The file is empty. Open it, make sure that it was saved, and choose it again."),
    Cause.TOO_BIG: _(
        "The file has more than %(most_bytes)s. Split it into several, each with its header, "
        "and upload them one by one."
    ),
    Cause.PDF: _(
        "This is a PDF, whose rows cannot be read with certainty. Open the table it was made from, "
        "save it as Excel workbook (.xlsx) and upload that."
    ),
    Cause.IMAGE: _(
        "This is a picture. Write its data into the template, save it and upload the template."
    ),
    Cause.DOCUMENT: _(
        "This is a text document or a presentation. Copy its table into the template, save it "
        "and upload the template."
    ),
    Cause.OLD_EXCEL: _(
        "This is an Excel file of the old kind (.xls). Open it in Excel, choose «Save as» and "
        "«Excel workbook (.xlsx)», and upload the new one."
    ),
    Cause.BINARY_EXCEL: _(
        "This is a binary Excel workbook (.xlsb). Open it in Excel, choose «Save as» and "
        "«Excel workbook (.xlsx)», and upload the new one."
    ),
    Cause.OPEN_DOCUMENT: _(
        "This is an OpenDocument file (.ods). Open it in LibreOffice, choose «Save as» and "
        "«Excel 2007-365 (.xlsx)», and upload the new one."
    ),
    Cause.NUMBERS: _(
        "This is a file of Numbers. Choose «File», «Export to», «Excel» there, and upload the "
        "exported file."
    ),
    Cause.MARKUP: _(
        "This is a web page under the name of a table, as some systems export it. Open it in "
        "Excel, choose «Save as» and «Excel workbook (.xlsx)», and upload the new one."
    ),
    Cause.CONTACTS: _(
        "This is an address book (.vcf). Copy its data into the template, save it and upload the "
        "template."
    ),
    Cause.ARCHIVE: _(
        "This is a compressed folder. Take the file out of it and upload that file alone."
    ),
    Cause.PASSWORD: _(
        "The file is locked with a password. Open it in Excel, choose «File», «Info», «Protect "
        "workbook», «Encrypt with password», clear the password, save it and upload it again."
    ),
    Cause.BINARY: _(
        "This is no table: it is another kind of file. Choose an Excel workbook (.xlsx) or a CSV."
    ),
    Cause.ENCODING: _(
        "The accents of the file cannot be told. Open it in Excel, choose «Save as» and «CSV "
        "UTF-8», and upload the new one."
    ),
    Cause.QUOTE: _(
        "In row %(row)s a quotation mark opens and never closes, so the rows after it run "
        "together. Take the mark out and upload the file again."
    ),
    Cause.ONE_COLUMN: _(
        "Everything stands in one column. Open the file in Excel, put each datum into a column of "
        "its own («Data», «Text to columns»), save it and upload it again."
    ),
    Cause.DAMAGED: _(
        "The workbook is damaged and cannot be opened. Open it in Excel, let Excel repair it, save "
        "it under another name and upload that."
    ),
    Cause.BOMB: _(
        "Unpacked, the workbook is far larger than any list of auxiliares. Copy only the rows into "
        "the template, save it and upload the template."
    ),
    Cause.ENTITIES: _(
        "The workbook has parts that Excel does not write and that are not read for safety. Copy "
        "the rows into the template, save it and upload the template."
    ),
    Cause.FORMULAS: _(
        "The workbook has formulas without a result. Open it in Excel, let it calculate, save it, "
        "and upload it again; or paste the cells as values."
    ),
    Cause.HIDDEN: _(
        "The sheet with the auxiliares is hidden. Show it in Excel (right button on the tabs, "
        "«Unhide»), save the file and upload it again."
    ),
    Cause.NO_SHEET: _(
        "None of the sheets (%(sheets)s) has the titles of the template. Put them on the first "
        "row above your data, save the file and upload it again."
    ),
    Cause.NO_HEADER: _(
        "The titles of the columns were not found. Put those of the template on the first row "
        "above your data, save the file and upload it again."
    ),
    Cause.REPEATED_HEADER: _(
        "The title «%(title)s» stands above more than one column. Leave it above one of them and "
        "upload the file again."
    ),
    Cause.MISSING_HEADER: _(
        "These columns are missing: %(titles)s. Add them with exactly these titles and upload the "
        "file again."
    ),
    Cause.JOINED_NAMES: _(
        "The column «%(title)s» joins what goes apart. Make the columns Nombre(s), Apellido "
        "Paterno and Apellido Materno of it and upload the file again."
    ),
    Cause.NO_ROWS: _(
        "The file has titles and no people below them. Write one person in each row, save it and "
        "upload it again."
    ),
    Cause.MANY_ROWS: _(
        "The file has more than %(most)s rows. Split it into several, each with its header, and "
        "upload them one by one."
    ),
    Cause.MANY_COLUMNS: _(
        "Row %(row)s has more than %(most)s columns. Copy only the columns of the template into "
        "it, save it and upload the template."
    ),
    Cause.LONG_CELL: _(
        "A cell of row %(row)s has more than %(most)s characters. Shorten it, or look for a "
        "quotation mark that never closes, and upload the file again."
    ),
}

# What only a file can have; the rest has its sentence beside the form.
ROW_SENTENCES: Mapping[str, LazyString] = {
    "row.shifted": _(
        "This row has more cells than the file has columns: a separator too many moved them. "
        "Take it out, or put the cell between quotation marks."
    ),
    "cell.failed": _("The formula of this cell failed. Write the value itself."),
    "cell.broken": _(
        "The accents of this cell are broken. Write it again and save the file as CSV UTF-8 or "
        "as Excel workbook."
    ),
    "cell.formula": _(
        "This cell begins like a formula (=, +, - or @). Formulas are not read: write the value."
    ),
    "born_on.short_year": _("Write the year with four digits, as in 05/03/1990."),
    "email.repeated_row": _("The same person is in row %(other_row)s. Leave one of the two rows."),
    "email.shared": _(
        "Row %(other_row)s has the same address and other data. Each person has an address of "
        "their own: correct the wrong row."
    ),
    "clave_elector.repeated_row": _(
        "The same person is in row %(other_row)s. Leave one of the two rows."
    ),
    "clave_elector.shared": _(
        "Row %(other_row)s has the same clave and other data. Compare both with their credencial."
    ),
    "person.namesake": _(
        "Row %(other_row)s has the same name and birth. If it is the same person, leave one row."
    ),
}


# By the code, else by what stands before its dot.
KINDS: Mapping[str, LazyString] = {
    "row": _("Rows with cells too many"),
    "cell": _("Cells that cannot be read"),
    "cell.formula": _("Cells that begin like a formula"),
    "nombres": _("People without a name"),
    "name": _("Names to correct"),
    "apellido": _("People without a surname"),
    "born_on": _("Fechas de nacimiento to correct"),
    "born_on.underage": _("People under 18"),
    "telefono_movil": _("Telephones to correct"),
    "account_kind": _("Tipos de cuenta to correct"),
    "email": _("Addresses to correct"),
    "email.repeated_row": _("Repeated rows"),
    "email.shared": _("Repeated addresses"),
    "email.own": _("Addresses of auxiliares you have already"),
    "email.taken": _("Addresses of auxiliares of another request"),
    "clave_elector": _("Claves de elector to correct"),
    "clave_elector.repeated_row": _("Repeated claves de elector"),
    "clave_elector.shared": _("Claves de elector shared by different people"),
    "clave_elector.own": _("Claves of auxiliares you have already"),
    "clave_elector.taken": _("Claves of auxiliares of another request"),
}


def refusal_sentence(refusal: Refusal) -> str:
    """Say why a file is not read, and what to do."""
    details = {
        name: bytes_size(int(value)) if name == "most_bytes" else _shown(value)
        for name, value in refusal.details.items()
    }
    return str(REFUSALS[refusal.cause]) % details


def remark_sentence(remark: Remark) -> str:
    """Say what is wrong with a cell, or looks so."""
    if remark.code in ROW_SENTENCES:
        return str(ROW_SENTENCES[remark.code]) % {"other_row": remark.other_row}
    return str(SENTENCES[remark.code])


def field_label(name: str) -> str:
    """Give the official name of a column, or a word for the row as a whole."""
    return str(_("The whole row") if name == WHOLE_ROW else FIELD_LABELS[name])


def kinds(file: CheckedFile) -> list[tuple[str, int]]:
    """Sum up the mistakes of a file by kind, the most frequent first: repeated addresses, 34."""
    counts: Counter[str] = Counter()
    for row in file.rows:
        counts.update({_kind(remark.code) for remark in row.mistakes})
    return [(str(KINDS[kind]), count) for kind, count in counts.most_common()]


def remarked(file: CheckedFile, *, wrong_only: bool) -> tuple[list[str], list[RemarkedRow]]:
    """Give titles and rows of the corrected file: what was put right is so already."""
    titles = [
        TITLES[column] if column is not None else title
        for column, title in zip(file.columns, file.titles, strict=True)
    ]
    kept = [place for place, title in enumerate(titles) if title not in REMARKS]
    rows = [_remarked(file, row, kept) for row in file.rows if not (wrong_only and row.is_good)]
    return [*(titles[place] for place in kept), *REMARKS], rows


def _remarked(file: CheckedFile, row: CheckedRow, kept: list[int]) -> RemarkedRow:
    places = {
        column.value: place for place, column in enumerate(file.columns) if column is not None
    }
    wrong = {places[one.field] for one in row.mistakes if one.field in places}
    mended = [
        f"{field_label(str(file.columns[place]))}: «{text}»" for place, text in row.before.items()
    ]
    said = [
        f"{field_label(one.field)}: {remark_sentence(one)}"
        for one in (*row.mistakes, *row.warnings)
    ]
    if surplus := [cell for cell in row.cells[len(file.columns) :] if cell.strip()]:
        said.append(str(_("Cells too many:")) + " " + "; ".join(f"«{cell}»" for cell in surplus))
    return RemarkedRow(
        cells=[row.cells[place] if place < len(row.cells) else "" for place in kept],
        wrong=frozenset(kept.index(place) for place in wrong if place in kept),
        mended=frozenset(kept.index(place) for place in row.before if place in kept),
        remarks=[
            " ".join(said),
            str(_("It said:")) + " " + "; ".join(mended) if mended else "",
        ],
    )


def _shown(value: str | int) -> str:
    return number(value) if isinstance(value, int) else value


def _kind(code: str) -> str:
    return code if code in KINDS else code.partition(".")[0]
