"""`enrol`, `deliver`, `export`, `verify` as a technician runs them: over TLS, with clear errors."""

import argparse
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from device.commands import enrolment, queue
from device.config import read_config
from device.queue.assembly import open_sealer, open_spool
from device.queue.enrolment import EnrolmentStore
from device.queue.schema import State
from tests.fake_centre import CODE, Answer, FakeCentre, make_certificate, serve
from tests.stations import EPOCH, STATION, VERSIONS, Centre, FakeClock, draft
from wire.claim import Claim, build_claim


class Bench:
    """A station's files, a centre over TLS, and the command line."""

    def __init__(self, folder: Path, fake: FakeCentre, url: str) -> None:
        self.folder = folder
        self.fake = fake
        self.config = folder / "station.toml"
        self.config.write_text(
            f'[station]\ndata = "{folder / "data"}"\n'
            "[queue]\nballast_bytes = 0\nminimum_free_bytes = 0\n"
            "[server]\nconnect_timeout_s = 2\nbackoff_first_s = 0.1\n"
        )
        self.claim = folder / "claim.json"
        self.write_claim(url)

    def write_claim(self, url: str, *, code: str = CODE, ca: Path | None = None) -> None:
        pem = (ca or self.folder / "tls" / "ca.pem").read_text()
        claim = Claim(url, STATION, code, (self.fake.centre.key,), pem)
        self.claim.write_bytes(build_claim(claim))

    def run(self, *arguments: str | Path) -> int:
        parser = argparse.ArgumentParser()
        commands = parser.add_subparsers(required=True)
        enrolment.register(commands)
        queue.register(commands)
        name, *rest = map(str, arguments)
        options = parser.parse_args([name, "--config", str(self.config), *rest])
        status: int = options.func(options)
        return status

    def seal(self, count: int = 1) -> list[Path]:
        config = read_config(self.config)
        spool = open_spool(config)
        sealer = open_sealer(config, FakeClock(), VERSIONS, spool=spool)
        sealer.start()
        paths = [spool.path_of(sealer.seal(draft()).link) for _ in range(count)]
        sealer.close()
        spool.close()
        return paths

    def counts(self) -> dict[State, int]:
        spool = open_spool(read_config(self.config))
        try:
            return spool.counts()
        finally:
            spool.close()


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    fake = FakeCentre(Centre())
    with serve(fake, tls_folder=tmp_path / "tls") as url:
        yield Bench(tmp_path, fake, url)


class TestEnrol:
    def test_opens_the_stations_epoch_over_tls(
        self, bench: Bench, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert bench.run("enrol", bench.claim) == 0
        assert EPOCH in capsys.readouterr().out
        spool = open_spool(read_config(bench.config))
        enrolment = EnrolmentStore(spool.database).current()
        spool.close()
        assert (enrolment.station, enrolment.public_pem) == (STATION, bench.fake.station_pem)

    def test_may_be_repeated_with_the_same_claim(self, bench: Bench) -> None:
        assert bench.run("enrol", bench.claim) == 0
        bench.seal()
        assert bench.run("enrol", bench.claim) == 0
        bench.seal()
        assert bench.run("verify") == 0
        assert bench.counts()[State.SEALED] == 2

    def test_with_an_answer_lost_on_its_way_ends_well_at_the_second_try(self, bench: Bench) -> None:
        def lose(request: object) -> Answer | None:
            bench.fake.faults.clear()
            bench.fake.nonce = ""
            bench.fake._route(request)  # type: ignore[arg-type]  # a request as it arrived
            return Answer(0)

        bench.fake.faults.append(lose)
        assert bench.run("enrol", bench.claim) == 1
        assert bench.run("enrol", bench.claim) == 0

    @pytest.mark.parametrize(
        ("spoil", "code"),
        [
            (lambda b: b.claim.write_bytes(b"{}"), "claim.malformed"),
            (lambda b: b.claim.unlink(), "claim.unreadable"),
            (lambda b: b.write_claim(b.fake.url, code="x" * 32), "enrol.claim"),
            (lambda b: b.config.write_text("[stacion]"), "config.value"),
        ],
    )
    def test_that_fails_says_why_in_one_line(
        self,
        bench: Bench,
        capsys: pytest.CaptureFixture[str],
        spoil: Callable[[Bench], object],
        code: str,
    ) -> None:
        spoil(bench)
        assert bench.run("enrol", bench.claim) == 1
        said = capsys.readouterr().err
        assert f"[{code}]" in said
        assert said.count("\n") == 1

    def test_believes_only_the_authority_of_the_claim(
        self,
        bench: Bench,
        tmp_path: Path,
        capsys: pytest.CaptureFixture[str],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        make_certificate(tmp_path / "other")
        bench.write_claim(bench.fake.url, ca=tmp_path / "other" / "ca.pem")
        # `requests` would take these over what the session was told
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "tls" / "ca.pem"))
        monkeypatch.setenv("CURL_CA_BUNDLE", str(tmp_path / "tls" / "ca.pem"))
        assert bench.run("enrol", bench.claim) == 1
        assert "[server.tls]" in capsys.readouterr().err

    def test_does_not_speak_http_to_another_machine(
        self, bench: Bench, capsys: pytest.CaptureFixture[str]
    ) -> None:
        bench.write_claim("http://192.0.2.1")
        assert bench.run("enrol", bench.claim) == 1
        assert "[config.server]" in capsys.readouterr().err


