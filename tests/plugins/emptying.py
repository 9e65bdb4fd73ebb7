"""Empties a test database's tables, past the triggers that keep the ledger append-only."""

import sqlite3

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper

KEPT = {"django_migrations", "django_content_type", "auth_permission"}
"""What migrations leave in the tables: it stays."""


def empty(connection: BaseDatabaseWrapper) -> None:
    """Delete every row but those that a migration left."""
    names = set(connection.introspection.django_table_names(only_existing=True, include_views=False)) - KEPT
    statements = [f'DELETE FROM "{name}"' for name in sorted(names)]
    if connection.vendor == "sqlite":
        _without_triggers(connection, statements)
    elif _may_set_replica(connection):
        _as_replica(connection, statements)
    else:
        _with_triggers_disabled(connection, statements)


def _without_triggers(connection: BaseDatabaseWrapper, statements: list[str]) -> None:
    connection.ensure_connection()
    connection.connection.setconfig(sqlite3.SQLITE_DBCONFIG_ENABLE_TRIGGER, False)
    try:
        with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
    finally:
        connection.connection.setconfig(sqlite3.SQLITE_DBCONFIG_ENABLE_TRIGGER, True)


def _may_set_replica(connection: BaseDatabaseWrapper) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_parameter_privilege('session_replication_role', 'SET')")
        return bool(cursor.fetchone()[0])


def _as_replica(connection: BaseDatabaseWrapper, statements: list[str]) -> None:
    """Delete as a replica would, for which neither guards nor foreign keys are looked at: one round trip."""
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        cursor.execute("; ".join(["SET LOCAL session_replication_role = replica", *statements]))


def _with_triggers_disabled(connection: BaseDatabaseWrapper, statements: list[str]) -> None:
    """Delete as the tables' owner, who is no superuser, can: foreign keys wait for the end, the guards are off."""
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT tgrelid::regclass FROM pg_trigger WHERE NOT tgisinternal")
        guarded = [str(table) for (table,) in cursor.fetchall()]
        cursor.execute("; ".join(f"ALTER TABLE {table} DISABLE TRIGGER USER" for table in guarded))
        cursor.execute("; ".join(["SET CONSTRAINTS ALL DEFERRED", *statements, "SET CONSTRAINTS ALL IMMEDIATE"]))
        cursor.execute("; ".join(f"ALTER TABLE {table} ENABLE TRIGGER USER" for table in guarded))
