"""A member's statement on the page, on paper and as a file."""

import csv
import io
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
from tests.pages import links, select, texts
from tests.world import World

MARCH = datetime(2026, 3, 10, 9, 30, tzinfo=UTC)
APRIL = datetime(2026, 4, 2, 9, 30, tzinfo=UTC)


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
        page = ask(mia, unit="points", month="2026-04")
        assert texts(page, ".sums dd") == ["60", "+12", "\u221250", "22"]
        assert texts(page, ".sums .sums-edge dt span") == ["Apr 1, 2026", "Apr 30, 2026"]
        assert select(page, ".sums-check .badge.good")

    def test_it_names_each_movement_with_its_reason(self, world, mia):
        world.purchase(6000, at=MARCH)
        take(world, at=APRIL)
        world.purchase(1250, at=APRIL)
        page = ask(mia, unit="points", month="2026-04")
        assert texts(page, ".movement-sum strong") == ["+12", "\u221250"]
        assert texts(page, ".movement-title") == ["Purchase", "Free coffee"]
        reasons = [reason for row in page.context["statement"].rows for reason in row.why]
        assert texts(page, ".movement .why ol li") == [step for reason in reasons for step in reason.steps]

    def test_each_unit_has_its_own(self, world, mia):
        world.purchase(6000, at=MARCH)
        page = ask(mia, unit="stamps", month="2026-03")
        assert texts(page, ".sums dd") == ["0", "+1", "1"]

    def test_it_names_no_staff_no_device_and_no_key(self, world, mia):
        world.purchase(6000, at=MARCH)
        page = ask(mia, month="2026-03").content.decode()
        assert world.cashier_role.display_name not in page
        assert Posting.objects.get().key not in page

    def test_a_new_member_is_told_when_it_begins(self, mia):
        page = ask(mia)
        assert "The first purchase opens the books" in page.text
        assert not select(page, ".sums")

    def test_before_that_the_paper_says_that_nothing_was_booked(self, mia):
        assert "Nothing was booked yet." in ask(mia, "statement-print").text

    def test_the_history_leads_to_it(self, world, mia):
        world.purchase(6000)
        for name in ("dashboard", "activity"):
            assert mia.url("statement") in links(mia.get(name))

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
        page = ask(mia, "statement-print", unit="points", month="2026-03")
        assert texts(page, ".paper-table tbody .num") == ["0", "+60", "60", "+1", "61", "61"]
        assert len(select(page, ".paper-table .edge")) == 2

    def test_it_says_of_whom_and_of_when_it_is(self, world, mia):
        world.purchase(6000, at=MARCH)
        page = ask(mia, "statement-print", unit="points", month="2026-03")
        assert "March 2026" in texts(page, "h1")[0]
        assert "Mia Moon" in texts(page, ".paper-facts dd")


class TestTheFile:
    def test_each_column_has_a_head(self, world, mia):
        world.purchase(6000, at=MARCH)
        head = table(ask(mia, "statement-csv"))[0]
        assert head[:10] == [
            "Number", "Unit", "Booked on", "Happened on", "Time", "Movement", "Why", "Change", "Balance",
            "Change of what is owed",
        ]  # fmt: skip

    def test_numbers_are_numbers_and_days_are_the_shops(self, world, mia):
        world.purchase(6000, at=datetime(2026, 3, 10, 23, 30, tzinfo=UTC), receipt="R-7")
        _head, points, stamps = table(ask(mia, "statement-csv"))
        why = points.pop(6)
        assert why.startswith("1 point per 1.00 €60.00")
        assert points == [
            "1", "points", "2026-03-11", "2026-03-11", "00:30", "Purchase", "60", "60", "0", "60.00", "R-7", "",
            str(Posting.objects.get().public_id),
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
