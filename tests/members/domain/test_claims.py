"""Attaching a card that an import made to a member."""

import pytest

from loyalty.domain.accounts import open_account
from loyalty.domain.actors import Actor
from loyalty.engine.codes import grouped
from loyalty.models import Account, AuditEvent, Channel
from members.domain import claims, enrolment
from members.domain.enrolment import Person
from members.domain.logins import login_for
from members.models import Member
from tests.world import NOW, World

pytestmark = pytest.mark.django_db


def joined(world: World, name: str) -> Member:
    login = login_for(email=f"{name.lower()}@example.com")
    person = Person(name=name, email=login.email)
    by = Actor(Channel.PORTAL, login)
    return enrolment.join(business=world.business, user=login, person=person, by=by, at=NOW).member


@pytest.fixture
def ana(world) -> Member:
    return joined(world, "Ana")


def attach(member: Member, code: str) -> Member:
    return claims.attach_card(member=member, code=code, by=Actor(Channel.PORTAL, member.user), at=NOW)


def test_a_card_that_waits_for_its_owner_comes_to_the_member(world, ana):
    card = open_account(business=world.business, at=NOW, customer_number="12345")
    before = ana.account_id
    attached = attach(ana, grouped(card.card_code).lower())
    assert Member.objects.get(pk=ana.pk).account == attached.account == card
    assert Account.objects.get(pk=before).closed_at == NOW
    assert AuditEvent.objects.get(verb="member.card_attached").data == {"account": card.pk}


def test_the_own_card_is_no_news(ana):
    assert attach(ana, ana.account.card_code).account == ana.account
    assert not AuditEvent.objects.filter(verb="member.card_attached").exists()


def refused(world: World, ana: Member) -> dict[str, str]:
    elsewhere = open_account(business=world.other_business, at=NOW)
    closed = open_account(business=world.business, at=NOW)
    Account.objects.filter(pk=closed.pk).update(closed_at=NOW)
    return {
        "unknown": "ABCDEFGHJKLM",
        "nonsense": "?",
        "somebody's": world.member.account.card_code,
        "another shop's": elsewhere.card_code,
        "closed": closed.card_code,
    }


@pytest.mark.parametrize("state", ["unknown", "nonsense", "somebody's", "another shop's", "closed"])
def test_every_other_card_gets_one_and_the_same_refusal(world, ana, state):
    before = Member.objects.values_list("pk", "account")
    with pytest.raises(claims.CardNotFound):
        attach(ana, refused(world, ana)[state])
    assert list(Member.objects.values_list("pk", "account")) == list(before)
    assert Account.objects.get(pk=ana.account_id).closed_at is None


@pytest.mark.parametrize("state", ["waiting", "unknown"])
def test_who_has_collected_already_asks_the_staff_whatever_the_card_is(world, ana, state):
    world.purchase(2000, member=ana)
    card = open_account(business=world.business, at=NOW)
    with pytest.raises(claims.AccountInUse):
        attach(ana, card.card_code if state == "waiting" else "ABCDEFGHJKLM")
    assert Member.objects.get(pk=ana.pk).account_id == ana.account_id


def test_a_card_comes_to_one_member_only(world, ana):
    card = open_account(business=world.business, at=NOW)
    attach(ana, card.card_code)
    bea = joined(world, "Bea")
    with pytest.raises(claims.CardNotFound):
        attach(bea, card.card_code)
