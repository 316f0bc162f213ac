"""Releases from the offline machine to the stations of a ring, with a real centre between."""

import contextlib
import io
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from central.cli import main
from central.models import AuditEntry, Release, ReleaseState
from device.queue.assembly import open_delivery
from device.update import selector
from device.update.folder_slots import FolderSlots
from device.update.incoming import Incoming
from device.update.journal import digest_of
from device.update.offers import Offers
from device.update.request import requests_in
from tests.centres import Centre, run
from tests.integration.central.pairs import seal
from tests.releases import COMPATIBLE
from tests.stations import VERSIONS, Station
from wire.api import MAX_CHUNK_BYTES, UpdateStatus
from wire.bundle import BundleKind, check_payloads, read_header, read_manifest

APP = b"application" * 300_000


class Authority:
    """Keys and bundles of a machine without a network."""

    def __init__(self, folder: Path, centre: Centre) -> None:
        self.folder = folder
        self.centre = centre
        folder.mkdir()
        for number in (1, 2, 3):
            run(centre.folder, "release", "keygen", "--out", str(folder / f"k{number}.pem"))
        self.public = "".join(path.read_text() for path in sorted(folder.glob("*.pub.pem")))
        (centre.folder / "release-keys.pem").write_text(self.public)

    def build(self, number: int = 1, *, keys: int = 2, kind: str = "system") -> Path:
        """Build a bundle, each key signing after the other."""
        source = self.folder / "app.img"
        source.write_bytes(APP + bytes([number]))
        target = "app" if kind == "system" else "models"
        path = self.folder / f"{kind}-{number}-1.bundle"
        run(
            self.centre.folder, "release", "build", "--kind", kind, "--release", f"1.{number}",
            "--number", str(number), "--compatible", COMPATIBLE, "--payload", f"{target}={source}",
            "--key", str(self.folder / "k1.pem"), "--out", str(path),
        )  # fmt: skip
        for key in range(2, keys + 1):
            signed = path.with_name(f"{kind}-{number}-{key}.bundle")
            run(
                self.centre.folder, "release", "sign", str(path), "--out", str(signed),
                "--key", str(self.folder / f"k{key}.pem"),
            )  # fmt: skip
            path = signed
        return path

    def add(self, number: int = 1, kind: str = "system") -> int:
        """Build a bundle and bring it to the centre; give its id there."""
        run(self.centre.folder, "release", "add", str(self.build(number, kind=kind)))
        with self.centre.database.read() as session:
            return session.scalars(select(Release.id).order_by(Release.id.desc())).first() or 0


@pytest.fixture
def authority(tmp_path: Path, centre: Centre) -> Authority:
    return Authority(tmp_path / "offline", centre)


def refused(centre: Centre, *arguments: str) -> str:
    """Run a command that must not succeed; give what it said."""
    said = io.StringIO()
    with contextlib.redirect_stderr(said):
        assert main(["--config", str(centre.folder / "central.toml"), *arguments]) == 1
    return said.getvalue()


def put_in_ring(centre: Centre, name: str, ring: str) -> None:
    run(centre.folder, "release", "ring", "--ring", ring, name)


def offers_in(folder: Path, authority: Authority, station: Station, *, signatures: int) -> Offers:
    """Give what the delivery of a station does with releases."""
    (folder / "slots").mkdir(parents=True)
    selector.write(folder / "slots", {"default": "a"})
    keys = folder / "release-keys.pem"
    keys.write_text(authority.public)
    return Offers(
        folder,
        FolderSlots(folder / "slots", requests_in(folder / "asked")),
        station.clock,
        keys=keys,
        signatures=signatures,
        compatible=COMPATIBLE,
    )


def status(**said: object) -> UpdateStatus:
    return UpdateStatus(**{"compatible": COMPATIBLE, **said})  # type: ignore[arg-type]


class TestABundleAtTheCentre:
    def test_is_built_signed_shown_and_listed(self, authority: Authority, centre: Centre) -> None:
        path = authority.build(4)
        shown = run(centre.folder, "release", "show", str(path))
        assert shown.startswith(f"system versión 1.4 número 4 para {COMPATIBLE}\n")
        said = run(centre.folder, "release", "add", str(path))
        assert "anillo laboratorio" in said
        assert "system  1.4" in run(centre.folder, "release", "list")

    def test_is_refused_with_too_few_signatures_damaged_or_twice(
        self, authority: Authority, centre: Centre
    ) -> None:
        one = authority.build(1, keys=1)
        assert "[bundle.signatures]" in refused(centre, "release", "add", str(one))
        good = authority.build(2)
        data = good.read_bytes()
        damaged = authority.folder / "damaged"
        damaged.write_bytes(data[:-1] + b"?")
        assert "[bundle.hash]" in refused(centre, "release", "add", str(damaged))
        run(centre.folder, "release", "add", str(good))
        assert "[release.known]" in refused(centre, "release", "add", str(good))

    def test_keeps_what_is_there_and_says_so(self, authority: Authority, centre: Centre) -> None:
        key = str(authority.folder / "k1.pem")
        assert "[release.exists]" in refused(centre, "release", "keygen", "--out", key)


