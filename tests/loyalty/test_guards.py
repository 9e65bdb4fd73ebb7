"""A written row stays written, by model, queryset, cascade and raw SQL; without the triggers SQL would change it."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import ProtectedError

from loyalty import guards
from loyalty.models import AuditEvent, Entry, Lot, LotUse, Posting
from loyalty.models.base import AppendOnlyError
from tests.loyalty.books import Books

pytestmark = pytest.mark.django_db

TABLES = ["loyalty_posting", "loyalty_entry", "loyalty_lot", "loyalty_lotuse", "loyalty_auditevent"]
CHANGES = {
    "loyalty_posting": "reason = 'other'",
    "loyalty_entry": "amount = amount",
    "loyalty_lot": "amount = amount",
    "loyalty_lotuse": "amount = amount",
    "loyalty_auditevent": "verb = 'other'",
}


@pytest.fixture
def books(books: Books) -> Books:
    books.give(100)
    books.spend(30)
    return books


@pytest.mark.parametrize("model", [Posting, Entry, Lot, LotUse, AuditEvent])
class TestThroughTheModel:
    def test_save(self, books, model):
        with pytest.raises(AppendOnlyError):
            model.objects.first().save()

    def test_delete(self, books, model):
        with pytest.raises(AppendOnlyError):
            model.objects.first().delete()

    def test_update(self, books, model):
        with pytest.raises(AppendOnlyError):
            model.objects.update(pk=1)

    def test_bulk_update(self, books, model):
        with pytest.raises(AppendOnlyError):
            model.objects.bulk_update(list(model.objects.all()), ["id"])

    def test_delete_of_many(self, books, model):
        with pytest.raises(AppendOnlyError):
            model.objects.all().delete()


@pytest.mark.parametrize("parent", ["account", "unit", "business", "user"])
def test_nothing_above_can_be_deleted(books, parent):
    row = {
        "account": books.account,
        "unit": books.unit,
        "business": books.role.business,
        "user": books.role.user,
    }[parent]
    before = books.rows()
    with pytest.raises(ProtectedError):
        row.delete()
    assert books.rows() == before


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("act", ["update", "delete"])
def test_raw_sql_is_refused(books, table, act):
    with pytest.raises(DatabaseError, match="written once"), transaction.atomic():
        run(table, act)


@pytest.mark.parametrize("table", TABLES)
def test_truncate_is_refused(books, table):
    if connection.vendor == "sqlite":
        return  # SQLite has no TRUNCATE; a bare DELETE is refused above
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # else rows that wait for their check stand in the way first
        with pytest.raises(DatabaseError, match="written once"), transaction.atomic():
            cursor.execute(f"TRUNCATE {table} CASCADE")


@pytest.mark.parametrize("table", TABLES)
def test_without_the_triggers_raw_sql_would_change_a_row(books, table):
    guards.remove(connection)
    assert run(table, "update") > 0


def test_what_remains_of_a_lot_may_move(books):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE loyalty_lot SET remaining = 1")
        assert cursor.rowcount == 1


def run(table: str, act: str) -> int:
    statement = f"UPDATE {table} SET {CHANGES[table]}" if act == "update" else f"DELETE FROM {table}"
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.rowcount
