"""A purpose is asked while its use is named; answers stay, and the list of those who agreed is taken with a note."""

import pytest

from loyalty.engine import codes
from loyalty.models import AuditEvent
from members.domain import agreed, consent, notices, profile
from members.domain.agreed import take_list
from members.domain.consent import NotAsked
from members.domain.enrolment import Person, enrol
from members.domain.notices import NotAskedAtAll, NothingChanged
from members.models import MemberSource, Purpose, PurposeUse, ViewLog
from members.queries.agreed import Agreed
from members.queries.consent import questions, topics
from members.queries.notices import with_use
from tests.members.asking import FITTING, NEWS_MAIL, NEWS_SMS, answer, context, herself, key
from tests.world import NOW, World

pytestmark = pytest.mark.django_db


def purpose(world: World, code: str = "news") -> Purpose:
    return with_use().get(business=world.business, code=code)


def name_use(world: World, words: str, code: str = "news") -> None:
    notices.name_use(purpose=purpose(world, code), words=words, by=world.at_console(), at=NOW)


def asked(world: World) -> set[str]:
    return {question.purpose.code for question in questions(world.business, "en")}


class TestTheUse:
    def test_without_one_nobody_is_asked(self, world: World):
        name_use(world, "")
        assert asked(world) == {"personal-offers"}

    def test_named_anew_members_are_asked_again(self, world: World):
        name_use(world, "")
        name_use(world, "A letter at Christmas")
        assert asked(world) == {"news", "personal-offers"}

    def test_the_newest_words_are_read(self, world: World):
        name_use(world, "A letter at Christmas")
        assert {q.purpose.use for q in questions(world.business, "en") if q.purpose.code == "news"} == {
            "A letter at Christmas"
        }

    def test_the_same_words_are_no_new_use(self, world: World):
        with pytest.raises(NothingChanged):
            name_use(world, purpose(world).use)
        assert PurposeUse.objects.filter(purpose=purpose(world)).count() == 1

    def test_what_is_not_asked_has_none(self, world: World):
        with pytest.raises(NotAskedAtAll):
            name_use(world, "Everything", "membership")
        assert not PurposeUse.objects.filter(purpose__code="membership").exists()

    def test_it_is_in_the_log(self, world: World):
        name_use(world, "")
        assert AuditEvent.objects.latest("pk").verb == "purpose.use_ended"


class TestAnswers:
    def test_a_yes_to_what_is_used_for_nothing_is_refused(self, world: World):
        box = key(world.member, NEWS_MAIL)
        name_use(world, "")
        with pytest.raises(NotAsked):
            consent.record_answers(
                member=world.member, answers={box: True}, notice=consent_notice(world), context=context(),
                by=herself(world.member), at=NOW, confirmed=True,
            )  # fmt: skip
        assert not world.member.consent_events.exists()

    def test_a_yes_that_was_given_stays_and_can_be_taken_back(self, world: World):
        box = key(world.member, NEWS_MAIL)
        answer(world.member, {NEWS_MAIL: True})
        name_use(world, "")
        (topic,) = [each for each in topics(world.member, "en") if each.purpose.code == "news"]
        assert [choice.question.channel for choice in topic.choices] == ["email"]
        (event,) = consent.record_answers(
            member=world.member, answers={box: False}, notice=consent_notice(world), context=context(),
            by=herself(world.member), at=NOW, confirmed=True,
        )  # fmt: skip
        assert event.kind == "withdrawn"

    def test_what_nobody_agreed_to_is_not_shown_to_members(self, world: World):
        name_use(world, "")
        assert "news" not in {topic.purpose.code for topic in topics(world.member, "en")}


def consent_notice(world: World):
    from members.queries.consent import current_notice

    return current_notice(world.business, "en")


class TestTheList:
    def take(self, world: World, channel: str = "email") -> list[Agreed]:
        return take_list(purpose=purpose(world), channel=channel, by=world.at_console(), at=NOW)

    def test_who_agreed_is_on_it(self, world: World):
        answer(world.member, {NEWS_MAIL: True})
        assert self.take(world) == [Agreed(world.member.name, world.member.email, NOW)]

    def test_by_text_message_it_names_the_proven_number(self, world: World):
        profile.keep_phone(member=world.member, phone="+4915112345678", by=herself(world.member), at=NOW)
        answer(world.member, {NEWS_SMS: True})
        assert self.take(world, "sms") == [Agreed(world.member.name, "+4915112345678", NOW)]

    def test_what_needs_no_address_names_the_card(self, world: World):
        answer(world.member, {FITTING: True})
        offers = purpose(world, "personal-offers")
        assert take_list(purpose=offers, channel="none", by=world.at_console(), at=NOW) == [
            Agreed(world.member.name, codes.grouped(world.member.account.card_code), NOW)
        ]

    def test_who_took_it_back_is_not(self, world: World):
        answer(world.member, {NEWS_MAIL: True})
        answer(world.member, {NEWS_MAIL: False})
        assert self.take(world) == []

    def test_nor_who_has_not_confirmed_it(self, world: World):
        person = Person(name="Lea", email="lea@example.com")
        lea = enrol(business=world.business, person=person, source=MemberSource.COUNTER, by=world.at_counter(), at=NOW)
        answer(lea, {NEWS_MAIL: True}, by=world.at_counter())
        assert self.take(world) == []

    def test_taking_it_is_noted_with_its_length(self, world: World):
        answer(world.member, {NEWS_MAIL: True})
        self.take(world)
        event = AuditEvent.objects.latest("pk")
        assert (event.verb, event.data) == ("purpose.agreed_listed", {"channel": "email", "rows": 1})
        assert ViewLog.objects.get(page=agreed.PAGE).rows == 1

    @pytest.mark.parametrize("channel", ["phone", "none", "email "])
    def test_a_channel_that_is_not_asked_has_none(self, world: World, channel: str):
        with pytest.raises(NotAsked):
            self.take(world, channel)
        assert not AuditEvent.objects.filter(verb="purpose.agreed_listed").exists()

    def test_without_a_use_there_is_none(self, world: World):
        answer(world.member, {NEWS_MAIL: True})
        name_use(world, "")
        with pytest.raises(NotAsked):
            self.take(world)

    @pytest.mark.parametrize("more", [1, 3])
    def test_it_takes_as_many_queries_for_many(self, world: World, more: int, django_assert_num_queries):
        for number in range(more):
            person = Person(name=f"P{number}", email=f"p{number}@example.com")
            member = enrol(
                business=world.business, person=person, source=MemberSource.PORTAL, by=herself(world.member), at=NOW
            )
            answer(member, {NEWS_MAIL: True})
        found = purpose(world)
        with django_assert_num_queries(1):
            agreed.agreed.agreed(found, "email")
