"""Releases for stations: taken in, let on from ring to ring, stopped, and handed out in pieces.

The centre checks every bundle and can make none: release keys are offline. A release starts in the
laboratory's ring. A person lets it on, not before it was in each ring for a minimum age; stations
that return from it stop it by themselves.
"""

from __future__ import annotations

import hashlib
import logging
import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from central.audit import trail
from central.errors import ConflictError, InvalidInputError, NotFoundError, StorageError
from central.models import Release, ReleaseState, Ring, Station, StationUpdate
from wire.api import MAX_CHUNK_BYTES, ReleaseOffer, UpdateStatus
from wire.bundle import (
    CHUNK_BYTES,
    BundleKind,
    Manifest,
    check_payloads,
    read_header,
    verify_manifest,
)
from wire.errors import BundleError
from wire.keys import FixedKeyRing

_log = logging.getLogger(__name__)

RETURNED = "returned"
_FAILED = (RETURNED, "refused")


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a release goes on, and how many stations stop it."""

    ring_h: int
    halt_after: int


class ReleaseStore:
    """The folder of bundles, named by their SHA-256."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, file: BinaryIO) -> tuple[bytes, int]:
        """Copy a bundle in, durably; give its digest and size.

        Raises:
            StorageError: It could not be written.
        """
        fresh = self._folder / f".{os.getpid()}.new"
        digest, size = hashlib.sha256(), 0
        file.seek(0)
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o750)
            with fresh.open("wb") as target:
                while chunk := file.read(CHUNK_BYTES):
                    digest.update(chunk)
                    size += target.write(chunk)
                target.flush()
                os.fsync(target.fileno())
            fresh.rename(self._path(digest.digest()))
            descriptor = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
        except OSError as error:
            raise StorageError(f"bundle: {error.strerror}", code="storage.io") from error
        finally:
            fresh.unlink(missing_ok=True)
        return digest.digest(), size

    def read(self, sha256: bytes, first: int, last: int) -> tuple[bytes, int]:
        """Give the bytes of a range, both ends included, and the size of the whole.

        Raises:
            NotFoundError: There is no such bundle.
            InvalidInputError: The range is not within it, or longer than 1 MiB.
        """
        try:
            with self._path(sha256).open("rb") as file:
                size = os.fstat(file.fileno()).st_size
                if not 0 <= first <= last < size or last - first >= MAX_CHUNK_BYTES:
                    raise InvalidInputError("not a range of this bundle", code="release.range")
                file.seek(first)
                return file.read(last - first + 1), size
        except FileNotFoundError as error:
            raise NotFoundError("no such bundle") from error

    def _path(self, sha256: bytes) -> Path:
        return self._folder / f"{sha256.hex()}.bundle"


def add(
    session: Session,
    store: ReleaseStore,
    file: BinaryIO,
    *,
    keys: FixedKeyRing,
    signatures: int,
    now: datetime,
    made_by: str,
) -> Release:
    """Take a bundle in, for the laboratory alone.

    Raises:
        InvalidInputError: It is not whole, not signed by enough release keys, or expired.
        ConflictError: There is a release of that number already.
    """
    try:
        file.seek(0)
        signed = read_header(file)
        manifest = verify_manifest(signed, keys, signatures=signatures)
        check_payloads(file, manifest)
    except BundleError as error:
        raise InvalidInputError(str(error), field="bundle", code=error.code) from error
    expires = _moment(manifest.expires_ms)
    if expires <= now:
        raise InvalidInputError("the release has expired", field="bundle", code="bundle.expired")
    if _find(session, manifest) is not None:
        raise ConflictError("there is a release of that number", code="release.known")
    sha256, size = store.keep(file)
    release = Release(
        kind=manifest.kind.value,
        version=manifest.version,
        number=manifest.number,
        compatible=manifest.compatible,
        is_critical=manifest.is_critical,
        sha256=sha256,
        size_bytes=size,
        manifest=signed,
        state=ReleaseState.OFFERED,
        ring=Ring.LAB,
        reached_at=now,
        added_at=now,
        expires_at=expires,
    )
    session.add(release)
    session.flush()
    _note(session, release, "release.added", now=now, made_by=made_by)
    return release


