"""Questions that almost every request asks, put together once for a process and not once for each request.

The ORM writes the SQL, Django's own converters read the row and the models make the instances, so that what is found is
what the queryset would have found (docs/adr/0022). PostgreSQL plans such a question once for each connection.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper
from django.db.models import Expression, Field, Model, QuerySet
from django.utils.module_loading import import_string


class Given(Expression):
    """Stands in a queryset for a value that comes with the question, by this name."""

    def __init__(self, name: str, output_field: Field[Any, Any]) -> None:
        super().__init__(output_field=output_field)
        self.name = name

    def as_sql(self, compiler: Any, connection: BaseDatabaseWrapper) -> tuple[str, Any]:
        """Return a place for the value, and itself to be replaced by it."""
        return "%s", [self]

    def value(self, values: dict[str, Any], connection: BaseDatabaseWrapper) -> Any:
        """Return the value as the database takes it; to PostgreSQL numbers of every size come as one type."""
        value = self.output_field.get_db_prep_value(values[self.name], connection)
        return str(value) if type(value) is int and connection.vendor == "postgresql" else value


@dataclass(frozen=True, slots=True)
class Part:
    """Where one model's columns lie in a row, and on which relation of which part before it its instance hangs."""

    model: type[Model]
    names: Sequence[str]
    columns: slice
    key: int
    parent: int
    relation: Any

    def make(self, row: Sequence[Any]) -> Model | None:
        """Return the instance, or None where an outer join found none."""
        if row[self.key] is None:
            return None
        return self.model.from_db(DEFAULT_DB_ALIAS, self.names, row[self.columns])

    def hang(self, instance: Model | None, parent: Model | None) -> None:
        """Let both know of each other, as select_related does."""
        if parent is not None:
            self.relation.set_cached_value(parent, instance)
            if instance is not None and self.relation.one_to_one:
                self.relation.remote_field.set_cached_value(instance, parent)


class Prepared[M: Model]:
    """A question that has one row for an answer at most, with the rows at the end of some of its relations.

    rows returns a queryset with a Given for each value; related are paths of relations, as for select_related, each
    after the one that it goes on from.
    """

    def __init__(self, rows: Callable[[], QuerySet[M]], *related: str) -> None:
        self._rows, self._paths = rows, ("", *related)

    def one(self, **values: Any) -> M | None:
        """Return the row for these values, or None. One query."""
        connection = connections[DEFAULT_DB_ALIAS]
        sql, given = self._statement
        bound = [each.value(values, connection) if isinstance(each, Given) else each for each in given]
        with binding_cursor() as cursor:
            cursor.execute(sql, bound)
            row = cursor.fetchone()
        return self._read(list(row), connection) if row else None

    def _read(self, row: list[Any], connection: BaseDatabaseWrapper) -> M:
        for place, reader, column in self._readers:
            row[place] = reader(row[place], column, connection)
        first, *others = self._parts
        made: list[Any] = [first.make(row)]
        for part in others:
            made.append(part.make(row))
            part.hang(made[-1], made[part.parent])
        found: M = made[0]
        for place, name in self._annotations:
            setattr(found, name, row[place])
        return found

    @cached_property
    def _queryset(self) -> QuerySet[M]:
        return self._rows()

    @cached_property
    def _statement(self) -> tuple[str, tuple[Any, ...]]:
        parts = zip(self._paths, self._parts, strict=True)
        names = [f"{path}__{name}" if path else name for path, part in parts for name in part.names]
        return self._queryset.values_list(*names, *self._queryset.query.annotations).query.sql_with_params()

    @cached_property
    def _parts(self) -> list[Part]:
        parts: list[Part] = []
        start = 0
        for path in self._paths:
            above, _, name = path.rpartition("__")
            parent = self._paths.index(above)
            relation: Any = parts[parent].model._meta.get_field(name) if path else None
            model: Any = relation.related_model if relation else self._queryset.model
            names = [str(field.attname) for field in model._meta.concrete_fields]
            key = start + names.index(model._meta.pk.attname)
            parts.append(Part(model, names, slice(start, start + len(names)), key, parent, relation))
            start += len(names)
        return parts

    @cached_property
    def _annotations(self) -> list[tuple[int, str]]:
        """Where in a row each annotation stands."""
        return list(enumerate(self._queryset.query.annotations, start=self._parts[-1].columns.stop))

    @cached_property
    def _readers(self) -> list[tuple[int, Any, Any]]:
        """The converters of each column that needs one, in the order in which Django calls them."""
        connection = connections[DEFAULT_DB_ALIAS]
        columns: list[Any] = [f.cached_col for part in self._parts for f in part.model._meta.concrete_fields]
        columns += self._queryset.query.annotations.values()
        return [
            (place, reader, column)
            for place, column in enumerate(columns)
            for reader in (*connection.ops.get_db_converters(column), *column.get_db_converters(connection))
        ]


def binding_cursor() -> CursorWrapper:
    """Return a cursor that sends values beside the statement, so that PostgreSQL parses and plans it once."""
    connection = connections[DEFAULT_DB_ALIAS]
    if connection.vendor != "postgresql":
        return connection.cursor()
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    wrap: Callable[[Any], CursorWrapper]
    wrap = connection.make_debug_cursor if connection.queries_logged else connection.make_cursor
    return wrap(_server_binding()(connection.connection))


@cache
def _server_binding() -> Callable[[Any], Any]:
    """Return Django's own cursor of that kind, which needs the driver to be installed."""
    return import_string("django.db.backends.postgresql.base.ServerBindingCursor")  # type: ignore[no-any-return]
