"""The typed ORM: one file per aggregate. Importing this package knows every table."""

from __future__ import annotations

from central.models.accounts import AccountKind, RoleGrant, User, UserIdentity, UserSession
from central.models.aspirantes import (
    Aspirante,
    Auxiliar,
    AuxiliarBatch,
    AuxiliarState,
    BatchState,
    Stage,
)
from central.models.audit import AuditEntry, AuditSeal
from central.models.base import Base
from central.models.exports import Export
from central.models.fleet import (
    OrderState,
    StationCondition,
    StationHealth,
    StationIncident,
    StationOrder,
)
from central.models.mail import Mail, MailKind
from central.models.objections import (
    Objection,
    ObjectionAttachment,
    ObjectionOutcome,
    ObjectionRecord,
    ObjectionState,
)
from central.models.packets import (
    ForkEvidence,
    LogCheckpoint,
    LogHead,
    LogTile,
    Outcome,
    Packet,
    Receipt,
)
from central.models.processes import (
    Office,
    OpeningKey,
    PolicyVersion,
    Process,
    ThresholdRow,
    ThresholdUnit,
)
from central.models.records import (
    Citizen,
    CitizenWord,
    Record,
    ReviewState,
    StateChange,
)
from central.models.register import MotivoBaja, RegisterEntry, RegisterSection, RegisterVersion
from central.models.releases import Release, ReleaseState, Ring, StationUpdate
from central.models.rollups import (
    ProcessMedian,
    RollupActivity,
    RollupAuxiliar,
    RollupCause,
    RollupDay,
    RollupDelta,
    RollupEntidad,
    RollupSeccion,
    RollupStation,
    RollupStep,
)
from central.models.stations import (
    Duty,
    Station,
    StationClaim,
    StationEpoch,
    StationKey,
    StationState,
    UsedProof,
)
from central.models.work import WorkRow, WorkState

__all__ = [
    "AccountKind",
    "Aspirante",
    "AuditEntry",
    "AuditSeal",
    "Auxiliar",
    "AuxiliarBatch",
    "AuxiliarState",
    "Base",
    "BatchState",
    "Citizen",
    "CitizenWord",
    "Duty",
    "Export",
    "ForkEvidence",
    "LogCheckpoint",
    "LogHead",
    "LogTile",
    "Mail",
    "MailKind",
    "MotivoBaja",
    "Objection",
    "ObjectionAttachment",
    "ObjectionOutcome",
    "ObjectionRecord",
    "ObjectionState",
    "Office",
    "OpeningKey",
    "OrderState",
    "Outcome",
    "Packet",
    "PolicyVersion",
    "Process",
    "ProcessMedian",
    "Receipt",
    "Record",
    "RegisterEntry",
    "RegisterSection",
    "RegisterVersion",
    "Release",
    "ReleaseState",
    "ReviewState",
    "Ring",
    "RoleGrant",
    "RollupActivity",
    "RollupAuxiliar",
    "RollupCause",
    "RollupDay",
    "RollupDelta",
    "RollupEntidad",
    "RollupSeccion",
    "RollupStation",
    "RollupStep",
    "Stage",
    "StateChange",
    "Station",
    "StationClaim",
    "StationCondition",
    "StationEpoch",
    "StationHealth",
    "StationIncident",
    "StationKey",
    "StationOrder",
    "StationState",
    "StationUpdate",
    "ThresholdRow",
    "ThresholdUnit",
    "UsedProof",
    "User",
    "UserIdentity",
    "UserSession",
    "WorkRow",
    "WorkState",
]
