"""Roles and permissions: all of both are known, and a view without its permission is closed."""

import pytest
from flask import Flask
from flask_login import LoginManager, UserMixin

from central.accounts.permissions import (
    PERMISSIONS,
    Permission,
    Role,
    required_permission,
    requires,
)


class _Person(UserMixin):  # type: ignore[misc]
    id = "1"

    def __init__(self, role: Role) -> None:
        self.role = role


def _app(person: _Person | None) -> Flask:
    app = Flask(__name__)
    manager = LoginManager(app)
    manager.request_loader(lambda _request: person)

    @app.get("/")
    @requires(Permission.SEE_OWN_RECORDS)
    def page() -> str:
        return "page"

    return app


class TestRequires:
    def test_marks_the_view_for_the_guard(self) -> None:
        assert required_permission(_app(None).view_functions["page"]) is Permission.SEE_OWN_RECORDS

    @pytest.mark.parametrize("role", list(Role))
    def test_opens_for_the_roles_that_hold_it_and_no_other(self, role: Role) -> None:
        status = _app(_Person(role)).test_client().get("/").status_code
        assert status == (200 if Permission.SEE_OWN_RECORDS in PERMISSIONS[role] else 403)

    def test_a_stranger_is_asked_to_sign_in(self) -> None:
        assert _app(None).test_client().get("/").status_code == 401

    def test_every_role_is_decided(self) -> None:
        assert set(PERMISSIONS) == set(Role)
