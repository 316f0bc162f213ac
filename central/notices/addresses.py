"""The addresses of pages that letters lead to; a test holds them against the map of the portal."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote


@dataclass(frozen=True, slots=True)
class Addresses:
    """Links into the portal; `root` is its public address without the last slash."""

    root: str

    def welcome(self, token: str) -> str:
        """The page that takes a one-time link."""
        return f"{self.root}/welcome/{quote(token, safe='')}"

    def advance(self, folio: str) -> str:
        """Reporte de avance of a request."""
        return f"{self.root}/reports/advance?solicitud={quote(folio, safe='')}"

    def objection(self, folio: str) -> str:
        """One inconformidad."""
        return f"{self.root}/objections/{quote(folio, safe='')}"

    def exports(self) -> str:
        """Where finished reports are downloaded."""
        return f"{self.root}/reports/files"

    def notices(self) -> str:
        """Where a person chooses which letters come."""
        return f"{self.root}/notices"
