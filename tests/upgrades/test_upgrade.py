"""What a release left behind is there after the upgrade, opens, and goes on. Nothing that a test does stays."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import pytest
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse

from loyalty import guards
from loyalty.domain import chain
from loyalty.engine.encryption import is_encrypted
from loyalty.models import Posting, Sale
from loyalty.queries.verify import verify
from tests.campaigns import stand
from tests.fuzz.asking import undone
from tests.upgrades import holding, pages, scratch, shelf
from tests.upgrades.pages import Stored
from tests.upgrades.scratch import Upgraded

NOW_CALLED: dict[str, str | None] = {}
"""What a stored "table", or the column of a "table.column", is called today; None is what was given up on purpose."""


@pytest.fixture(scope="module", params=shelf.releases())
def release(
    request: pytest.FixtureRequest, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Upgraded]:
    """A stored release, restored and brought to today's version once for all tests."""
    with django_db_blocker.unblock(), scratch.upgraded(request.param, tmp_path_factory.mktemp("release")) as found:
        yield found


def test_what_was_restored_is_what_was_stored(release: Upgraded) -> None:
    assert release.when_restored == []


def test_no_migration_is_left(release: Upgraded) -> None:
    executor = MigrationExecutor(connection)
    assert executor.migration_plan(executor.loader.graph.leaf_nodes()) == []


def test_every_table_has_the_columns_of_today(release: Upgraded) -> None:
    wanted = {model._meta.db_table: {field.column for field in model._meta.concrete_fields}
              for model in apps.get_models(include_auto_created=True) if model._meta.managed}  # fmt: skip
    assert {table: set(holding.columns_of(table)) for table in wanted} == wanted


def test_the_books_hold(release: Upgraded) -> None:
    call_command("verify_ledger")


def test_every_row_and_column_holds_what_it_held(release: Upgraded) -> None:
    assert holding.differences(release.record["tables"], NOW_CALLED) == []


@pytest.mark.parametrize("part", ["seals", "head", "cards"])
def test_every_business_has_the_books_it_had(release: Upgraded, part: str) -> None:
    """Its seals, the head of its chain, and by card what it holds and owes, lot by lot."""
    then, now = (
        {slug: book[part] for slug, book in books.items()} for books in (release.record["books"], holding.books())
    )
    assert now == then


def test_no_secret_of_a_second_factor_is_in_clear(release: Upgraded) -> None:
    """That it is the one it was is shown by test_every_row_and_column_holds_what_it_held."""
    factors = Authenticator.objects.exclude(type=Authenticator.Type.WEBAUTHN)
    kept = [factor.data.get("secret") or factor.data["seed"] for factor in factors]
    assert kept
    assert [text for text in kept if not is_encrypted(text)] == []


def test_every_entry_says_of_itself_what_it_said(release: Upgraded) -> None:
    assert holding.explanations() == release.record["explanations"]


@pytest.mark.parametrize("who", pages.EVERYBODY)
def test_every_page_opens_for_whom_it_is(release: Upgraded, who: str) -> None:
    answers = pages.walk(release.record, who)
    assert answers
    assert {path: answer for path, answer in answers.items() if answer != 200} == {}


