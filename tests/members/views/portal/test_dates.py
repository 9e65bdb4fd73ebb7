"""The member's calendar."""

from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from loyalty.domain import businesses, ledger
from loyalty.models import PostingKind
from tests.members.counter import words
from tests.members.newcomer import Newcomer
from tests.world import NOW, World

pytestmark = pytest.mark.django_db


@pytest.fixture
def mia(world: World) -> Newcomer:
    client = Client()
    client.force_login(world.member_user)
    return Newcomer(world.business, client)


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
    said = words(mia.get("dates"))
    assert (
        "April 2990 Apr 15 30 points Can be spent from Apr 15, 2990 Apr 30 20 points Good through Apr 30, 2990 "
        "May 2990 May 31 30 points Good through May 31, 2990" in said
    )
    assert "Points They never expire. Stamps They never expire." in said


def test_where_nothing_runs_out_that_is_said(mia: Newcomer):
    assert "No date to keep in mind" in words(mia.get("dates"))


def test_the_overview_shows_the_next_four_and_leads_to_all(world: World, mia: Newcomer):
    for month in range(1, 7):
        give(world, month, date(2990, month, 28))
    page = mia.get("dashboard")
    assert f"/{world.business.slug}/my/dates/" in page.text
    assert "Good through Apr 28, 2990" in words(page)
    assert "Good through May 28, 2990" not in words(page)


def test_the_mails_are_turned_off_and_on_where_the_dates_stand(world: World, mia: Newcomer):
    said = "Café Luna writes to you 14 days before."
    assert f"A mail before something runs out {said} Yes" in words(mia.get("dates"))
    for wanted, word, told in (
        ("no", "No", "No mail any more. Your dates stay here."),
        ("yes", "Yes", "We tell you by mail."),
    ):
        response = mia.post("dates-warnings", {"wanted": wanted})
        assert response.url == mia.url("dates")
        page = words(mia.get("dates"))
        assert f"{said} {word}" in page
        assert told in page
        world.member.refresh_from_db()
        assert world.member.is_warned is (wanted == "yes")


def test_a_business_that_warns_of_nothing_offers_no_mails(world: World, mia: Newcomer):
    businesses.change_details(business=world.business, changes={"warn_days": 0}, by=world.at_console(), at=NOW)
    assert "A mail before" not in words(mia.get("dates"))


@pytest.mark.parametrize("lots", [1, 3])
def test_its_queries_do_not_grow(world: World, mia: Newcomer, lots: int):
    for number in range(1, lots + 1):
        give(world, number, date(2990, number, 28))
    mia.get("dates")
    with CaptureQueriesContext(connection) as queries:
        mia.get("dates")
    assert len(queries) == 8
