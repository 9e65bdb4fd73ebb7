"""The whole path by the interface alone: an owner opens a shop, a cashier books, a member redeems and withdraws.

Walked on a phone, and by night on a desk, with scripts, where every page is held against WCAG 2.2 and its console must
be silent, and once without any script.
"""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, expect

from loyalty.models import Business, StaffRole
from loyalty.queries.verify import verify
from members.models import ConsentEvent, Member, Purpose
from rewards.models import Voucher
from tests.browser import DESK, PHONE
from tests.journeys.people import Person, mailed_path, six_digits
from tests.plugins.tiers import is_nightly

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SHOP = "corner-cup"

type Enter = Callable[[], Person]


WAYS = [
    pytest.param((PHONE, True), id="phone"),
    pytest.param((DESK, True), id="desk", marks=pytest.mark.nightly),
    pytest.param((DESK, False), id="without scripts"),
]


@pytest.fixture(params=WAYS)
def enter(request, browser: Browser, live_server) -> Iterator[Enter]:
    """Let somebody in with a browser of their own."""
    width, scripts = request.param
    contexts = []
    schemes = ("dark", "light") if is_nightly(request.config) else ("dark",)

    def somebody() -> Person:
        context = browser.new_context(java_script_enabled=scripts, locale="en-GB", reduced_motion="reduce")
        contexts.append(context)
        return Person(context, live_server.url, width, scripts, schemes)

    yield somebody
    for context in contexts:
        context.close()


def test_from_an_empty_page_to_a_loyal_customer(enter: Enter):
    owner = enter()
    open_shop(owner)
    set_up_program(owner)
    take_live(owner)
    say_what_a_yes_is_for(owner)
    print_poster(owner)
    cashier = join_team(owner, enter())
    enrol_and_sell(cashier)
    member = claim_membership(enter())
    code = redeem_online(member)
    hand_over(cashier, code)
    withdraw_consent(member)
    see_the_books(owner)
    assert [finding for finding in verify() if finding.faults] == []


def open_shop(owner: Person) -> None:
    owner.go("/")
    owner.sign_up("olga@example.com")
    owner.go("/businesses/new/")
    owner.fill(name="Corner Cup", slug=SHOP, tagline="Coffee on the corner", called="Olga")
    for name, value in (("country", "EE"), ("currency", "EUR"), ("time_zone", "Europe/Tallinn")):
        owner.choose(name, value)
    owner.submit()
    assert Business.objects.get(slug=SHOP).name == "Corner Cup"


def set_up_program(owner: Person) -> None:
    owner.go(f"/console/{SHOP}/setup/")
    owner.page.locator("label", has_text="Both").click()
    owner.click("Continue")
    owner.page.locator("label", has_text="Both").click()
    owner.click("Continue")
    owner.fill(name="Free coffee")
    owner.click("Finish")


def take_live(owner: Person) -> None:
    owner.go(f"/console/{SHOP}/go-live/")
    owner.click("Go live")
    owner.go(f"/{SHOP}/")
    owner.says("Free coffee")


def say_what_a_yes_is_for(owner: Person) -> None:
    owner.go(f"/console/{SHOP}/privacy/")
    purpose = Purpose.objects.get(business__slug=SHOP, code="news").public_id
    owner.go(f"/console/{SHOP}/privacy/purposes/{purpose}/used-for/")
    owner.fill(use="Our letter once a month")
    owner.click("Save")


def print_poster(owner: Person) -> None:
    for name in ("", "poster/", "table-tent/", "crib/"):
        owner.go(f"/console/{SHOP}/print/{name}")


def join_team(owner: Person, cashier: Person) -> Person:
    owner.go(f"/console/{SHOP}/team/")
    owner.fill(email="cleo@example.com")
    owner.submit(f"/console/{SHOP}/team/invite/")
    invitation = mailed_path("cleo@example.com")
    cashier.go(invitation)
    cashier.sign_up("cleo@example.com", f"/accounts/signup/?next={invitation}")
    cashier.go(invitation)
    cashier.fill(called="Cleo")
    cashier.submit()
    assert StaffRole.objects.get(user__email="cleo@example.com").role == "cashier"
    return cashier


def enrol_and_sell(cashier: Person) -> None:
    cashier.go(f"/counter/{SHOP}/")
    cashier.fill(q="Mia Moon")
    cashier.click("Find")
    cashier.fill(name="Mia Moon", contact="mia@example.com")
    cashier.click("Enrol")
    cashier.fill(amount="72.50")
    cashier.click("Record")
    cashier.says("72")
    cashier.click("Undo")
    cashier.says("Undone")
    account = Member.objects.get(email="mia@example.com").account
    for amount in ("61.00", "59.00"):
        cashier.go(f"/counter/{SHOP}/{account.public_id}/")
        cashier.fill(amount=amount)
        cashier.click("Record")
    assert account.balances.get(unit__kind="points").amount == 120


def claim_membership(member: Person) -> Person:
    member.go(f"/{SHOP}/join/")
    member.fill(name="Mia", email="mia@example.com")
    member.page.locator("main input[type=checkbox]").first.check()
    member.click("Join")
    member.fill(code=six_digits())
    member.click("Continue")
    member.says("120")
    for page in ("my/activity/", "my/card/", "my/rewards/", "my/vouchers/", "my/profile/", "my/privacy/"):
        member.go(f"/{SHOP}/{page}")
    member.go("/my/")
    return member


def redeem_online(member: Person) -> str:
    member.go(f"/{SHOP}/my/rewards/")
    member.click("Get it")
    voucher = Voucher.objects.get()
    expect(member.page.locator("body")).to_contain_text(voucher.code[:4])
    return voucher.code


def hand_over(cashier: Person, code: str) -> None:
    cashier.go(f"/counter/{SHOP}/")
    cashier.fill(q=code)
    cashier.click("Find")
    cashier.click("Hand over")
    assert Voucher.objects.get().state == "used"
    cashier.says("Handed over")


def withdraw_consent(member: Person) -> None:
    given = ConsentEvent.objects.filter(kind="given").count()
    assert given == 1
    member.go(f"/{SHOP}/my/privacy/")
    member.page.locator("main button[aria-checked=true]").click()
    expect(member.page.locator("main button[aria-checked=true]")).to_have_count(0)
    member.look_around()
    assert ConsentEvent.objects.filter(kind="withdrawn").count() == 1


def see_the_books(owner: Person) -> None:
    for page in ("", "program/", "rewards/", "redemptions/", "activity/", "privacy/", "settings/", "imports/"):
        owner.go(f"/console/{SHOP}/{page}")
