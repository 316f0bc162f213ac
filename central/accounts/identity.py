"""Who somebody says to be, as a provider of accounts told us."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Identity:
    """One account of one provider. Only (`issuer`, `subject`) identifies; the rest is a hint.

    `email_verified` is false unless the provider itself says that it proved the address.
    """

    issuer: str
    subject: str = field(repr=False)
    email: str | None = field(repr=False)
    email_verified: bool