def test_dates_of_certificates_count_only_where_the_clock_is_believed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fake = FakeCentre(Centre())
    with serve(fake, tls_folder=tmp_path / "tls", days=-1) as url:  # it ended yesterday
        bench = Bench(tmp_path, fake, url)
        assert bench.run("enrol", bench.claim) == 0  # no signed time yet: any date may be right
        assert bench.run("deliver", "--once") == 0
        assert bench.run("deliver", "--once") == 1  # the first one set the clock by the centre
        assert "[server.tls]" in capsys.readouterr().err


class TestRetire:
    def test_is_refused_until_nothing_is_left(
        self, bench: Bench, capsys: pytest.CaptureFixture[str]
    ) -> None:
        bench.run("enrol", bench.claim)
        bench.seal()
        assert bench.run("retire") == 1
        assert "sealed 1" in capsys.readouterr().out
        bench.run("deliver", "--once")
        passport = bench.folder / "passport.jws"
        assert bench.run("retire", "--out", passport) == 0
        assert passport.read_text().count(".") == 2


class TestDeliver:
    def test_once_brings_what_there_is(
        self, bench: Bench, capsys: pytest.CaptureFixture[str]
    ) -> None:
        bench.run("enrol", bench.claim)
        bench.seal(2)
        assert bench.run("deliver", "--once") == 0
        assert "Entregados 2" in capsys.readouterr().out
        assert bench.counts()[State.PURGED] == 2

    def test_to_a_dead_server_says_so_and_keeps_everything(
        self, bench: Bench, capsys: pytest.CaptureFixture[str]
    ) -> None:
        bench.run("enrol", bench.claim)
        (path,) = bench.seal()
        bench.config.write_text(
            bench.config.read_text() + 'url = "https://127.0.0.1:9"\n'  # nobody listens there
        )
        assert bench.run("deliver", "--once") == 1
        assert "[server.unreachable]" in capsys.readouterr().err
        assert path.exists()

    def test_before_enrolment_says_what_to_do(
        self, bench: Bench, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert bench.run("deliver", "--once") == 1
        assert "acopio-station enrol" in capsys.readouterr().err

    def test_with_the_stations_key_lost_says_so(
        self, bench: Bench, capsys: pytest.CaptureFixture[str]
    ) -> None:
        bench.run("enrol", bench.claim)
        for key in (bench.folder / "data" / "keys").glob("station-*.pem"):
            key.unlink()
        assert bench.run("deliver", "--once") == 1
        assert "[keys.unreadable]" in capsys.readouterr().err


class TestExport:
    def test_copies_what_any_centre_can_verify(self, bench: Bench) -> None:
        bench.run("enrol", bench.claim)
        paths = bench.seal(2)
        usb = bench.folder / "usb"
        assert bench.run("export", usb) == 0
        for path in paths:
            copy = usb / f"acopio-{STATION}" / path.name
            assert copy.read_bytes() == path.read_bytes()
        assert bench.run("export", usb) == 0
        assert bench.counts()[State.SEALED] == 2

    def test_does_not_copy_what_is_damaged(
        self, bench: Bench, capsys: pytest.CaptureFixture[str]
    ) -> None:
        bench.run("enrol", bench.claim)
        damaged, good = bench.seal(2)
        damaged.write_bytes(damaged.read_bytes()[:-1] + b"x")
        usb = bench.folder / "usb"
        assert bench.run("export", usb) == 1
        assert [path.name for path in (usb / f"acopio-{STATION}").iterdir()] == [good.name]
        assert "Dañados" in capsys.readouterr().err

    def test_to_a_folder_that_cannot_be_written_says_so(
        self, bench: Bench, capsys: pytest.CaptureFixture[str]
    ) -> None:
        bench.run("enrol", bench.claim)
        bench.seal()
        (bench.folder / "usb").write_text("a file, not a folder")
        assert bench.run("export", bench.folder / "usb") == 1
        assert "[spool.io]" in capsys.readouterr().err


class TestVerify:
    def test_of_a_sound_spool_finds_nothing(
        self, bench: Bench, capsys: pytest.CaptureFixture[str]
    ) -> None:
        bench.run("enrol", bench.claim)
        bench.seal(2)
        bench.run("deliver", "--once")
        bench.seal()
        assert bench.run("verify") == 0
        assert "Paquetes 3, archivos 1, acuses 2, hallazgos 0." in capsys.readouterr().out

    def test_of_a_damaged_packet_names_it(
        self, bench: Bench, capsys: pytest.CaptureFixture[str]
    ) -> None:
        bench.run("enrol", bench.claim)
        path, _ = bench.seal(2)
        path.write_bytes(path.read_bytes()[:-1] + b"x")
        assert bench.run("verify") == 1
        assert "seq 1: file.hash" in capsys.readouterr().err
