"""Holds, debts, refunds by line, what runs out and is given again: each page in Chromium, in all widths and schemes."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from loyalty.domain import expiry, ledger, program, refunds
from loyalty.domain.sale_input import LineInput, SaleInput
from loyalty.models import Posting, PostingKind, ProgramVersion, Sale
from members.domain import counter
from rewards.domain import redemptions
from tests.browser import Visitor
from tests.world import NOW, World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def give(world: World, amount: int, last: int | None = None, first: int | None = None) -> None:
    """Give points good through so many days from today, and from so many."""
    now = timezone.now()
    last_day = None if last is None else now.date() + timedelta(days=last)
    first_day = None if first is None else now.date() + timedelta(days=first)
    booking = ledger.Booking(
        account=world.member.account, key=f"{amount} {last} {first}", kind=PostingKind.GIFT, at=now, booked_at=now,
        by=world.at_console(),
    )  # fmt: skip
    ledger.award(booking, [ledger.AwardLine(world.points, amount, last_day, first_good_day=first_day)])


def bought(world: World) -> Sale:
    """Three cups for 30.00 and a pot for 20.00, today; the 50 points are spent on a coffee."""
    now = timezone.now()
    lines = [
        LineInput(3000, 3000, name="Cup", category="china", quantity=Decimal(3)),
        LineInput(2000, 2000, name="A large brown betty tea pot with a lid"),
    ]
    sale = SaleInput(key="sale", at=now, total=5000, total_before_tax=5000, lines=lines)
    by, account = world.at_counter(), world.member.account
    recorded = counter.record(business=world.business, account=account, sale=sale, by=by, at=now)
    redemptions.redeem(reward=world.reward, account=account, key="r", by=by, at=now)
    return recorded.sale


def in_debt(world: World) -> None:
    sale, now = bought(world), timezone.now()
    refunds.refund(sale=sale, amount=5000, key="refund", by=world.at_counter(), at=now, happened_at=now)


def test_a_refund_is_seen_while_it_is_typed(world, visitor: Visitor):
    sale = bought(world)
    visitor.sign_in(world.cashier)
    page = visitor.page
    visitor.go(f"/counter/luna/sales/{sale.public_id}/refund/")
    page.get_by_label("Cup").fill("2")
    expect(page.locator(".till-preview")).to_contain_text("€20.00 back 20 points owed")
    visitor.look_closely()
    page.get_by_role("button", name="Record the refund").click()
    expect(page.locator(".till-limit").first).to_contain_text("20 points owed")
    visitor.look_closely()


def test_a_debt_is_forgiven(world, visitor: Visitor):
    in_debt(world)
    visitor.sign_in(world.manager)
    page = visitor.page
    visitor.go(f"/counter/luna/{world.member.account.public_id}/")
    visitor.look_closely()
    page.get_by_role("link", name="Forgive").click()
    visitor.look_closely()
    page.get_by_label("Why").fill("Our mistake")
    page.get_by_role("button", name="Forgive").click()
    expect(page.locator(".toast.success")).to_be_visible()
    visitor.look_closely()


def test_what_ran_out_is_given_again(world, visitor: Visitor):
    give(world, 60, -1)
    expiry.expire_due(business=world.business, at=timezone.now())
    visitor.sign_in(world.manager)
    page = visitor.page
    visitor.go(f"/console/luna/movements/{Posting.objects.get(kind=PostingKind.EXPIRY).public_id}/")
    visitor.look_closely()
    page.get_by_role("link", name="Give again").click()
    visitor.look_closely()
    page.get_by_label("Why").fill("You were ill")
    page.get_by_role("button", name="Give again").click()
    expect(page.locator(".toast.success")).to_be_visible()


def test_dates_and_what_is_held(world, visitor: Visitor):
    give(world, 12)
    give(world, 40, 60, 14)
    give(world, 25, 20)
    visitor.sign_in(world.member_user)
    visitor.go("/luna/my/")
    visitor.look_closely()
    visitor.page.get_by_role("link", name="All dates").click()
    visitor.look_closely()


def test_the_settings(world, visitor: Visitor):
    visitor.sign_in(world.owner)
    visitor.go("/console/luna/settings/refunds-and-expiry/")
    visitor.look_closely()
    program.draft_from(version=ProgramVersion.objects.get(business=world.business), by=world.at_console(), at=NOW)
    visitor.go("/console/luna/program/draft/units/points/")
    visitor.look_closely()
