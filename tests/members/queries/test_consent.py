"""Reading where consents stand."""

import pytest

from members.domain import notices
from members.domain.enrolment import Person, enrol
from members.models import MemberSource, Purpose
from members.queries.consent import may_contact, questions, state_of, topics
from members.queries.consent_report import Tally, notice_rows, purpose_rows, tally
from tests.members.asking import BOXES, FITTING, NEWS_MAIL, NEWS_SMS, answer, at_the_till, herself, key
from tests.world import NOW

pytestmark = pytest.mark.django_db


class TestMayContact:
    def test_nobody_who_was_not_asked(self, world):
        assert [may_contact(world.member, *box) for box in BOXES] == [False, False, False]

    def test_who_said_yes_on_that_channel_for_that_purpose(self, world):
        answer(world.member, {NEWS_MAIL: True})
        assert [may_contact(world.member, *box) for box in BOXES] == [True, False, False]

    def test_nobody_whose_address_is_gone_or_not_proven(self, world):
        answer(world.member, {NEWS_MAIL: True})
        world.member.email_confirmed_at = None
        assert not may_contact(world.member, *NEWS_MAIL)
        world.member.email_confirmed_at, world.member.email = NOW, ""
        assert not may_contact(world.member, *NEWS_MAIL)

    def test_nobody_who_was_erased(self, world):
        answer(world.member, {NEWS_MAIL: True})
        world.member.erased_at = NOW
        assert not may_contact(world.member, *NEWS_MAIL)

    def test_no_unknown_purpose_and_no_channel_that_is_not_asked(self, world):
        answer(world.member, dict.fromkeys(BOXES, True))
        assert not may_contact(world.member, "birthday", "email")
        assert not may_contact(world.member, "news", "phone")

    def test_what_the_contract_needs_is_not_asked(self, world):
        assert may_contact(world.member, "membership", "none")


def test_a_consent_in_one_business_is_none_in_another(world):
    answer(world.member, {NEWS_MAIL: True})
    assert state_of(world.other_member) == {}
    assert not may_contact(world.other_member, *NEWS_MAIL)


def test_topics_tell_what_can_be_switched(world):
    at_the_till(world, {NEWS_MAIL: True, NEWS_SMS: False})
    found = {topic.purpose.code: topic.choices for topic in topics(world.member, "en")}
    assert list(found) == ["membership", "bookkeeping", "news", "personal-offers"]
    assert found["membership"] == []
    mail, sms = found["news"]
    assert (mail.is_on, mail.is_waiting, mail.known) == (True, True, True)
    assert (sms.is_on, sms.is_waiting, sms.known) == (False, False, False)


def test_the_tally_is_what_replaying_every_member_comes_to(world):
    people = [world.member] + [
        enrol(
            business=world.business, person=Person(f"P{n}", email=f"p{n}@example.com"), source=MemberSource.PORTAL,
            by=herself(world.member), at=NOW,
        )
        for n in range(5)
    ]  # fmt: skip
    for n, person in enumerate(people):
        answer(person, {NEWS_MAIL: n % 2 == 0, NEWS_SMS: n % 3 == 0, FITTING: True})
        answer(person, {NEWS_MAIL: n % 4 == 0, FITTING: n != 1})
    counted = {}
    for person in people:
        for box, state in state_of(person).items():
            counted.setdefault(box, []).append(state.kind.value)
    expected = {box: Tally(**{kind: kinds.count(kind) for kind in set(kinds)}) for box, kinds in counted.items()}
    assert tally(world.business) == expected
    assert expected[key(world.member, FITTING)] == Tally(confirmed=5, withdrawn=1)
    assert tally(world.other_business) == {}


@pytest.mark.parametrize("more", [0, 3])
def test_reading_takes_as_many_queries_for_many_purposes(world, more, django_assert_num_queries):
    for n in range(more):
        details = notices.PurposeDetails("", "dpv:DirectMarketing", "consent", (), {})
        words = notices.Words("en", f"More {n}", "Yes.")
        notices.add_purpose(business=world.business, details=details, words=words, by=world.at_console(), at=NOW)
    answer(world.member, {NEWS_MAIL: True})
    with django_assert_num_queries(2):
        questions(world.business, "en")
    with django_assert_num_queries(1):
        state_of(world.member)
    with django_assert_num_queries(3):
        topics(world.member, "en")
    with django_assert_num_queries(3):
        purpose_rows(world.business, "en")
    with django_assert_num_queries(2):
        notice_rows(world.business, ["en", "hu"])
    assert Purpose.objects.filter(business=world.business).count() == 4 + more
