"""A single movement with everything behind it, as its member and as the console see it."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from loyalty.domain import refunds
from loyalty.domain.sale_input import Recorded
from loyalty.models import EarningRule, Posting, PostingKind, User
from members.models import ViewLog
from rewards.domain import redemptions
from tests.pages import links, texts
from tests.world import World

MARCH = datetime(2026, 3, 10, 9, 30, tzinfo=UTC)
APRIL = datetime(2026, 4, 2, 9, 30, tzinfo=UTC)


@dataclass
class Reader:
    """Somebody who opens a movement under an address."""

    world: World
    user: User
    name: str
    client: Client = field(default_factory=Client)

    def __post_init__(self) -> None:
        self.client.force_login(self.user)

    def url(self, posting: Posting) -> str:
        return reverse(self.name, kwargs={"business": self.world.business.slug, "movement": posting.public_id})

    def read(self, posting: Posting) -> HttpResponse:
        return self.client.get(self.url(posting))


@pytest.fixture
def mia(world: World) -> Reader:
    return Reader(world, world.member_user, "members:movement")


@pytest.fixture
def office(world: World) -> Reader:
    return Reader(world, world.owner, "members:console-movement")


def take(world: World, **more: object) -> Posting:
    by = replace(world.at_counter(), device="Firefox, Linux #3f9a")
    return redemptions.redeem(
        reward=world.reward, account=world.member.account, key=str(uuid4()), by=by, at=APRIL, **more
    ).posting


def refund(world: World, recorded: Recorded, amount: int, *, happened_at: datetime = APRIL) -> Posting:
    refunds.refund(
        sale=recorded.sale, amount=amount, key=str(uuid4()), by=world.at_counter(), at=APRIL, happened_at=happened_at,
        receipt="R-8",
    )  # fmt: skip
    return Posting.objects.get(kind=PostingKind.REFUND)


def facts(page: HttpResponse) -> dict[str, str]:
    """Return when, where and by whom a movement was booked, by what stands before each."""
    return dict(zip(texts(page, "main .facts dt"), texts(page, "main .facts dd"), strict=True))


class TestAPurchase:
    @pytest.fixture
    def bought(self, world) -> Posting:
        """60 points for a purchase, of which 50 are spent."""
        recorded = world.purchase(6099, at=MARCH, receipt="R-7")
        take(world)
        assert recorded.posting
        return recorded.posting

    def test_it_says_what_was_earned_and_what_there_was_then(self, mia, bought):
        page = mia.read(bought)
        assert texts(page, ".movement-sum strong") == ["+60", "+1"]
        assert texts(page, ".movement-sum .muted") == ["Balance then: 60", "Balance then: 1"]

    def test_it_says_how_it_was_reckoned(self, mia, bought):
        page = mia.read(bought)
        assert texts(page, ".move-reason p") == ["1 point per 1.00 60 points", "A stamp per visit 1 stamp"]
        reasons = [reason for part in page.context["movement"].parts for reason in part.row.why]
        assert texts(page, ".move-reason li") == [step for reason in reasons for step in reason.steps]
        assert "€60.99" in texts(page, ".move-reason li")[0]

    def test_it_says_what_is_left_of_it(self, mia, bought):
        page = mia.read(bought)
        assert texts(page, "tbody th") == ["Mar 10, 2026", "Mar 10, 2026"]
        assert texts(page, "tbody td.num") == ["+60", "10 of 60", "+1", "1 of 1"]

    def test_it_says_what_was_paid(self, mia, bought):
        page = mia.read(bought)
        assert texts(page, ".sums-edge dd") == ["€60.99"]
        assert "R-7" in texts(page, ".sums-edge dt")[0]

    def test_only_the_staff_sees_who_and_from_which_device(self, world, mia, office):
        world.purchase(6000, at=MARCH)
        taken = take(world)
        mine, theirs = mia.read(taken).text, office.read(taken).text
        for secret in ("Cleo", "Firefox, Linux #3f9a", taken.key):
            assert secret in theirs
            assert secret not in mine

    def test_only_a_look_of_the_staff_is_noted(self, mia, office, bought):
        mia.read(bought)
        office.read(bought)
        assert ViewLog.objects.get().page == "members:console-movement"

    def test_the_rule_is_told_to_the_staff_by_its_number(self, world, office, bought):
        rule = EarningRule.objects.get(unit=world.points)
        rules = [text for text in texts(office.read(bought), "main .facts dd") if text.startswith(f"{rule.pk}:")]
        assert rules == [f"{rule.pk}: 1 point per 1.00"]

    def test_it_happened_on_one_day_and_was_booked_on_another(self, world, office):
        posting = refund(world, world.purchase(6000, at=MARCH), 6000, happened_at=MARCH)
        told = facts(office.read(posting))
        assert (told["Happened"], told["Booked"]) == ("Mar 10, 2026, 10:30:00 AM", "Apr 2, 2026, 11:30:00 AM")


class TestATaking:
    @pytest.fixture
    def bought(self, world) -> Posting:
        recorded = world.purchase(6000, at=MARCH)
        assert recorded.posting
        return recorded.posting

    def test_it_goes_by_the_rewards_name(self, world, mia, bought):
        page = mia.read(take(world))
        assert (texts(page, "h1"), texts(page, ".movement-sum strong")) == (["Free coffee"], ["\u221250"])

    def test_it_leads_to_what_it_took_from(self, world, mia, bought):
        assert mia.url(bought) in links(mia.read(take(world)))


class TestLinksBothWays:
    @pytest.mark.parametrize("who", ["mia", "office"])
    def test_a_refund_and_its_purchase_lead_to_each_other(self, world, request, who):
        recorded = world.purchase(6000, at=MARCH, receipt="R-7")
        back, reader = refund(world, recorded, 1500), request.getfixturevalue(who)
        assert recorded.posting
        assert reader.url(recorded.posting) in links(reader.read(back))
        assert reader.url(back) in links(reader.read(recorded.posting))

    def test_a_purchase_says_what_was_given_back_of_it(self, world, mia):
        recorded = world.purchase(6000, at=MARCH, receipt="R-7")
        refund(world, recorded, 1500)
        page = mia.read(recorded.posting)
        assert texts(page, ".sums dd") == ["€60.00", "\u2212€15.00"]
        assert texts(page, ".sums dt span") == ["receipt R-7", "Apr 2, 2026 · R-8"]

    @pytest.fixture
    def undone(self, world) -> tuple[Posting, Posting]:
        """A taking, and what undid it."""
        world.purchase(6000, at=MARCH)
        taken = take(world)
        redemptions.undo(redemption=taken.redemption, key="u", by=world.at_console(), at=APRIL)
        return taken, Posting.objects.get(kind=PostingKind.UNDO)

    def test_an_undo_says_what_it_undid(self, mia, undone):
        page = mia.read(undone[1])
        assert texts(page, "h1") == ["Given back: Free coffee"]
        assert texts(page, ".plain-links a") == ["Redemption, Apr 2, 2026"]

    def test_what_was_undone_and_its_undo_lead_to_each_other(self, mia, undone):
        taken, undo = undone
        assert mia.url(taken) in links(mia.read(undo))
        assert mia.url(undo) in links(mia.read(taken))


class TestWhose:
    def test_a_movement_of_somebody_else_does_not_exist(self, world):
        other = Reader(world, world.other_member_user, "members:movement")
        recorded = world.purchase(6000, at=MARCH)
        assert recorded.posting
        assert other.read(recorded.posting).status_code == 404

    def test_a_movement_of_another_business_does_not_exist(self, world):
        recorded = world.purchase(6000, at=MARCH)
        assert recorded.posting
        foreign = reverse(
            "members:console-movement",
            kwargs={"business": world.other_business.slug, "movement": recorded.posting.public_id},
        )
        client = Client()
        client.force_login(world.other_owner)
        assert client.get(foreign).status_code == 404
        assert ViewLog.objects.count() == 0


class TestTheCost:
    @pytest.mark.parametrize("number", [1, 3])
    def test_it_is_the_same_however_many_lots_were_taken_from(self, world, mia, number, django_assert_num_queries):
        for _ in range(number):
            world.purchase(6000 // number, at=MARCH)
        taken = take(world)
        with django_assert_num_queries(10):
            mia.read(taken)

    @pytest.mark.parametrize("number", [1, 3])
    def test_or_however_many_refunds_there_were(self, world, mia, number, django_assert_num_queries):
        recorded = world.purchase(6000, at=MARCH)
        assert recorded.posting
        for each in range(number):
            refunds.refund(
                sale=recorded.sale, amount=1000, key=f"r{each}", by=world.at_counter(), at=APRIL, happened_at=APRIL
            )
        with django_assert_num_queries(12):
            mia.read(recorded.posting)
