"""Becoming a member online: new, claimed from the counter, or there before."""

import pytest

from loyalty.domain.actors import Actor
from loyalty.models import Account, AuditEvent, Channel
from members.domain import enrolment
from members.domain.enrolment import AlreadyMember, ClaimedByAnother, Entrance, LogInClosed, Person
from members.domain.logins import login_for
from members.models import Member, MemberSource
from tests.world import NOW, World, make_user

ANA = Person(name="Ana", email="ana@example.com", language="et")


def join(world: World, person: Person = ANA, user=None) -> enrolment.Joined:
    login = user or login_for(email=person.email, name=person.name)
    return enrolment.join(business=world.business, user=login, person=person, by=Actor(Channel.PORTAL, login), at=NOW)


def at_counter(world: World, person: Person) -> Member:
    return enrolment.enrol(
        business=world.business, person=person, source=MemberSource.COUNTER, by=world.at_counter(), at=NOW
    )


def counts() -> tuple[int, int]:
    return Member.objects.count(), Account.objects.count()


def test_somebody_new_gets_a_membership_with_a_confirmed_address(world):
    joined = join(world)
    member = Member.objects.get(pk=joined.member.pk)
    assert joined.how is Entrance.JOINED
    assert (member.name, member.email, member.language, member.source) == ("Ana", "ana@example.com", "et", "portal")
    assert (member.email_confirmed_at, member.claimed_at, member.user.email) == (NOW, NOW, "ana@example.com")
    assert (member.phone, member.enrolled_by) == ("", None)
    assert list(
        AuditEvent.objects.filter(object_id=member.pk, object_type="member").values_list("verb", flat=True)
    ) == [
        "member.enrolled",
        "member.claimed",
    ]


def test_joining_again_changes_nothing(world):
    first = join(world)
    before = counts()
    again = join(world, Person(name="Somebody else", email="ana@example.com"))
    assert (again.member, again.how) == (first.member, Entrance.RETURNED)
    assert counts() == before
    assert Member.objects.get(pk=first.member.pk).name == "Ana"


def test_what_the_counter_made_with_the_address_is_claimed_with_its_balance(world):
    made = at_counter(world, Person(name="Ana Teller", email="ana@example.com"))
    world.purchase(2000, member=made)
    joined = join(world)
    assert (joined.member.pk, joined.how, joined.member.name) == (made.pk, Entrance.CLAIMED, "Ana Teller")
    assert joined.member.account_id == made.account_id


def test_what_the_counter_made_with_the_phone_is_claimed_and_gets_the_address(world):
    made = at_counter(world, Person(name="", phone="+3726001234"))
    joined = join(world, Person(name="Ana", email="ana@example.com", phone="+3726001234"))
    member = Member.objects.get(pk=made.pk)
    assert (joined.member.pk, joined.how) == (made.pk, Entrance.CLAIMED)
    assert (member.name, member.search_name, member.email) == ("Ana", "ana", "ana@example.com")
    assert (member.email_confirmed_at, member.phone_confirmed_at) == (NOW, NOW)


def test_a_proven_phone_is_kept(world):
    member = join(world, Person(name="Ana", email="ana@example.com", phone="+3726001234")).member
    assert (member.phone, member.phone_tail, member.phone_confirmed_at) == ("+3726001234", "1234", NOW)


def test_the_phone_of_another_log_in_stays_with_it(world):
    first = join(world, Person(name="Ana", email="ana@example.com", phone="+3726001234")).member
    second = join(world, Person(name="Bea", email="bea@example.com", phone="+3726001234"))
    assert (second.how, second.member.phone) == (Entrance.JOINED, "")
    assert Member.objects.get(phone="+3726001234") == first


def test_a_membership_of_another_log_in_is_not_given_away(world):
    member = join(world).member
    before = counts()
    with pytest.raises(ClaimedByAnother):
        join(world, user=make_user("thief"))
    assert counts() == before
    assert Member.objects.get(pk=member.pk).user.email == "ana@example.com"


def test_a_closed_log_in_does_not_join(world):
    user = login_for(email="ana@example.com")
    user.is_active = False
    user.save()
    before = counts()
    with pytest.raises(LogInClosed):
        join(world, user=user)
    assert counts() == before


def test_the_counter_may_be_faster(world, monkeypatch):
    """The membership appears between the look for it and the writing."""
    looks = iter([None])
    look = enrolment._claimable

    def slow_look(business, person):
        found = next(looks, look)
        if found is None:
            at_counter(world, Person(name="Ana Teller", email="ana@example.com"))
            return None
        return look(business, person)

    monkeypatch.setattr(enrolment, "_claimable", slow_look)
    joined = join(world)
    assert (joined.how, joined.member.name) == (Entrance.CLAIMED, "Ana Teller")


def test_claiming_finds_what_the_counter_made_and_makes_nothing_new(world):
    login = login_for(email="ana@example.com")
    arguments = {"business": world.business, "user": login, "by": Actor(Channel.PORTAL, login), "at": NOW}
    before = counts()
    assert enrolment.claim_proven(person=ANA, **arguments) is None
    assert counts() == before
    made = at_counter(world, Person(name="Ana", email="ana@example.com"))
    assert enrolment.claim_proven(person=ANA, **arguments).member == made
    assert enrolment.claim_proven(person=ANA, **arguments).how is Entrance.RETURNED


def test_an_address_is_a_members_once(world):
    join(world)
    with pytest.raises(AlreadyMember):
        at_counter(world, Person(name="Ana", email="ana@example.com"))
