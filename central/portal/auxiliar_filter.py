"""The filter of Consulta de auxiliares, in the address; what names somebody is sealed there."""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from central.errors import SecretError
from central.models import AccountKind, Stage
from central.reports.auxiliares import AuxiliarFilter, Order
from central.secrets import Secrets
from central.storage.sealing import Sealer

_PURPOSE = "portal/auxiliar-search"
_MAX_TEXT = 100

Case = TypeVar("Case", bound=StrEnum)


@dataclass(frozen=True)
class AuxiliarFilterForm:
    """What is asked for, and the parameters of the address that ask for it."""

    wanted: AuxiliarFilter
    order: Order
    is_reversed: bool
    # Without `solicitud` and the mark of the page.
    arguments: Mapping[str, str]
    # A search that another session sealed, or one of long ago: it has to be typed again.
    is_lost: bool = False

    @property
    def is_empty(self) -> bool:
        """Say whether everybody is shown."""
        return self.wanted == AuxiliarFilter()

    def sorted_by(self, order: Order) -> dict[str, str]:
        """Give the address of another order; of the same one the other way round."""
        kept = {name: text for name, text in self.arguments.items() if name != "reverse"}
        kept["sort"] = order.value
        if order is self.order and not self.is_reversed:
            kept["reverse"] = "1"
        return kept

    @classmethod
    def of(
        cls, arguments: Mapping[str, str], secrets: Secrets, session_id: int
    ) -> "AuxiliarFilterForm":
        """Read an address; what it does not understand asks for nothing."""
        sealed = arguments.get("search", "")
        text = _open(sealed, secrets, session_id) if sealed else ""
        wanted = AuxiliarFilter(
            text=text or "",
            stage=_case(Stage, arguments.get("state")),
            account_kind=_case(AccountKind, arguments.get("account")),
            batch=arguments.get("file", "")[:_MAX_TEXT],
        )
        order = _case(Order, arguments.get("sort")) or Order.NAME
        is_reversed = "reverse" in arguments
        kept = {
            "search": sealed if text else "",
            "state": wanted.stage.value if wanted.stage else "",
            "account": wanted.account_kind.value if wanted.account_kind else "",
            "file": wanted.batch,
            "sort": "" if order is Order.NAME else order.value,
            "reverse": "1" if is_reversed else "",
        }
        kept = {name: value for name, value in kept.items() if value}
        return cls(wanted, order, is_reversed, kept, is_lost=text is None)

    @classmethod
    def address(cls, form: Mapping[str, str], secrets: Secrets, session_id: int) -> dict[str, str]:
        """Give the parameters of the address for what was typed."""
        names = ("state", "account", "file", "sort", "reverse")
        found = {name: form.get(name, "").strip() for name in names}
        if text := form.get("text", "").strip()[:_MAX_TEXT]:
            sealed = _sealer(secrets).seal(text.encode(), str(session_id))
            found["search"] = base64.urlsafe_b64encode(sealed).decode().rstrip("=")
        return {name: value[: 4 * _MAX_TEXT] for name, value in found.items() if value}


def _open(sealed: str, secrets: Secrets, session_id: int) -> str | None:
    try:
        plain = base64.urlsafe_b64decode(sealed + "=" * (-len(sealed) % 4))
        return _sealer(secrets).open(plain, str(session_id)).decode()
    except (SecretError, ValueError, binascii.Error):
        return None


def _sealer(secrets: Secrets) -> Sealer:
    return Sealer(secrets.random("web"), _PURPOSE)


def _case(cases: type[Case], text: str | None) -> Case | None:
    return cases(text) if text in set(cases) else None