class TestARing:
    def test_gets_a_release_when_it_was_old_enough_in_the_one_before(
        self, authority: Authority, centre: Centre
    ) -> None:
        laboratory, canary = centre.station("E1"), centre.station("E2")
        put_in_ring(centre, "E1", "lab")
        put_in_ring(centre, "E2", "canary")
        number = authority.add()
        assert laboratory.greeted(update=status()).release is not None
        assert canary.greeted(update=status()).release is None
        # The commands look at the machine's clock: the release came in just now.
        assert "[release.young]" in refused(centre, "release", "advance", str(number))
        with centre.database.write() as session:
            release = session.get_one(Release, number)
            release.reached_at -= timedelta(hours=25)
        run(centre.folder, "release", "advance", str(number))
        offer = canary.greeted(update=status()).release
        assert offer is not None
        assert read_manifest(offer.manifest).number == 1
        assert canary.greeted(update=status(system=1)).release is None
        assert canary.greeted(update=UpdateStatus("other-board")).release is None
        assert canary.greeted().release is None  # a program that knows no releases
        run(centre.folder, "release", "halt", str(number))
        assert canary.greeted(update=status()).release is None
        run(centre.folder, "release", "resume", str(number))
        assert canary.greeted(update=status()).release is not None

    def test_is_stopped_by_the_stations_that_return(
        self, authority: Authority, centre: Centre
    ) -> None:
        stations = [centre.station(f"E{number}") for number in (1, 2, 3)]
        for station in stations:
            put_in_ring(centre, station.name, "lab")
        number = authority.add()
        for station in stations[:2]:
            offer = station.greeted(update=status()).release
            assert offer is not None
            said = status(state="returned", code="gate.camera", digest=digest_of(offer.manifest))
            for _ in range(2):  # said twice, counted once, and not offered there again
                assert station.greeted(update=said).release is None
        assert stations[2].greeted(update=status()).release is None
        with centre.database.read() as session:
            release = session.get_one(Release, number)
            assert (release.state, release.halted_by) == (ReleaseState.HALTED, "returned")
            acts = set(session.scalars(select(AuditEntry.action)))
            assert {"release.added", "release.halted"} <= acts
        assert "gate.camera: 2" in run(centre.folder, "release", "list")

    def test_gets_the_system_before_the_networks(
        self, authority: Authority, centre: Centre
    ) -> None:
        station = centre.station("E1")
        put_in_ring(centre, "E1", "lab")
        authority.add(1)
        authority.add(1, kind="models")
        first = station.greeted(update=status()).release
        assert first is not None
        assert read_manifest(first.manifest).kind is BundleKind.SYSTEM
        then = station.greeted(update=status(system=1)).release
        assert then is not None
        assert read_manifest(then.manifest).kind is BundleKind.MODELS


class TestTheDelivery:
    def test_fetches_what_its_ring_is_offered_and_drops_what_is_halted(
        self, authority: Authority, centre: Centre, station: Station, tmp_path: Path
    ) -> None:
        put_in_ring(centre, station.store.current().station, "lab")
        folder = tmp_path / "update"
        offers = offers_in(folder, authority, station, signatures=2)
        number = authority.add()

        def deliver() -> None:
            delivery = open_delivery(
                station.config, station.clock, VERSIONS, spool=station.spool, releases=offers
            )
            try:
                assert delivery.run_once().error is None
            finally:
                delivery.close()

        deliver()
        assert len(APP) > 2 * MAX_CHUNK_BYTES
        path = Incoming(folder).ready()
        assert path is not None
        with path.open("rb") as file:
            manifest = read_manifest(read_header(file))
            check_payloads(file, manifest)
        assert offers.status().state == "fetching"
        run(centre.folder, "release", "halt", str(number))
        deliver()
        assert Incoming(folder).ready() is None

    def test_brings_packets_on_when_a_bundle_is_gone_at_the_centre(
        self, authority: Authority, centre: Centre, station: Station, tmp_path: Path
    ) -> None:
        put_in_ring(centre, station.store.current().station, "lab")
        offers = offers_in(tmp_path / "update", authority, station, signatures=2)
        authority.add()
        for bundle in (centre.folder / "releases").glob("*.bundle"):
            bundle.unlink()
        seal(station, 1)
        delivery = open_delivery(
            station.config, station.clock, VERSIONS, spool=station.spool, releases=offers
        )
        try:
            done = delivery.run_once()
        finally:
            delivery.close()
        assert (done.error, done.delivered) == (None, 1)
        assert Incoming(tmp_path / "update").ready() is None

    def test_says_that_it_does_not_take_what_too_few_signed(
        self, authority: Authority, centre: Centre, station: Station, tmp_path: Path
    ) -> None:
        folder = tmp_path / "update"
        offers = offers_in(folder, authority, station, signatures=3)
        other = centre.station("E9")
        put_in_ring(centre, "E9", "lab")
        authority.add()
        offers.offered(other.greeted(update=status()).release)
        assert Incoming(folder).offer() is None
        assert (offers.status().state, offers.status().code) == ("refused", "bundle.signatures")


class TestTheApi:
    def test_gives_ranges_to_stations_alone(self, authority: Authority, centre: Centre) -> None:
        station = centre.station("E1")
        put_in_ring(centre, "E1", "lab")
        authority.add()
        offer = station.greeted(update=status()).release
        assert offer is not None
        path = f"/releases/{offer.sha256}"
        whole = (centre.folder / "releases" / f"{offer.sha256}.bundle").read_bytes()
        answer = station.call("GET", path, headers={"Range": "bytes=10-29"})
        assert (answer.status_code, answer.data) == (206, whole[10:30])
        assert answer.headers["Content-Range"] == f"bytes 10-29/{len(whole)}"
        for wrong in ("bytes=5-2", f"bytes=0-{len(whole)}", f"bytes=0-{MAX_CHUNK_BYTES}", "", "x"):
            answer = station.call("GET", path, headers={"Range": wrong})
            assert answer.status_code == 422
        unknown = station.call("GET", f"/releases/{'0' * 64}", headers={"Range": "bytes=0-1"})
        assert unknown.status_code == 404
        assert centre.app.test_client().get("/api/v1" + path).status_code == 401
