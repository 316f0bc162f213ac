"""The named moments at which a power cut is tried: each write of seal, recovery and delivery.

A hook is called at every one. In the field it does nothing; a test kills the process there.
"""

from collections.abc import Callable
from typing import TypeAlias

CrashHook: TypeAlias = Callable[[str], None]

SEAL_POINTS = (
    "seal.begun",  # nothing written
    "seal.reserved",  # (1) seq committed
    "seal.signed",  # (2) packet in memory
    "seal.torn",  # (3) half of the file written
    "seal.written",  # (3) all written, not yet synced
    "seal.file_synced",  # (3)
    "seal.renamed",  # (4) renamed, folder not yet synced
    "seal.folder_synced",  # (4)
    "seal.committed",  # (5) row and chain head committed
)
RECOVERY_POINTS = (
    "recovery.begun",
    "recovery.file_synced",
    "recovery.renamed",
    "recovery.folder_synced",
    "recovery.adopted",
    "recovery.discarded",  # leftovers of an unfinished packet removed
    "recovery.gap_reserved",  # its seq taken over by a gap; then the points of seal follow
)
DELIVERY_POINTS = (
    "delivery.leased",
    "delivery.chunk_sent",
    "delivery.receipt_received",
    "delivery.stored",
    "purge.begun",
    "purge.unlinked",
    "purge.folder_synced",
    "purge.purged",
)


def no_crash(_point: str) -> None:
    """Do nothing: the hook of the field."""
