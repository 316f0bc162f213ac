"""The words for what a report counts by, for its kinds, formats and progress."""

from flask_babel import lazy_gettext as _

from central.reports.detail import By
from central.reports.exports import ExportKind, FileFormat, Progress

GROUPINGS = {
    By.AUXILIAR: _("Auxiliar"),
    By.STATION: _("Capture station"),
    By.DAY: _("Day of reception"),
    By.ENTIDAD: _("Entidad"),
    By.DISTRITO: _("Distrito"),
    By.MUNICIPIO: _("Municipio"),
    By.SECCION: _("Sección"),
    By.STATE: _("State of the apoyo"),
    By.CAUSE: _("Cause"),
}

EXPORT_KINDS = {
    ExportKind.DETAIL: _("Detailed report"),
    ExportKind.RECORDS: _("Search of records"),
    ExportKind.AUXILIARES: _("List of auxiliares"),
    ExportKind.RECEIPTS: _("List of receipts"),
}

EXPORT_FORMATS = {
    FileFormat.CSV: "CSV",
    FileFormat.XLSX: "XLSX",
    FileFormat.PDF: "PDF",
    FileFormat.PROOF: _("Proof"),
}

# Name and tone of the badge.
EXPORT_PROGRESS = {
    Progress.WAITING: (_("In line"), "info"),
    Progress.MAKING: (_("Being prepared"), "info"),
    Progress.READY: (_("Ready"), "ok"),
    Progress.FAILED: (_("Not prepared"), "bad"),
    Progress.EXPIRED: (_("Expired"), ""),
}