def breaks(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("planted")


urlpatterns = [path("breaks/", breaks)]


@pytest.mark.urls(__name__)
def test_a_page_that_fails_is_noticed(release: Upgraded) -> None:
    assert pages.status(pages.signed_in(None), "/breaks/") == 500


def test_an_address_that_leads_to_unknown_rows_is_noticed(release: Upgraded) -> None:
    with pytest.raises(LookupError, match=r"say in tests/upgrades/pages\.py"):
        pages.values(Stored.of(release.record), "members:console-nothing", {"business", "nothing"})


def test_the_pin_of_then_opens_the_till(release: Upgraded) -> None:
    with undone():
        stored = Stored.of(release.record)
        till = pages.signed_in(stored.people["owner"])
        address = reverse("members:counter-till", kwargs={"business": stored.business.slug})
        assert till.post(address, {"pin": release.record["pin"]}).status_code == 302
        assert till.session["till"]["staff"] == stored.business.staff.get(user=stored.people["cashier"]).pk


@contextmanager
def a_day_later(release: Upgraded) -> Iterator[list[str]]:
    """Let the cashier record a purchase, hand a reward out and give money back; yield the kinds of what was booked."""
    with undone():
        stored, last = Stored.of(release.record), Posting.objects.latest("pk").pk
        till, account = pages.signed_in(stored.people["cashier"]), stored.member.account.public_id
        where = {"business": stored.business.slug}
        reward = stored.business.rewards.get(name=release.record["reward"]).public_id

        def send(name: str, data: dict[str, object], **parts: object) -> None:
            address = reverse(f"members:counter-{name}", kwargs=where | parts)
            assert till.post(address, {"key": uuid4(), **data}).status_code == 302

        send("member", {"amount": "12.50"}, account=account)
        send("hand-out", {}, account=account, reward=reward)
        send("refund", {"amount": "5.00"}, sale=Sale.objects.latest("pk").public_id)
        chain.extend(everything=True)
        yield list(Posting.objects.filter(pk__gt=last).order_by("pk").values_list("kind", flat=True))


def test_a_purchase_a_redemption_and_a_refund_are_booked_on_it(release: Upgraded) -> None:
    with a_day_later(release) as booked:
        assert booked == ["purchase", "redemption", "refund"]


def test_the_books_hold_after_them(release: Upgraded) -> None:
    with a_day_later(release):
        assert stand.faults() == []


@contextmanager
def done_behind_our_back(statement: str) -> Iterator[None]:
    """Run a statement as a careless migration would, or somebody with the database in hand: past the guards."""
    with undone(), connection.cursor() as cursor:
        guards.remove(connection)
        cursor.execute(statement)
        yield


def noticed(release: Upgraded, table: str, now: dict[str, str | None] | None = None) -> list[str]:
    """Return what the comparison says of a table."""
    return holding.differences({table: release.record["tables"][table]}, now or {})


TAMPERED = """UPDATE loyalty_entry SET amount = amount + 1
WHERE id = (SELECT max(id) FROM loyalty_entry WHERE kind = 'award')"""


def test_a_tampered_entry_is_noticed_by_the_proof(release: Upgraded) -> None:
    with done_behind_our_back(TAMPERED):
        guards.install(connection)
        broken = {finding.invariant for finding in verify() if finding.number}
    assert "every link is the digest of its posting" in broken
    assert "written rows are guarded" not in broken


def test_a_tampered_entry_is_noticed_by_the_comparison(release: Upgraded) -> None:
    with done_behind_our_back(TAMPERED):
        assert noticed(release, "loyalty_entry") == ["loyalty_entry.amount holds something else"]


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("UPDATE loyalty_sale SET receipt = NULL", "loyalty_sale.receipt holds something else"),
        ("UPDATE loyalty_entry SET why = '{}' WHERE id = 1", "loyalty_entry.why holds something else"),
        ("ALTER TABLE loyalty_location DROP COLUMN address", "loyalty_location.address is gone"),
        ("DROP TABLE members_contactcode", "members_contactcode is gone"),
    ],
)
def test_what_a_migration_would_lose_is_noticed(release: Upgraded, statement: str, fault: str) -> None:
    with done_behind_our_back(statement):
        assert noticed(release, fault.replace(".", " ").split()[0]) == [fault]


def test_a_row_that_a_migration_would_lose_is_noticed(release: Upgraded) -> None:
    table = "members_viewlog"
    with done_behind_our_back(f"DELETE FROM {table} WHERE id = (SELECT max(id) FROM {table})"):
        rows = release.record["tables"][table]["rows"]
        assert f"{table}: {rows - 1} rows instead of {rows}" in noticed(release, table)


@pytest.mark.parametrize(
    ("now", "faults"),
    [
        ({}, ["loyalty_location.address is gone"]),
        ({"loyalty_location.address": "street"}, []),
        ({"loyalty_location.address": None}, []),
    ],
)
def test_a_renamed_column_is_compared_under_its_new_name(
    release: Upgraded, now: dict[str, str | None], faults: list[str]
) -> None:
    with done_behind_our_back("ALTER TABLE loyalty_location RENAME COLUMN address TO street"):
        assert noticed(release, "loyalty_location", now) == faults


def test_a_renamed_table_is_compared_under_its_new_name(release: Upgraded) -> None:
    with done_behind_our_back("ALTER TABLE members_contactcode RENAME TO members_code"):
        assert noticed(release, "members_contactcode", {"members_contactcode": "members_code"}) == []
