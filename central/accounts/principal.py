"""The signed-in person as the pages see it, and how Flask-Login finds it again.

Flask-Login 0.6 is small and quiet upstream, so it is used here alone: it keeps our session token in
the browser's signed cookie and asks `load` for the person at every request.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from flask import Flask
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, UserMixin

from central.accounts.permissions import PERMISSIONS, SETTING_UP, Permission, Role
from central.accounts.staff import Proof
from central.models import UserSession


@dataclass(frozen=True, eq=False)
class Principal(UserMixin):  # type: ignore[misc]  # Flask-Login has no types
    """A person with a live session: the role they act in and the aspirantes they see."""

    token: str = field(repr=False)
    session_id: int
    user_id: int
    name: str = field(repr=False)
    role: Role
    aspirante_ids: tuple[int, ...]
    # Signed in, but without a second factor or a password of their own: both come first.
    is_setting_up: bool = False

    @property
    def permissions(self) -> frozenset[Permission]:
        """Give what the person may do in this session."""
        return PERMISSIONS[self.role] & SETTING_UP if self.is_setting_up else PERMISSIONS[self.role]

    def get_id(self) -> str:
        """Give the token of the session, not the person: ending the session ends the sign-in."""
        return self.token


def principal_of(row: UserSession, token: str) -> Principal | None:
    """Make the principal of a live session; None when its role was withdrawn."""
    grants = [grant for grant in row.user.grants if grant.role == row.role]
    own = {grant.aspirante_id for grant in grants if grant.aspirante_id is not None}
    if not grants or (row.role == Role.ASPIRANTE and not own):
        return None
    return Principal(
        token=token,
        session_id=row.id,
        user_id=row.user_id,
        name=row.user.name,
        role=Role(row.role),
        aspirante_ids=tuple(sorted(own)),
        is_setting_up=row.method == Proof.PASSWORD
        or (row.role != Role.ASPIRANTE and row.user.must_change_password),
    )


def register_principal(
    app: Flask,
    load: Callable[[str], Principal | None],
    unauthorized: Callable[[], ResponseReturnValue],
) -> None:
    """Let Flask-Login find the person of a request with `load`."""
    manager = LoginManager(app)
    # The token is ours and can be revoked; a digest of address and browser would only throw out
    # people whose telephone changes networks.
    manager.session_protection = None
    manager.user_loader(load)
    manager.unauthorized_handler(unauthorized)
