"""A single movement with everything behind it, as its member and as the console see it."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from loyalty.domain import refunds
from loyalty.domain.sale_input import Recorded
from loyalty.models import EarningRule, Posting, PostingKind, User
from members.models import ViewLog
from rewards.domain import redemptions
from tests.members.counter import words
from tests.world import World

pytestmark = pytest.mark.django_db

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

    def read(self, posting: Posting) -> str:
        return words(self.client.get(self.url(posting)))

    def source(self, posting: Posting) -> str:
        return self.client.get(self.url(posting)).content.decode()


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


class TestAPurchase:
    def test_it_says_how_it_was_reckoned_and_what_is_left(self, world, mia):
        recorded = world.purchase(6099, at=MARCH, receipt="R-7")
        take(world)
        assert recorded.posting
        page = mia.read(recorded.posting)
        assert "Earned Points +60 Balance then: 60" in page
        assert "1 point per 1.00 60 points €60.99 of this purchase counts." in page
        assert "Rounded down to whole points." in page
        assert "Mar 10, 2026 no last day +60 10 of 60" in page
        assert "Paid receipt R-7 €60.99" in page

    def test_only_the_staff_sees_who_and_from_which_device(self, world, mia, office):
        world.purchase(6000, at=MARCH)
        taken = take(world)
        mine, theirs = mia.read(taken), office.read(taken)
        for secret in ("Cleo", "Firefox, Linux #3f9a", taken.key):
            assert secret in theirs
            assert secret not in mine
        assert ViewLog.objects.get().page == "members:console-movement"

    def test_the_rule_is_told_to_the_staff_by_its_number(self, world, office):
        recorded = world.purchase(6000, at=MARCH)
        assert recorded.posting
        rule = EarningRule.objects.get(unit=world.points)
        assert f"Rule {rule.pk}: 1 point per 1.00" in office.read(recorded.posting)

    def test_it_happened_on_one_day_and_was_booked_on_another(self, world, office):
        recorded = world.purchase(6000, at=MARCH)
        posting = refund(world, recorded, 6000, happened_at=MARCH)
        assert "Happened Mar 10, 2026, 10:30:00 AM Booked Apr 2, 2026, 11:30:00 AM" in office.read(posting)


class TestATaking:
    def test_it_goes_by_the_rewards_name_and_leads_to_what_it_took_from(self, world, mia):
        recorded = world.purchase(6000, at=MARCH)
        taken = take(world)
        assert recorded.posting
        page = mia.source(taken)
        assert "<h1>Free coffee</h1>" in page
        assert "−50" in page  # noqa: RUF001
        assert f'href="{mia.url(recorded.posting)}"' in page


class TestLinksBothWays:
    def test_a_refund_and_its_purchase_lead_to_each_other(self, world, mia, office):
        recorded = world.purchase(6000, at=MARCH, receipt="R-7")
        back = refund(world, recorded, 1500)
        assert recorded.posting
        for reader in (mia, office):
            assert f'href="{reader.url(recorded.posting)}"' in reader.source(back)
            assert f'href="{reader.url(back)}"' in reader.source(recorded.posting)
        assert "Refunded Apr 2, 2026 · R-8 −€15.00" in mia.read(recorded.posting)  # noqa: RUF001

    def test_an_undo_says_what_it_undid(self, world, mia):
        world.purchase(6000, at=MARCH)
        taken = take(world)
        redemptions.undo(redemption=taken.redemption, key="u", by=world.at_console(), at=APRIL)
        undo = Posting.objects.get(kind=PostingKind.UNDO)
        assert "Given back: Free coffee" in mia.read(undo)
        assert "This takes back Redemption, Apr 2, 2026" in mia.read(undo)
        assert "Taken back by Undo, Apr 2, 2026" in mia.read(taken)


class TestWhose:
    def test_a_movement_of_somebody_else_does_not_exist(self, world, mia, office):
        other = Reader(world, world.other_member_user, "members:movement")
        recorded = world.purchase(6000, at=MARCH)
        assert recorded.posting
        assert other.client.get(other.url(recorded.posting)).status_code == 404
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
