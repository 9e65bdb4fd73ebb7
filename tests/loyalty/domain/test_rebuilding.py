"""Cached numbers are mended from the rows: each planted corruption of a cache, and nothing in sound books."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from loyalty.domain import rebuilding
from loyalty.domain.actors import SYSTEM
from loyalty.models import AuditEvent, Balance, Lot
from tests.loyalty.queries.planting import NOW, broken, execute, lively

pytestmark = pytest.mark.django_db

CORRUPTIONS = {
    "amount": "UPDATE loyalty_balance SET amount = amount + 7",
    "owed": "UPDATE loyalty_balance SET owed = owed + 7",
    "awarded_total": "UPDATE loyalty_balance SET awarded_total = 0",
    "spent_total": "UPDATE loyalty_balance SET spent_total = spent_total - 1",
    "last_seq": "UPDATE loyalty_balance SET last_seq = last_seq + 1",
    "last_activity_at": "UPDATE loyalty_balance SET last_activity_at = NULL",
    "remaining": "UPDATE loyalty_lot SET remaining = remaining - 1 WHERE remaining > 0",
    "a balance that is gone": "DELETE FROM loyalty_balance",
}


def dump() -> list[tuple[object, ...]]:
    """Return every byte of the cached rows, but for the ids of balances."""
    columns = [field.attname for field in Balance._meta.fields if field.attname != "id"]
    return [
        *Balance.objects.order_by("account", "unit").values_list(*columns),
        *Lot.objects.order_by("pk").values_list(),
    ]


def mend() -> list[str]:
    return [found.column for found in rebuilding.mend(business=None, by=SYSTEM, at=NOW)]


def test_in_sound_books_it_writes_nothing():
    lively()
    before = dump()
    with connection.execute_wrapper(refuse_to_write):
        assert mend() == []
    assert dump() == before


def refuse_to_write(execute, sql, params, many, context):
    assert sql.lstrip().upper().startswith("SELECT"), sql
    return execute(sql, params, many, context)


@pytest.mark.parametrize("corruption", CORRUPTIONS)
def test_what_it_mends_is_the_very_row_that_was_there(corruption):
    books = lively()
    before = dump()
    execute([CORRUPTIONS[corruption]])
    assert dump() != before
    assert mend()
    assert dump() == before
    assert broken() == {}
    event = AuditEvent.objects.get(verb="ledger.rebuilt")
    assert (event.object_id, event.business) == (str(books.account.pk), books.role.business)


def test_a_dry_run_only_says_what_differs():
    books = lively()
    execute([CORRUPTIONS["amount"]])
    before, out = dump(), StringIO()
    amount = books.balance
    with pytest.raises(CommandError) as failure:
        call_command("rebuild_balances", dry_run=True, stdout=out)
    assert failure.value.returncode == 1
    place = f"account {books.account.pk}, unit {books.unit.pk}"
    assert out.getvalue() == f"{place}: amount is {amount}, by the rows {amount - 7}\n"
    assert dump() == before


def test_the_command_mends_and_says_so():
    lively()
    execute([CORRUPTIONS["owed"]])
    out = StringIO()
    call_command("rebuild_balances", business="books", stdout=out)
    assert "1 cached numbers mended." in out.getvalue()
    call_command("rebuild_balances", stdout=out)
    assert "Every cached number is what the rows say." in out.getvalue()


def test_only_the_business_that_is_asked_for_is_mended():
    lively()
    execute([CORRUPTIONS["owed"]])
    from tests.world import make_user, open_shop

    other = open_shop(make_user("rob"), "Other", "other").business
    assert list(rebuilding.mend(business=other, by=SYSTEM, at=NOW)) == []
    with pytest.raises(CommandError) as failure:
        call_command("rebuild_balances", business="nobody")
    assert failure.value.returncode == 2


def test_rows_that_make_no_sense_are_not_covered_up():
    lively()
    before = dump()
    execute(["UPDATE loyalty_lotuse SET amount = amount + 1000"])
    with pytest.raises(CommandError, match="verify_ledger") as failure:
        call_command("rebuild_balances", stdout=StringIO())
    assert failure.value.returncode == 2
    assert dump() == before
