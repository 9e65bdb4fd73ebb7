"""How a backup or a restore is refused: in one sentence that says what to do."""


class BackupError(Exception):
    """A backup that cannot be taken or put back; nothing was changed."""
