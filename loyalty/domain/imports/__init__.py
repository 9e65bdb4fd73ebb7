"""Bringing files of past sales into the books: upload, check, run, cancel, resume, undo. More in docs/imports.md.

The batch's own row is the truth of how far it is: every step is one short transaction that books some receipts and
moves the position with them, so that it can be killed at any moment and goes on where it was.
"""

from loyalty.domain.imports.batches import (
    AT_WORK,
    READ,
    SILENCE,
    BatchError,
    DiskFull,
    NothingToBook,
    OtherBeingRead,
    OtherRunning,
    QuotaReached,
    WrongState,
    cancel,
    choose,
    clean,
    discard,
    fail,
    reconsider,
    remove_file,
    resume,
    revive,
    start,
    take_up,
    undo,
    upload,
)
from loyalty.domain.imports.steps import step

__all__ = [
    "AT_WORK",
    "READ",
    "SILENCE",
    "BatchError",
    "DiskFull",
    "NothingToBook",
    "OtherBeingRead",
    "OtherRunning",
    "QuotaReached",
    "WrongState",
    "cancel",
    "choose",
    "clean",
    "discard",
    "fail",
    "reconsider",
    "remove_file",
    "resume",
    "revive",
    "start",
    "step",
    "take_up",
    "undo",
    "upload",
]
