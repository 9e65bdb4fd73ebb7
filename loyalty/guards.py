"""Database triggers that keep written rows written: no update, no delete, no truncate, by whatever path.

They guard every AppendOnly model but for its moving columns, and are set anew after every migrate, so that a
table rebuilt by a migration is guarded again. SQLite cannot refuse what its owner does to the file itself.
"""

from collections.abc import Iterator
from typing import Any

from django.apps import AppConfig, apps
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from loyalty.models.base import AppendOnly

FUNCTION = """
CREATE OR REPLACE FUNCTION regulars_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'rows of % are written once', TG_TABLE_NAME; END $$
"""


def install(connection: BaseDatabaseWrapper) -> None:
    """Set the triggers on every append-only table that exists. Safe to run again."""
    remove(connection)
    present = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(FUNCTION)
        for table, columns in _guarded():
            if table in present:
                for statement in _create(connection.vendor, table, columns):
                    cursor.execute(statement)


def remove(connection: BaseDatabaseWrapper) -> None:
    """Take the triggers away: only for tests that flush the tables, and to show that they matter."""
    with connection.cursor() as cursor:
        for table, trigger, _ in _present(connection):
            on_table = f" ON {table}" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER {trigger}{on_table}")


def missing(connection: BaseDatabaseWrapper) -> list[str]:
    """Return the triggers that should be set and are not, or are switched off."""
    acts = ["update", "delete", "truncate"] if connection.vendor == "postgresql" else ["update", "delete"]
    wanted = {f"guard_{table}_{act}" for table, _ in _guarded() for act in acts}
    return sorted(wanted - {trigger for _, trigger, is_on in _present(connection) if is_on})


def install_after_migrate(sender: AppConfig, using: str, **kwargs: Any) -> None:
    """Receiver of post_migrate."""
    install(connections[using])


def _guarded() -> Iterator[tuple[str, list[str]]]:
    for model in apps.get_models():
        if issubclass(model, AppendOnly):
            fields = model._meta.concrete_fields
            yield model._meta.db_table, [str(f.column) for f in fields if f.column not in model.moving_columns]


def _create(vendor: str, table: str, columns: list[str]) -> list[str]:
    names = ", ".join(f'"{column}"' for column in columns)
    if vendor == "postgresql":
        call = "EXECUTE FUNCTION regulars_append_only()"
        return [
            f"CREATE TRIGGER guard_{table}_update BEFORE UPDATE OF {names} ON {table} FOR EACH ROW {call}",
            f"CREATE TRIGGER guard_{table}_delete BEFORE DELETE ON {table} FOR EACH ROW {call}",
            f"CREATE TRIGGER guard_{table}_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT {call}",
        ]
    refuse = f"BEGIN SELECT RAISE(ABORT, 'rows of {table} are written once'); END"
    return [
        f"CREATE TRIGGER guard_{table}_update BEFORE UPDATE OF {names} ON {table} {refuse}",
        f"CREATE TRIGGER guard_{table}_delete BEFORE DELETE ON {table} {refuse}",
    ]


def _present(connection: BaseDatabaseWrapper) -> list[tuple[str, str, bool]]:
    """Return the tables and names of the triggers that are set, and whether each is switched on."""
    if connection.vendor == "postgresql":
        query = (
            "SELECT c.relname, t.tgname, t.tgenabled IN ('O', 'A') "
            "FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
            "WHERE t.tgname LIKE 'guard\\_%' AND c.relnamespace = current_schema()::regnamespace"
        )
    else:
        query = (
            "SELECT tbl_name, name, 1 FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'guard\\_%' ESCAPE '\\'"
        )
    with connection.cursor() as cursor:
        cursor.execute(query)
        return [(table, trigger, bool(is_on)) for table, trigger, is_on in cursor.fetchall()]
