"""The member's calendar."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from loyalty.domain import businesses, ledger
from loyalty.models import PostingKind
from tests.members.counter import words
from tests.members.newcomer import Newcomer
from tests.pages import links, select, texts
from tests.world import NOW, World


def give(world: World, amount: int, last: date | None, first: date | None = None) -> None:
    booking = ledger.Booking(
        account=world.member.account, key=f"{amount}", kind=PostingKind.GIFT, at=NOW, booked_at=NOW,
        by=world.at_console(),
    )  # fmt: skip
    ledger.award(booking, [ledger.AwardLine(world.points, amount, last, first_good_day=first)])


def test_all_dates_stand_month_by_month(world: World, mia: Newcomer):
    give(world, 30, date(2990, 5, 31), date(2990, 4, 15))
    give(world, 20, date(2990, 4, 30))
    give(world, 7, None)
    page = mia.get("dates")
    assert texts(page, ".card h2")[:2] == ["April 2990", "May 2990"]
    assert [leaf["datetime"] for leaf in select(page, "time.leaf")] == ["2990-04-15", "2990-04-30", "2990-05-31"]
    assert texts(page, ".leaves div strong") == ["30 points", "20 points", "30 points"]


def test_a_date_says_what_comes_then(world: World, mia: Newcomer):
    give(world, 30, date(2990, 5, 31), date(2990, 4, 15))
    said = texts(mia.get("dates"), ".leaves div .muted")
    assert said == ["Can be spent from Apr 15, 2990", "Good through May 31, 2990"]


def test_the_rule_of_each_unit_stands_below(mia: Newcomer):
    page = mia.get("dates")
    rules = dict(zip(texts(page, "main .facts dt"), texts(page, "main .facts dd"), strict=True))
    assert rules == {unit.name.capitalize(): said for unit, said in page.context["calendar"].rules}
    assert list(rules) == ["Points", "Stamps"]


def test_where_nothing_runs_out_that_is_said(mia: Newcomer):
    assert "No date to keep in mind" in words(mia.get("dates"))


def test_the_overview_shows_the_next_four_and_leads_to_all(world: World, mia: Newcomer):
    for month in range(1, 7):
        give(world, month, date(2990, month, 28))
    page = mia.get("dashboard")
    assert mia.url("dates") in links(page)
    assert [leaf["datetime"] for leaf in select(page, "time.leaf")] == [f"2990-0{month}-28" for month in range(1, 5)]


def warnings(mia: Newcomer) -> list[str]:
    """Return the state of the switch by which mails are turned off and on; none where there is none."""
    return [switch["aria-checked"] for switch in select(mia.get("dates"), "#warnings [role=switch]")]


def test_it_says_how_long_before_a_mail_comes(mia: Newcomer):
    assert texts(mia.get("dates"), "#warnings-words") == ["Café Luna writes to you 14 days before."]
    assert warnings(mia) == ["true"]


@pytest.mark.parametrize(
    ("wanted", "told"), [("no", "No mail any more. Your dates stay here."), ("yes", "We tell you by mail.")]
)
def test_the_mails_are_turned_off_and_on(world: World, mia: Newcomer, wanted: str, told: str):
    response = mia.post("dates-warnings", {"wanted": wanted})
    assert response.url == mia.url("dates")
    assert told in words(mia.client.get(response.url))
    world.member.refresh_from_db()
    assert (world.member.is_warned, warnings(mia)) == (wanted == "yes", ["true" if wanted == "yes" else "false"])


def test_a_business_that_warns_of_nothing_offers_no_mails(world: World, mia: Newcomer):
    businesses.change_details(business=world.business, changes={"warn_days": 0}, by=world.at_console(), at=NOW)
    assert warnings(mia) == []


@pytest.mark.parametrize("lots", [1, 3])
def test_its_queries_do_not_grow(world: World, mia: Newcomer, lots: int):
    for number in range(1, lots + 1):
        give(world, number, date(2990, number, 28))
    mia.get("dates")
    with CaptureQueriesContext(connection) as queries:
        mia.get("dates")
    assert len(queries) == 8
