"""Roles and permissions: all of both are known, and a view without its permission is closed."""

import pytest
from flask import Flask
from flask_login import LoginManager

from central.accounts.permissions import (
    PERMISSIONS,
    Permission,
    Role,
    required_permission,
    requires,
)
from central.accounts.principal import Principal


def _person(role: Role, *, is_setting_up: bool = False) -> Principal:
    return Principal("token", 1, 1, "Persona inventada", role, (), is_setting_up)


def _app(person: Principal | None) -> Flask:
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
        status = _app(_person(role)).test_client().get("/").status_code
        assert status == (200 if Permission.SEE_OWN_RECORDS in PERMISSIONS[role] else 403)

    def test_a_sign_in_that_is_not_set_up_leads_to_what_is_missing(self) -> None:
        own = _person(Role.ASPIRANTE, is_setting_up=True)
        assert _app(own).test_client().get("/").status_code == 401
        staff = _person(Role.ADMIN, is_setting_up=True)
        assert staff.permissions == {Permission.SET_UP_OWN_SIGN_IN}
        assert _app(staff).test_client().get("/").status_code == 403

    def test_a_stranger_is_asked_to_sign_in(self) -> None:
        assert _app(None).test_client().get("/").status_code == 401

    def test_every_role_is_decided(self) -> None:
        assert set(PERMISSIONS) == set(Role)
