"""The history of the demo holds together at whatever hour it is made."""

from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from config.demo_history.people import make_personas
from config.demo_history.shops import announce_a_change, open_cafe, open_salon
from config.demo_history.year import Year
from loyalty.models import Sale
from loyalty.queries.policies import next_day
from loyalty.queries.program import live_program
from members.domain import enrolment
from members.domain.enrolment import Person
from members.models import Member, MemberSource
from rewards.models import Voucher, VoucherState

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 26, 18, 6, tzinfo=UTC)


@pytest.fixture
def year() -> Year:
    return Year(open_cafe(make_personas(), NOW - timedelta(days=10)), Random(1), NOW)


@pytest.fixture
def member(year: Year) -> Member:
    return enrolment.enrol(
        business=year.shop.owner.business, person=Person(name="Mai", email="mai@example.com"),
        source=MemberSource.COUNTER, by=year.shop.at_console(), at=NOW - timedelta(days=5),
    )  # fmt: skip


def test_who_has_too_little_buys_until_the_treat_is_within_reach(year: Year, member: Member) -> None:
    assert not Sale.objects.exists()
    year.treat(member, year.shop.rewards[1], NOW)
    assert Sale.objects.filter(account=member.account).count() > 1
    assert Voucher.objects.get().state == VoucherState.ISSUED


def test_the_hairdresser_has_a_change_to_come() -> None:
    salon = open_salon(make_personas(), NOW - timedelta(days=10))
    announce_a_change(salon, NOW)
    live = live_program(salon.owner.business)
    assert live
    assert next_day(live, NOW.date()) == (NOW + timedelta(days=30)).date()


def test_nobody_buys_before_they_have_joined(year: Year, member: Member) -> None:
    year.welcome(member, every=1)
    year.tell(joining=0, walk_ins=0)
    assert Sale.objects.order_by("at").first().at > member.joined_at
