"""After a test that commits the database is as its migrations left it, and its guards stand."""

import pytest
from django.contrib.auth.models import Permission
from django.db import DatabaseError, connection, transaction

from loyalty import guards
from loyalty.models import Entry
from tests.loyalty.books import Books, open_books
from tests.plugins import emptying

pytestmark = pytest.mark.django_db(transaction=True)


def filled() -> set[str]:
    """Return the tables that hold a row."""
    names = connection.introspection.django_table_names(only_existing=True)
    with connection.cursor() as cursor:
        return {name for name in names if cursor.execute(f'SELECT 1 FROM "{name}" LIMIT 1') and cursor.fetchone()}


@pytest.fixture
def written(books: Books) -> Books:
    books.give(100)
    books.spend(30)
    return books


def test_no_row_is_left_but_those_of_migrations(written: Books) -> None:
    assert Entry._meta.db_table in filled()
    emptying.empty(connection)
    assert filled() <= emptying.KEPT


def test_what_migrations_left_stays(written: Books) -> None:
    before = Permission.objects.count()
    emptying.empty(connection)
    assert Permission.objects.count() == before > 0


def test_the_guards_stand_again(written: Books) -> None:
    emptying.empty(connection)
    open_books().give(100)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {Entry._meta.db_table}")
    assert Entry.objects.count() == 1


@pytest.mark.skipif("connection.vendor == 'sqlite'", reason="roles of replication are PostgreSQL's")
def test_an_owner_who_is_no_superuser_empties_them_too(written: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(emptying, "_may_set_replica", lambda connection: False)
    emptying.empty(connection)
    assert filled() <= emptying.KEPT
    assert guards.missing(connection) == []
