"""A member's statement on the page, on paper and as a file."""

import csv
import io
import re
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from loyalty.domain import locations
from loyalty.domain.actors import Actor
from loyalty.domain.sale_input import SaleInput
from loyalty.models import Channel, Posting
from members.domain import visits
from rewards.domain import redemptions
from tests.members.newcomer import Newcomer
from tests.world import World

pytestmark = pytest.mark.django_db

MARCH = datetime(2026, 3, 10, 9, 30, tzinfo=UTC)
APRIL = datetime(2026, 4, 2, 9, 30, tzinfo=UTC)


@pytest.fixture
def mia(world: World) -> Newcomer:
    client = Client()
    client.force_login(world.member_user)
    return Newcomer(world.business, client)


def text(response) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def take(world: World, *, at: datetime) -> None:
    redemptions.redeem(
        reward=world.reward, account=world.member.account, key=str(uuid4()), by=world.at_counter(), at=at
    )


def ask(mia: Newcomer, name: str = "statement", **query: str):
    return mia.client.get(mia.url(name), query)


def table(response) -> list[list[str]]:
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    content = b"".join(response.streaming_content).decode()
    assert content.startswith("\ufeff")
    return list(csv.reader(io.StringIO(content.removeprefix("\ufeff"))))


class TestThePage:
    def test_it_reckons_a_month_from_opening_to_closing(self, world, mia):
        world.purchase(6000, at=MARCH)
        take(world, at=APRIL)
        world.purchase(1250, at=APRIL)
        page = text(ask(mia, unit="points", month="2026-04"))
        assert "Opening balance Apr 1, 2026 60 Earned 1 movement +12 Spent 1 movement −50" in page  # noqa: RUF001
        assert "Closing balance Apr 30, 2026 22 It adds up" in page
        assert "Free coffee" in page
        assert "12.5 points. Rounded down to whole points." in page

    def test_each_unit_has_its_own(self, world, mia):
        world.purchase(6000, at=MARCH)
        page = text(ask(mia, unit="stamps", month="2026-03"))
        assert "Opening balance Mar 1, 2026 0 Earned 1 movement +1 Closing balance Mar 31, 2026 1" in page

    def test_it_names_no_staff_no_device_and_no_key(self, world, mia):
        world.purchase(6000, at=MARCH)
        page = ask(mia, month="2026-03").content.decode()
        assert world.cashier_role.display_name not in page
        assert Posting.objects.get().key not in page

    def test_a_new_member_is_told_when_it_begins(self, mia):
        assert "The first purchase opens the books" in text(ask(mia))
        assert "Nothing was booked yet." in text(ask(mia, "statement-print"))

    def test_the_history_leads_to_it(self, world, mia):
        world.purchase(6000)
        for name in ("dashboard", "activity"):
            assert f'href="{mia.url("statement")}"' in mia.get(name).content.decode()

    @pytest.mark.parametrize("number", [1, 3])
    def test_it_costs_the_same_however_many_movements(self, world, mia, number, django_assert_num_queries):
        for _ in range(number):
            world.purchase(6000, at=MARCH)
            take(world, at=MARCH)
        with django_assert_num_queries(12):
            ask(mia, unit="points", month="2026-03")

    @pytest.mark.parametrize("months", [1, 3])
    def test_it_costs_the_same_however_many_months(self, world, mia, months, django_assert_num_queries):
        for month in range(1, months + 1):
            world.purchase(6000, at=datetime(2026, month, 5, tzinfo=UTC))
        with django_assert_num_queries(12):
            ask(mia, unit="points", month="2026-01")


class TestOnPaper:
    def test_it_goes_from_opening_to_closing(self, world, mia):
        world.purchase(6000, at=MARCH)
        world.purchase(100, at=MARCH)
        page = text(ask(mia, "statement-print", unit="points", month="2026-03"))
        assert "Statement: March 2026" in page
        assert "Member Mia Moon" in page
        first, second = page.index("+60"), page.index("+1 ")
        assert page.index("Opening balance") < first < second < page.index("Closing balance")


class TestTheFile:
    def test_numbers_are_numbers_and_days_are_the_shops(self, world, mia):
        late = datetime(2026, 3, 10, 23, 30, tzinfo=UTC)
        world.purchase(6000, at=late, receipt="R-7")
        head, points, stamps = table(ask(mia, "statement-csv"))
        posting = Posting.objects.get()
        assert head[:10] == [
            "Number", "Unit", "Booked on", "Happened on", "Time", "Movement", "Why", "Change", "Balance",
            "Change of what is owed",
        ]  # fmt: skip
        why = "1 point per 1.00 €60.00 of this purchase counts. 1 point for every €1.00: 60 points."
        assert points == [
            "1", "points", "2026-03-11", "2026-03-11", "00:30", "Purchase", why, "60", "60", "0", "60.00", "R-7", "",
            str(posting.public_id),
        ]  # fmt: skip
        assert stamps[:2] + stamps[7:9] == ["1", "stamps", "1", "1"]

    def test_a_month_or_everything(self, world, mia):
        world.purchase(6000, at=MARCH)
        take(world, at=APRIL)
        assert [row[7] for row in table(ask(mia, "statement-csv", month="2026-04"))[1:]] == ["-50"]
        assert [row[7] for row in table(ask(mia, "statement-csv"))[1:]] == ["60", "-50", "1"]

    @pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n"])
    def test_no_text_is_taken_for_a_formula(self, world, mia, start):
        name = f"{start}HYPERLINK(1)"
        place = locations.add(business=world.business, name=name, address="", by=world.at_console(), at=MARCH)
        by = Actor(Channel.COUNTER, world.cashier, world.cashier_role, location=place)
        sale = SaleInput(key="k", at=MARCH, total=6000, total_before_tax=6000, receipt=name)
        visits.record_visit(member=world.member, sale=sale, by=by, at=MARCH)
        content = b"".join(ask(mia, "statement-csv").streaming_content).decode()
        assert f'"\'{name}"' in content
        assert f'"{name}"' not in content

    def test_it_is_the_members_own(self, world):
        client = Client()
        client.force_login(world.other_member_user)
        url = reverse("members:statement-csv", kwargs={"business": world.business.slug})
        assert client.get(url).status_code == 404
