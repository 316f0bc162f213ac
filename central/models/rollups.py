"""Counts for the reports: an append-only tail of deltas, folded into narrow tables."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Date, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from central.models.base import Base, BigKey, Key

# In the rollups 0 stands for "the register has not said where": a key column is never null.
UNKNOWN_PLACE = 0
# A cause longer than this is counted under its beginning.
MOST_OF_A_CAUSE = 120
LEAST_BEHIND_A_MEDIAN = 5


class RollupDelta(Base):
    """One step of one record, +1 or -1, written in the transaction that changed its state."""

    __tablename__ = "rollup_deltas"

    id: Mapped[Key]
    aspirante_id: Mapped[int] = mapped_column(BigKey)
    auxiliar_id: Mapped[int] = mapped_column(BigKey)
    day: Mapped[date] = mapped_column(Date)
    entidad: Mapped[int] = mapped_column(SmallInteger)
    seccion: Mapped[int] = mapped_column(SmallInteger)
    state: Mapped[str] = mapped_column(String(24))
    change: Mapped[int] = mapped_column(SmallInteger)
    # 0 where the release before this one wrote it.
    station_id: Mapped[int] = mapped_column(BigKey, server_default="0")
    # Why the record is in the state: see `central.models.partition.causes`.
    causes: Mapped[list[str]] = mapped_column(server_default="[]")
    # The state it came from, on the +1 of a change of state.
    before: Mapped[str | None] = mapped_column(String(24))


class RollupDay(Base):
    """Records of an aspirante by day of reception and state."""

    __tablename__ = "rollup_days"

    aspirante_id: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=False)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    state: Mapped[str] = mapped_column(String(24), primary_key=True)
    records: Mapped[int] = mapped_column(BigKey)


class RollupAuxiliar(Base):
    """Records of an aspirante by auxiliar and state."""

    __tablename__ = "rollup_auxiliares"

    aspirante_id: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=False)
    auxiliar_id: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=False)
    state: Mapped[str] = mapped_column(String(24), primary_key=True)
    records: Mapped[int] = mapped_column(BigKey)


class RollupActivity(Base):
    """Records of an aspirante by auxiliar, day of reception and station, whatever their state."""

    __tablename__ = "rollup_activity"

    aspirante_id: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=False)
    auxiliar_id: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=False)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    station_id: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=False)
    records: Mapped[int] = mapped_column(BigKey)


class RollupEntidad(Base):
    """Records of an aspirante by entidad of the register and state."""

    __tablename__ = "rollup_entidades"

    aspirante_id: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=False)
    entidad: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    state: Mapped[str] = mapped_column(String(24), primary_key=True)
    records: Mapped[int] = mapped_column(BigKey)


class RollupSeccion(Base):
    """Records of an aspirante by entidad, sección and state."""

    __tablename__ = "rollup_secciones"

    aspirante_id: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=False)
    entidad: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    seccion: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    state: Mapped[str] = mapped_column(String(24), primary_key=True)
    records: Mapped[int] = mapped_column(BigKey)


class RollupStation(Base):
    """Records of an aspirante by capture station and state."""

    __tablename__ = "rollup_stations"

    aspirante_id: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=False)
    station_id: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=False)
    state: Mapped[str] = mapped_column(String(24), primary_key=True)
    records: Mapped[int] = mapped_column(BigKey)


class RollupCause(Base):
    """Records of an aspirante by state and cause; one with two causes is counted under both."""

    __tablename__ = "rollup_causes"

    aspirante_id: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=False)
    state: Mapped[str] = mapped_column(String(24), primary_key=True)
    cause: Mapped[str] = mapped_column(String(MOST_OF_A_CAUSE), primary_key=True)
    records: Mapped[int] = mapped_column(BigKey)


class RollupStep(Base):
    """How often records of an aspirante went from one state to another."""

    __tablename__ = "rollup_steps"

    aspirante_id: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=False)
    before: Mapped[str] = mapped_column(String(24), primary_key=True)
    after: Mapped[str] = mapped_column(String(24), primary_key=True)
    records: Mapped[int] = mapped_column(BigKey)


class ProcessMedian(Base):
    """A median over the auxiliares or stations of a process, made anew by the worker.

    It is kept only where at least `LEAST_BEHIND_A_MEDIAN` of them are behind it: with fewer it
    would tell one aspirante about another.
    """

    __tablename__ = "process_medians"

    process_id: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=False)
    # A value of `central.reports.medians.Measure`.
    measure: Mapped[str] = mapped_column(String(32), primary_key=True)
    value: Mapped[int]
    behind: Mapped[int]
    computed_at: Mapped[datetime]
