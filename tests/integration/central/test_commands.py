"""`acopio-central` from an empty folder: repeatable, and clear when something is missing."""

from pathlib import Path

import pytest
from sqlalchemy import inspect, select

from central.audit.log import proof_of, sign_checkpoint
from central.cli import main
from central.migrations import steps
from central.models import Auxiliar, LogHead, MotivoBaja, Receipt
from central.models.database import Database
from central.secrets import Secrets
from tests.centres import IN_LISTA, PROCESS, SOLICITUD, Centre, register_csv, run
from wire.merkle import leaf_hash, root_from_proof


class TestMigrations:
    def test_the_steps_make_what_the_models_say_and_take_it_back(self, database_url: str) -> None:
        database = Database(database_url)
        try:
            steps.upgrade(database)
            steps.upgrade(database)
            assert steps.differences(database) == []
            with database.read() as session:
                assert session.execute(select(LogHead.size)).scalar_one() == 0
                assert len(session.scalars(select(MotivoBaja)).all()) == 12
            steps.downgrade(database, "base")
            assert inspect(database.engine).get_table_names() == ["alembic_version"]
            steps.upgrade(database)
            steps.require_head(database)
        finally:
            database.close()


class TestInit:
    def test_a_second_time_changes_no_key(self, tmp_path: Path) -> None:
        run(tmp_path, "init")
        before = {path: path.read_bytes() for path in tmp_path.glob("[kv]*/*")}
        assert len(before) > 15
        run(tmp_path, "init")
        assert {path: path.read_bytes() for path in tmp_path.glob("[kv]*/*")} == before
        assert all(
            path.stat().st_mode & 0o077 == 0
            for path in before
            if path.suffix in (".secret", ".age")
            or (path.suffix == ".pem" and ".pub" not in path.name)
        )

    def test_a_key_that_a_later_release_needs_is_added_beside_the_others(
        self, tmp_path: Path
    ) -> None:
        run(tmp_path, "init")
        keys = tmp_path / "keys"
        before = {path: path.read_bytes() for path in keys.iterdir() if "reports" not in path.name}
        for name in ("reports.pem", "reports.pub.pem"):
            (keys / name).unlink()
        run(tmp_path, "init")
        assert {path: path.read_bytes() for path in before} == before
        assert Secrets(keys).signer("reports").public_pem == Secrets(keys).public_pem("reports")

    def test_the_recovery_key_may_be_taken_away(self, tmp_path: Path) -> None:
        run(tmp_path, "init")
        (tmp_path / "vault" / "recovery.age").unlink()
        assert "recuperación" not in run(tmp_path, "init")
        assert not (tmp_path / "vault" / "recovery.age").exists()


