"""`aspirante` and `user` on the server: admit, write again, shut out, let in again."""

import io
import sys

import pytest
from sqlalchemy import select

from central.accounts import second_factor
from central.cli import main
from central.models import AuditEntry, Mail, MailKind, User, UserSession
from tests.centres import PROCESS, SOLICITUD, Centre, run

AUTHORITY = "autoridad@acopio.example"
ADD = (
    "aspirante", "add", "--process", PROCESS, "--office", "PRES", "--folio", "NUEVA1",
    "--name", "Nueva Ejemplo Inventada", "--email", "nueva@acopio.example",
)  # fmt: skip


def _letters(centre: Centre) -> int:
    with centre.database.read() as session:
        return len(session.scalars(select(Mail).where(Mail.kind == MailKind.ACCESS)).all())


def _user(centre: Centre, email: str) -> User:
    with centre.database.read() as session:
        return session.scalars(select(User).where(User.email == email)).one()


class TestAspirante:
    def test_is_admitted_as_on_the_page(self, centre: Centre) -> None:
        said = run(
            centre.folder, *ADD, "--account", "facebook", "--until", "2099-12-31", "--letter"
        )
        assert "La carta con los datos de acceso sale" in said
        user = _user(centre, "nueva@acopio.example")
        assert user.account_kind == "f"
        # The last day counts whole, in the zone of the process.
        assert f"{user.expires_at:%Y-%m-%d %H:%M}" == "2100-01-01 05:59"
        assert _letters(centre) == 1
        # Entered again it is corrected, and nobody gets a second letter.
        run(centre.folder, *ADD)
        assert _user(centre, "nueva@acopio.example").account_kind is None
        assert _letters(centre) == 1

    def test_is_written_to_again_shut_out_and_let_in(self, centre: Centre) -> None:
        run(centre.folder, *ADD)
        for action in ("letter", "release", "deactivate", "reactivate", "stop", "resume"):
            assert run(centre.folder, "aspirante", action, "--folio", "NUEVA1")
        assert _letters(centre) == 2
        run(centre.folder, "aspirante", "deactivate", "--folio", "NUEVA1")
        assert not _user(centre, "nueva@acopio.example").active
        run(centre.folder, "aspirante", "stop", "--folio", "NUEVA1")
        assert "(detenida)" in run(centre.folder, "aspirante", "list")
        with centre.database.read() as session:
            acts = session.scalars(
                select(AuditEntry.action).where(AuditEntry.subject == "NUEVA1")
            ).all()
        assert list(acts) == [
            "aspirante.added",
            "letter.requested",
            "account.released",
            "letter.requested",
            "access.deactivated",
            "access.reactivated",
            "request.deactivated",
            "request.reactivated",
            "access.deactivated",
            "request.deactivated",
        ]

    @pytest.mark.parametrize("centre_folder", ["sqlite"], indirect=True)
    def test_what_cannot_be_accepted_is_named(
        self, centre: Centre, capsys: pytest.CaptureFixture[str]
    ) -> None:
        config = ("--config", str(centre.folder / "central.toml"))
        assert main([*config, *ADD, "--email", "sin arroba", "--until", "2020-01-01"]) == 1
        said = capsys.readouterr().err
        assert "email: no está bien escrito" in said
        assert "access_until: ya pasó" in said
        assert main([*config, "aspirante", "letter", "--folio", "NADIE"]) == 1
        assert "No existe esa solicitud" in capsys.readouterr().err


class TestUser:
    def test_a_password_that_somebody_set_is_changed_at_the_first_sign_in(
        self, centre: Centre, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(sys, "stdin", io.StringIO("cuatro palabras inventadas aqui\n"))
        run(
            centre.folder, "user", "add", "--email", AUTHORITY, "--name", "Persona inventada",
            "--role", "authority", "--password-stdin",
        )  # fmt: skip
        user = _user(centre, AUTHORITY)
        assert user.must_change_password
        assert user.password_hash is not None
        assert user.password_hash.startswith("$argon2id$")

    def test_a_reset_forgets_second_factor_lock_and_sessions(
        self, centre: Centre, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        run(
            centre.folder, "user", "add", "--email", AUTHORITY, "--name", "Persona inventada",
            "--role", "authority",
        )  # fmt: skip
        now = centre.clock.now()
        with centre.database.write() as session:
            user = session.scalars(select(User).where(User.email == AUTHORITY)).one()
            user.totp_sealed, user.totp_last_step, user.locked_until = b"sealed", 7, now
            session.add(
                UserSession(
                    token_sha256=bytes(32),
                    user=user,
                    role="authority",
                    created_at=now,
                    last_seen_at=now,
                    expires_at=now,
                    method="password+totp",
                )
            )
        monkeypatch.setattr(sys, "stdin", io.StringIO("otras cuatro palabras nuevas\n"))
        said = run(centre.folder, "user", "reset", "--email", AUTHORITY, "--password-stdin")
        assert "configura su segundo factor" in said
        user = _user(centre, AUTHORITY)
        assert not second_factor.is_enrolled(user)
        assert user.locked_until is None
        assert user.must_change_password
        with centre.database.read() as session:
            assert session.scalars(select(UserSession.revoked_at)).one() is not None

    @pytest.mark.parametrize("centre_folder", ["sqlite"], indirect=True)
    def test_the_access_of_somebody_of_the_authority_is_not_an_aspirantes(
        self, centre: Centre, capsys: pytest.CaptureFixture[str]
    ) -> None:
        config = ("--config", str(centre.folder / "central.toml"))
        run(centre.folder, *ADD)
        run(
            centre.folder, "user", "add", "--email", "nueva@acopio.example", "--name", "Nueva",
            "--role", "admin",
        )  # fmt: skip
        assert main([*config, "aspirante", "deactivate", "--folio", "NUEVA1"]) == 1
        assert "Esa persona es de la autoridad" in capsys.readouterr().err
        assert main([*config, *ADD, "--letter"]) == 1
        assert "email: es de alguien de la autoridad" in capsys.readouterr().err
        assert SOLICITUD in run(centre.folder, "aspirante", "list")
