"""Looking for one of many: key__among=[...] sends a list as one value, where key__in sends each by itself.

A thousand values cost Django, the driver and the database's planner more as a thousand parameters than to look for.
"""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db.models import Field, ForeignObject, Lookup
from django.db.models.sql.compiler import SQLCompiler


@Field.register_lookup
@ForeignObject.register_lookup
class Among(Lookup[Any]):
    """Numbers or texts of a list, in any order and however often."""

    lookup_name = "among"
    prepare_rhs = False

    def as_postgresql(self, compiler: SQLCompiler, connection: Any) -> tuple[str, list[Any]]:
        column, params = self.process_lhs(compiler, connection)
        values = self._values()
        kind = "text" if isinstance(values[0], str) else "bigint"
        return f"{column} = ANY(%s::{kind}[])", [*params, array(values)]

    def as_sqlite(self, compiler: SQLCompiler, connection: Any) -> tuple[str, list[Any]]:
        column, params = self.process_lhs(compiler, connection)
        sql = f"{column} IN (SELECT value FROM json_each(%s))"  # noqa: S608
        return sql, [*params, json.dumps(self._values())]

    def _values(self) -> Sequence[Any]:
        values = list(self.rhs)
        if not values:
            raise EmptyResultSet
        return values


def array(cells: Iterable[Any]) -> str:
    """Return numbers, moments or texts as PostgreSQL writes an array: the driver takes ten times as long for a list."""
    return "{" + ",".join([str(cell) if type(cell) is int else _quoted(cell) for cell in cells]) + "}"


def _quoted(text: str | None) -> str:
    if text is None:
        return "NULL"
    if "\\" in text or '"' in text:
        text = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'