class TestMessages:
    @pytest.mark.parametrize(
        ("arguments", "code", "sentence"),
        [
            (("status",), "config.missing", "acopio-central init"),
            (("vault",), "config.missing", "configuración"),
        ],
    )
    def test_without_a_configuration_it_says_what_to_do(
        self,
        tmp_path: Path,
        capsys: pytest.CaptureFixture[str],
        arguments: tuple[str, ...],
        code: str,
        sentence: str,
    ) -> None:
        assert main(["--config", str(tmp_path / "central.toml"), *arguments]) == 1
        said = capsys.readouterr().err
        assert f"[{code}]" in said
        assert sentence in said

    def test_each_wrong_input_has_one_message(
        self, centre_folder: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        config = ["--config", str(centre_folder / "central.toml")]
        damaged = centre_folder / "damaged.csv"
        damaged.write_text("clave,otra\n1,2\n", encoding="utf-8")
        wrong = [
            (
                ["station", "claim", "--process", "NADA", "--id", "E1", "--out", "x"],
                "process.unknown",
            ),
            (["station", "claim", "--process", PROCESS, "--id", "e 1", "--out", "x"], "input"),
            (["station", "release", "--id", "E9"], "station.unknown"),
            (["import-register", str(damaged)], "input"),
            (["import-register", str(centre_folder / "none.csv")], "input"),
            (
                ["auxiliar", "add", "--aspirante", "NADA", "--id", "A", "--nombres", "N",
                 "--paterno", "P", "--email", "a@b.mx"],
                "aspirante.unknown",
            ),
        ]  # fmt: skip
        for arguments, code in wrong:
            assert main([*config, *arguments]) == 1
            assert f"[{code}]" in capsys.readouterr().err

    def test_a_key_that_others_may_read_does_not_start_the_server(
        self, centre_folder: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        identity = centre_folder / "vault" / "opening.age"
        identity.chmod(0o644)
        assert main(["--config", str(centre_folder / "central.toml"), "vault"]) == 1
        assert "[secret]" in capsys.readouterr().err

    def test_a_database_of_another_release_is_not_served(
        self, centre_folder: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        config = centre_folder / "central.toml"
        config.write_text('[database]\nurl = "sqlite:///empty.db"\n', encoding="utf-8")
        assert main(["--config", str(config), "status"]) == 1
        assert "[database.not_migrated]" in capsys.readouterr().err


class TestRoster:
    def test_entering_it_again_changes_nothing_but_what_is_said(self, centre: Centre) -> None:
        arguments = (
            "auxiliar", "add", "--aspirante", SOLICITUD, "--id", "AUX09", "--nombres", "Prueba",
            "--paterno", "Nueve", "--email", "nueve@ejemplo.mx",
        )  # fmt: skip
        first = run(centre.folder, *arguments)
        assert "Código de activación" in first
        with centre.database.read() as session:
            verifier = session.execute(
                select(Auxiliar.activation_verifier).where(Auxiliar.id_auxiliar == "AUX09")
            ).scalar_one()
        assert "Código de activación" not in run(centre.folder, *arguments)
        with centre.database.read() as session:
            kept = session.execute(
                select(Auxiliar.activation_verifier).where(Auxiliar.id_auxiliar == "AUX09")
            ).scalar_one()
        assert kept == verifier

    def test_a_register_file_is_imported_once(self, centre: Centre) -> None:
        path = register_csv(centre.folder / "register.csv")
        assert "ya estaba cargado" in run(centre.folder, "import-register", str(path))


class TestLog:
    def test_every_receipt_is_proved_by_a_checkpoint(self, centre: Centre) -> None:
        signer = Secrets(Path(centre.config.keys.folder)).signer("receipts")
        station = centre.station()
        tokens = [station.receipt(station.apoyo(clave)) for clave in IN_LISTA[:5]]
        with centre.database.write() as session:
            checkpoint = sign_checkpoint(session, signer, centre.clock.now())
            assert checkpoint is not None
            size, head = checkpoint.size, checkpoint.root
            assert sign_checkpoint(session, signer, centre.clock.now()) is None
        with centre.database.read() as session:
            for index, token in enumerate(tokens):
                path = proof_of(session, index, size)
                assert root_from_proof(leaf_hash(token.encode()), index, size, path) == head

    def test_a_long_log_is_proved_through_its_tiles(self, centre: Centre) -> None:
        station = centre.station()
        station.receipt(station.apoyo())
        signer = Secrets(Path(centre.config.keys.folder)).signer("receipts")
        count = 700
        with centre.database.write() as session:
            first = session.execute(select(Receipt)).scalar_one()
            session.add_all(
                Receipt(
                    log_index=n,
                    link=n.to_bytes(32, "big"),
                    station_id=first.station_id,
                    jws=str(n),
                    leaf_hash=leaf_hash(str(n).encode()),
                    issued_at=first.issued_at,
                )
                for n in range(1, count)
            )
            session.execute(select(LogHead)).scalar_one().size = count
            session.flush()
            checkpoint = sign_checkpoint(session, signer, centre.clock.now())
            assert checkpoint is not None
            for index in (1, 255, 256, 511, 699):
                path = proof_of(session, index, count)
                leaf = leaf_hash(str(index).encode())
                assert root_from_proof(leaf, index, count, path) == checkpoint.root
