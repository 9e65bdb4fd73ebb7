"""That the database refuses to change what is written."""

from collections.abc import Iterator

from django.db import connection

from loyalty import guards
from loyalty.queries.verify.rows import Scope


def missing(_: Scope) -> Iterator[str]:
    """Every table that is written once has its triggers, and they are on."""
    return (f"trigger {name}" for name in guards.missing(connection))
