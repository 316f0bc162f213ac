"""The accounts that can be chosen: invented people, read from a TOML file."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

_KEYS = {"subject", "name", "email", "email_verified"}


class AccountsError(ValueError):
    """The file of accounts cannot be used; the message says where and why."""


@dataclass(frozen=True, slots=True)
class Account:
    """One account of the provider: `subject` never changes, the rest may."""

    subject: str
    name: str
    email: str
    email_verified: bool = True


DEFAULT_ACCOUNTS = (
    Account("demo-aspirante", "Aspirante de la demostración", "aspirante@acopio.example"),
    Account("demo-segunda", "Segunda aspirante de la demostración", "segunda@acopio.example"),
    Account("demo-sin-registro", "Persona sin registro", "sin-registro@acopio.example"),
)


def read_accounts(path: Path) -> tuple[Account, ...]:
    """Read `[[account]]` tables with `subject`, `name`, `email` and optional `email_verified`.

    Raises:
        AccountsError: The file is missing, is not TOML, or a table lacks a key or has another.
    """
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8")).get("account", [])
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise AccountsError(f"{path}: {error}") from error
    accounts = tuple(_account(table, position) for position, table in enumerate(tables, start=1))
    if not accounts:
        raise AccountsError(f"{path}: no [[account]] in the file")
    if len({account.subject for account in accounts}) != len(accounts):
        raise AccountsError(f"{path}: a subject is given twice")
    return accounts


def _account(table: object, position: int) -> Account:
    if not isinstance(table, dict):
        raise AccountsError(f"account {position} is not a table")
    if unknown := set(table) - _KEYS:
        raise AccountsError(f"account {position} has unknown keys: {', '.join(sorted(unknown))}")
    verified = table.get("email_verified", True)
    texts = [table.get(key) for key in ("subject", "name", "email")]
    if not isinstance(verified, bool) or not all(isinstance(text, str) and text for text in texts):
        raise AccountsError(f"account {position} needs subject, name and email as text")
    subject, name, email = (str(text) for text in texts)
    return Account(subject, name, email, verified)