def find(session: Session, release_id: int) -> Release:
    """Give one release, to be changed.

    Raises:
        NotFoundError: There is none.
    """
    release = session.get(Release, release_id, with_for_update=True)
    if release is None:
        raise NotFoundError("no such release", code="release.unknown")
    return release


def opens_at(release: Release, pace: Pace) -> datetime:
    """Say from when on a release may go to its next ring."""
    return release.reached_at + timedelta(hours=pace.ring_h)


def advance(session: Session, release: Release, pace: Pace, *, now: datetime, made_by: str) -> Ring:
    """Let a release on to its next ring.

    Raises:
        ConflictError: It is halted, everywhere already, too young in its ring, or expired.
    """
    following = release.ring.following
    if release.state is not ReleaseState.OFFERED:
        raise ConflictError("the release is halted", code="release.halted")
    if following is None:
        raise ConflictError("the release is offered to all", code="release.everywhere")
    if release.expires_at <= now:
        raise ConflictError("the release has expired", code="bundle.expired")
    if now < opens_at(release, pace):
        raise ConflictError(
            f"its ring is open from {opens_at(release, pace):%Y-%m-%d %H:%M} UTC on",
            code="release.young",
        )
    release.ring, release.reached_at = following, now
    _note(session, release, "release.advanced", now=now, made_by=made_by)
    return following


def halt(session: Session, release: Release, *, now: datetime, made_by: str) -> None:
    """Stop offering a release; stations that have it keep it."""
    if release.state is ReleaseState.OFFERED:
        release.state, release.halted_by = ReleaseState.HALTED, "person"
        _note(session, release, "release.halted", now=now, made_by=made_by)


def resume(session: Session, release: Release, *, now: datetime, made_by: str) -> None:
    """Offer a release again, in the ring it had come to; its age there begins anew."""
    if release.state is ReleaseState.HALTED:
        release.state, release.halted_by, release.reached_at = ReleaseState.OFFERED, None, now
        _note(session, release, "release.resumed", now=now, made_by=made_by)


def greet(
    session: Session, station: Station, status: UpdateStatus | None, pace: Pace, *, now: datetime
) -> ReleaseOffer | None:
    """Note what a station says of its releases, and choose what it is offered.

    The system goes before the networks: it brings its own.
    """
    if status is None:
        return None  # a program that knows no releases
    rows = session.scalars(
        select(Release)
        .where(Release.compatible == status.compatible)
        .order_by(Release.kind.desc(), Release.number.desc())
    ).all()
    if status.digest and status.state:
        for release in rows:
            if hashlib.sha256(release.manifest.encode("ascii")).hexdigest() == status.digest:
                _note_update(session, release, station, status, pace, now)
    failed = set(
        session.scalars(
            select(StationUpdate.release_id).where(
                StationUpdate.station_id == station.id, StationUpdate.state.in_(_FAILED)
            )
        )
    )
    installed = {BundleKind.SYSTEM.value: status.system, BundleKind.MODELS.value: status.models}
    for release in rows:
        if (
            release.state is ReleaseState.OFFERED
            and station.ring in release.ring.reached
            and release.number > installed[release.kind]
            and release.expires_at > now
            and release.id not in failed
        ):
            return ReleaseOffer(release.sha256.hex(), release.size_bytes, release.manifest)
    return None


@dataclass(frozen=True, slots=True)
class Standing:
    """One release as people see it: how many stations of each ring, and what became of it."""

    release: Release
    outcomes: dict[tuple[Ring, str], int]
    codes: dict[str, int]
    opens_at: datetime
    is_expired: bool

    def count(self, ring: Ring, state: str) -> int:
        """Count stations of a ring that last said this."""
        return self.outcomes.get((ring, state), 0)


def overview(session: Session, pace: Pace, *, now: datetime) -> list[Standing]:
    """Give every release, the newest first, with what stations said of it."""
    releases = session.scalars(
        select(Release).order_by(Release.added_at.desc(), Release.id.desc()).limit(100)
    ).all()
    counted = session.execute(
        select(
            StationUpdate.release_id,
            StationUpdate.ring,
            StationUpdate.state,
            StationUpdate.code,
            func.count(),
        ).group_by(
            StationUpdate.release_id, StationUpdate.ring, StationUpdate.state, StationUpdate.code
        )
    ).all()
    found = []
    for release in releases:
        outcomes: dict[tuple[Ring, str], int] = {}
        codes: dict[str, int] = {}
        for release_id, ring, state, code, count in counted:
            if release_id == release.id:
                outcomes[ring, state] = outcomes.get((ring, state), 0) + count
                if state in _FAILED:
                    codes[code] = codes.get(code, 0) + count
        expired = release.expires_at <= now
        found.append(Standing(release, outcomes, codes, opens_at(release, pace), expired))
    return found


def stations_by_ring(session: Session) -> dict[Ring, int]:
    """Count the stations of each ring."""
    counted = session.execute(select(Station.ring, func.count()).group_by(Station.ring)).all()
    found: dict[Ring, int] = dict.fromkeys(Ring, 0)
    for ring, count in counted:
        found[ring] = count
    return found


def _note_update(
    session: Session,
    release: Release,
    station: Station,
    status: UpdateStatus,
    pace: Pace,
    now: datetime,
) -> None:
    row = session.scalars(
        select(StationUpdate).where(
            StationUpdate.release_id == release.id, StationUpdate.station_id == station.id
        )
    ).one_or_none()
    if row is None:
        row = StationUpdate(release_id=release.id, station_id=station.id, state="", code="")
        session.add(row)
    if (row.state, row.code) == (status.state, status.code):
        return
    row.state, row.code, row.ring, row.changed_at = status.state, status.code, station.ring, now
    session.flush()
    if status.state in _FAILED:
        _log.warning(
            "release.returned station=%s release=%d code=%s",
            station.id_dispositivo, release.number, status.code,
        )  # fmt: skip
        _halt_if_many(session, release, station.ring, pace, now)


def _halt_if_many(
    session: Session, release: Release, ring: Ring, pace: Pace, now: datetime
) -> None:
    returned = session.scalars(
        select(func.count()).select_from(StationUpdate).where(
            StationUpdate.release_id == release.id,
            StationUpdate.ring == ring,
            StationUpdate.state == RETURNED,
        )
    ).one()  # fmt: skip
    if returned >= pace.halt_after and release.state is ReleaseState.OFFERED:
        release.state, release.halted_by = ReleaseState.HALTED, RETURNED
        _note(session, release, "release.halted", now=now, made_by="stations", returned=returned)
        _log.error("release.halted release=%d ring=%s returned=%d", release.number, ring, returned)


def _find(session: Session, manifest: Manifest) -> Release | None:
    return session.scalars(
        select(Release).where(
            Release.kind == manifest.kind.value,
            Release.compatible == manifest.compatible,
            Release.number == manifest.number,
        )
    ).one_or_none()


def _note(
    session: Session, release: Release, action: str, *, now: datetime, made_by: str, **more: int
) -> None:
    trail.write(
        session,
        at=now,
        actor=made_by,
        action=action,
        subject_kind="release",
        subject=f"{release.kind}/{release.compatible}/{release.number}",
        details={"version": release.version, "ring": release.ring.value, **more},
    )


def _moment(at_ms: int) -> datetime:
    return datetime.fromtimestamp(at_ms / 1000, UTC)
