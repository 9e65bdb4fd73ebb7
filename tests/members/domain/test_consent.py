"""What members answer is added as events, in a chain that shows every change."""

from datetime import timedelta

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from loyalty import guards
from loyalty.domain.actors import Actor
from loyalty.models import AuditEvent, Channel, OutboxMessage
from members.domain import consent, enrolment, notices
from members.domain.consent import NotAsked, OnlyTheMember
from members.domain.enrolment import Person
from members.models import CollectionMethod, ConsentEvent, MemberSource
from members.queries.consent import current_notice, may_contact, state_of
from members.queries.receipts import chain_faults, events_of
from tests.members.asking import (
    BOXES,
    FITTING,
    NEWS_MAIL,
    NEWS_SMS,
    answer,
    at_the_till,
    context,
    herself,
    key,
    told,
    wording,
)
from tests.world import NOW


def say(member, box):
    """Return where one box of a member stands."""
    found = state_of(member).get(key(member, box))
    return found.kind.value if found else None


class TestAnswers:
    def test_a_filled_in_form(self, world):
        events = answer(world.member, {NEWS_MAIL: True, NEWS_SMS: False, FITTING: False})
        assert told(events) == [
            ("given", "news", "email"),
            ("confirmed", "news", "email"),
            ("refused", "news", "sms"),
            ("refused", "personal-offers", "none"),
        ]
        assert len({event.receipt_id for event in events}) == 1
        assert len({event.record_id for event in events}) == 4

    def test_all_refused_is_an_answer_like_any_other(self, world):
        events = answer(world.member, dict.fromkeys(BOXES, False))
        assert [event.kind for event in events] == ["refused"] * 3
        assert not any(may_contact(world.member, code, channel) for code, channel in BOXES)

    def test_the_same_answers_again_write_nothing(self, world):
        answer(world.member, {NEWS_MAIL: True, NEWS_SMS: False})
        assert answer(world.member, {NEWS_MAIL: True, NEWS_SMS: False}) == []
        assert ConsentEvent.objects.count() == 3

    def test_a_tick_taken_away_is_withdrawn(self, world):
        answer(world.member, {NEWS_MAIL: True})
        assert told(answer(world.member, {NEWS_MAIL: False})) == [("withdrawn", "news", "email")]
        assert not may_contact(world.member, *NEWS_MAIL)

    def test_a_yes_to_an_address_that_is_not_proven_waits(self, world):
        assert told(answer(world.member, {NEWS_SMS: True})) == [("given", "news", "sms")]
        assert not may_contact(world.member, *NEWS_SMS)

    @pytest.fixture
    def kept(self, world):
        """What is kept of a yes."""
        return ConsentEvent.objects.get(pk=answer(world.member, {NEWS_MAIL: True}, at=NOW)[0].pk)

    def test_what_was_shown_is_kept(self, world, kept):
        assert kept.wording == wording(world.member, NEWS_MAIL)
        assert (kept.wording_version, kept.language, kept.notice.version) == (1, "en", 1)

    def test_who_answered_when_and_how_is_kept(self, world, kept):
        assert (kept.actor, kept.staff, kept.user) == ("member", None, world.member_user)
        assert (kept.collection_method, kept.evidence) == ("web", "form-1")
        assert (kept.ip, kept.user_agent) == ("203.0.113.7", "Firefox")
        assert (kept.at, kept.utc_offset_minutes) == (NOW, 60)

    def test_the_notice_of_another_business_is_not_answered(self, world):
        notice = current_notice(world.other_business, "en")
        with pytest.raises(NotAsked):
            consent.record_answers(
                member=world.member, answers={}, notice=notice, context=context(), by=herself(world.member), at=NOW,
                confirmed=True,
            )  # fmt: skip
        assert not ConsentEvent.objects.exists()

    def test_a_box_of_another_business_is_not_answered(self, world):
        with pytest.raises(NotAsked):
            consent.record_answers(
                member=world.member, answers={key(world.other_member, NEWS_MAIL): True},
                notice=current_notice(world.business, "en"), context=context(), by=herself(world.member), at=NOW,
                confirmed=True,
            )  # fmt: skip
        assert not ConsentEvent.objects.exists()

    def test_a_retired_purpose_is_not_asked(self, world):
        asked = key(world.member, NEWS_MAIL)
        purpose = world.business.purposes.get(code="news")
        notices.retire(purpose=purpose, by=world.at_console(), at=NOW)
        with pytest.raises(NotAsked):
            consent.record_answers(
                member=world.member, answers={asked: True}, notice=current_notice(world.business, "en"),
                context=context(), by=herself(world.member), at=NOW, confirmed=True,
            )  # fmt: skip
        assert not ConsentEvent.objects.exists()


class TestAtTheCounter:
    def test_what_the_cashier_notes_waits_for_the_member(self, world):
        events = at_the_till(world, {NEWS_MAIL: True, NEWS_SMS: False, FITTING: True})
        assert told(events) == [
            ("given", "news", "email"), ("refused", "news", "sms"), ("given", "personal-offers", "none"),
        ]  # fmt: skip
        assert {(event.actor, event.staff, event.collection_method) for event in events} == {
            ("staff", world.cashier_role, "counter")
        }
        assert not may_contact(world.member, *NEWS_MAIL)
        assert not may_contact(world.member, *FITTING)

    def test_it_is_audited_without_a_name(self, world):
        at_the_till(world, {NEWS_MAIL: True})
        event = AuditEvent.objects.get(verb="consent.recorded")
        assert (event.staff, event.object_id, event.data) == (
            world.cashier_role, str(world.member.pk), {"answers": ["given:news:email"]},
        )  # fmt: skip

    def test_the_member_is_asked_by_mail_to_confirm(self, world):
        at_the_till(world, {NEWS_MAIL: True})
        message = OutboxMessage.objects.get(purpose="consent.confirm")
        assert (message.recipient, message.subject) == ("mia@example.com", "Please confirm: Café Luna")
        assert "/luna/confirm/" in message.body

    def test_the_mail_asks_for_what_a_mail_can_confirm_and_nothing_else(self, world):
        at_the_till(world, {NEWS_MAIL: True, NEWS_SMS: True})
        body = OutboxMessage.objects.get(purpose="consent.confirm").body
        assert [line[2:] for line in body.splitlines() if line.startswith("- ")] == [wording(world.member, NEWS_MAIL)]
        assert "SMS" not in body

    def test_a_no_gets_no_mail(self, world):
        at_the_till(world, {NEWS_MAIL: False})
        assert not OutboxMessage.objects.filter(purpose="consent.confirm").exists()

    def test_a_member_without_an_address_gets_no_mail(self, world):
        nameless = enrolment.enrol(
            business=world.business, person=Person("Pia", phone="+37255550001"), source=MemberSource.COUNTER,
            by=world.at_counter(), at=NOW,
        )  # fmt: skip
        answer(nameless, {NEWS_MAIL: True, FITTING: True}, by=world.at_counter())
        assert not OutboxMessage.objects.filter(purpose="consent.confirm").exists()

    def test_the_member_confirms_all_that_one_address_can_confirm(self, world):
        at_the_till(world, {NEWS_MAIL: True, NEWS_SMS: True, FITTING: True})
        events = consent.confirm(
            member=world.member, channel="email", context=context(CollectionMethod.LINK), by=herself(world.member),
            at=NOW + timedelta(hours=1),
        )  # fmt: skip
        assert told(events) == [("confirmed", "news", "email"), ("confirmed", "personal-offers", "none")]
        assert may_contact(world.member, *NEWS_MAIL)
        assert may_contact(world.member, *FITTING)
        assert say(world.member, NEWS_SMS) == "given"

    def test_confirming_twice_changes_nothing(self, world):
        at_the_till(world, {NEWS_MAIL: True})
        for expected in (1, 0):
            events = consent.confirm(
                member=world.member, channel="email", context=context(), by=herself(world.member), at=NOW
            )
            assert len(events) == expected

    def test_a_link_in_a_mail_proves_the_address_it_was_sent_to(self, world):
        newcomer = enrolment.enrol(
            business=world.business, person=Person("Pia", email="pia@example.com"), source=MemberSource.COUNTER,
            by=world.at_counter(), at=NOW,
        )  # fmt: skip
        answer(newcomer, {NEWS_MAIL: True}, by=world.at_counter())
        visitor = Actor(Channel.PORTAL)
        assert not consent.confirm(member=newcomer, channel="email", context=context(), by=visitor, at=NOW)
        assert consent.confirm(member=newcomer, channel="email", context=context(), by=visitor, at=NOW, by_link=True)
        newcomer.refresh_from_db()
        assert newcomer.email_confirmed_at == NOW
        assert may_contact(newcomer, *NEWS_MAIL)

    def test_staff_cannot_confirm(self, world):
        at_the_till(world, {NEWS_MAIL: True})
        before = ConsentEvent.objects.count()
        with pytest.raises(OnlyTheMember):
            consent.confirm(member=world.member, channel="email", context=context(), by=world.at_counter(), at=NOW)
        assert ConsentEvent.objects.count() == before

    def test_staff_cannot_record_a_yes_as_confirmed(self, world):
        before = ConsentEvent.objects.count()
        with pytest.raises(OnlyTheMember):
            consent.record_answers(
                member=world.member, answers={key(world.member, NEWS_MAIL): True},
                notice=current_notice(world.business, "en"), context=context(), by=world.at_counter(), at=NOW,
                confirmed=True,
            )  # fmt: skip
        assert ConsentEvent.objects.count() == before

    def test_staff_takes_back_at_once(self, world):
        answer(world.member, {NEWS_MAIL: True})
        consent.withdraw(
            member=world.member, purpose_id=key(world.member, NEWS_MAIL)[0], channel="email",
            context=context(CollectionMethod.COUNTER), by=world.at_counter(), at=NOW,
        )  # fmt: skip
        assert not may_contact(world.member, *NEWS_MAIL)


class TestWithdrawing:
    def test_one(self, world):
        answer(world.member, {NEWS_MAIL: True, FITTING: True})
        purpose, channel = key(world.member, NEWS_MAIL)
        taken = {"member": world.member, "purpose_id": purpose, "channel": channel, "by": herself(world.member)}
        assert told(consent.withdraw(**taken, context=context(), at=NOW)) == [("withdrawn", "news", "email")]
        assert consent.withdraw(**taken, context=context(), at=NOW) == []
        assert may_contact(world.member, *FITTING)

    def test_all_of_a_channel(self, world):
        answer(world.member, dict.fromkeys(BOXES, True))
        by = herself(world.member)
        events = consent.withdraw_all(member=world.member, context=context(), by=by, at=NOW, channel="sms")
        assert told(events) == [("withdrawn", "news", "sms")]

    def test_all(self, world):
        answer(world.member, dict.fromkeys(BOXES, True))
        events = consent.withdraw_all(member=world.member, context=context(), by=herself(world.member), at=NOW)
        assert {kind for kind, _code, _channel in told(events)} == {"withdrawn"}
        assert {event[1:] for event in told(events)} == set(BOXES)

    def test_a_purpose_out_of_use_can_be_taken_back_under_the_words_it_was_given_with(self, world):
        answer(world.member, {NEWS_MAIL: True})
        first = wording(world.member, NEWS_MAIL)
        purpose = world.business.purposes.get(code="news")
        words = notices.Words("en", "News", "Other words {channel}.")
        notices.reword(purpose=purpose, words=words, by=world.at_console(), at=NOW)
        notices.retire(purpose=purpose, by=world.at_console(), at=NOW)
        assert not may_contact(world.member, *NEWS_MAIL)
        (event,) = consent.withdraw_all(member=world.member, context=context(), by=herself(world.member), at=NOW)
        assert (event.wording, event.wording_version) == (first, 1)


class TestTheChain:
    def test_it_is_whole_after_a_life_of_answers(self, world):
        at_the_till(world, dict.fromkeys(BOXES, True))
        consent.confirm(member=world.member, channel="email", context=context(), by=herself(world.member), at=NOW)
        answer(world.member, {NEWS_MAIL: False})
        consent.withdraw_all(member=world.member, context=context(ip=None), by=herself(world.member), at=NOW)
        events = list(events_of(world.member))
        assert len(events) == 8
        assert chain_faults(events) == []
        assert [event.previous_hash for event in events] == ["", *(event.hash for event in events[:-1])]

    def test_it_holds_no_name_and_no_address_of_the_member(self, world):
        answer(world.member, {NEWS_MAIL: True})
        event = events_of(world.member).first()
        world.member.name, world.member.email = "", ""
        world.member.save()
        assert chain_faults([events_of(world.member).get(pk=event.pk)]) == []

    @pytest.mark.parametrize(
        "change", ["wording = 'other'", "at = '2026-01-01 00:00:00'", "kind = 'refused'", "evidence = 'other'"]
    )
    def test_a_changed_fact_is_seen(self, world, change):
        answer(world.member, {NEWS_MAIL: True, NEWS_SMS: False})
        tamper(f"UPDATE members_consentevent SET {change} WHERE kind = 'given'")
        (fault,) = chain_faults(events_of(world.member))
        assert fault.endswith("the facts are not those that were hashed")

    def test_a_changed_notice_is_seen(self, world):
        answer(world.member, {NEWS_SMS: False})
        tamper("UPDATE members_notice SET retention = 'for ever'")
        assert len(chain_faults(events_of(world.member))) == 1

    def test_a_missing_event_is_seen(self, world):
        answer(world.member, {NEWS_MAIL: True, NEWS_SMS: False})
        tamper("DELETE FROM members_consentevent WHERE kind = 'confirmed'")
        (fault,) = chain_faults(events_of(world.member))
        assert fault.endswith("does not follow the event before it")

    def test_a_changed_origin_is_seen(self, world):
        answer(world.member, {NEWS_SMS: False})
        tamper("UPDATE members_consentevent SET user_agent = 'Chrome'")
        (fault,) = chain_faults(events_of(world.member))
        assert fault.endswith("the origin is not the one under seal")


def tamper(statement):
    """Change rows as somebody with the database in hand could."""
    guards.remove(connection)
    with connection.cursor() as cursor:
        cursor.execute(statement)
        assert cursor.rowcount > 0


class TestForgettingOrigins:
    def test_old_addresses_are_shortened_and_the_chain_stays_whole(self, world):
        answer(world.member, {NEWS_MAIL: True})
        answer(world.member, {NEWS_SMS: False}, at=NOW + timedelta(days=60))
        assert consent.forget_origins(at=NOW + timedelta(days=91)) == 2
        origins = [(event.ip, event.user_agent, bool(event.seal_salt)) for event in events_of(world.member)]
        assert origins == [("203.0.113.0", "", False)] * 2 + [("203.0.113.7", "Firefox", True)]
        assert chain_faults(events_of(world.member)) == []
        assert consent.forget_origins(at=NOW + timedelta(days=91)) == 0

    @pytest.mark.parametrize(
        ("ip", "short"), [("198.51.100.23", "198.51.100.0"), ("2001:db8:1:2::3", "2001:db8:1::"), (None, None)]
    )
    def test_shortened(self, ip, short):
        assert consent.shortened(ip) == short


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("answer"), st.dictionaries(st.sampled_from(BOXES), st.booleans(), min_size=1)),
        st.tuples(st.just("till"), st.dictionaries(st.sampled_from(BOXES), st.booleans(), min_size=1)),
        st.tuples(st.just("confirm"), st.sampled_from(["email", "sms"])),
        st.tuples(st.just("withdraw"), st.sampled_from(BOXES)),
        st.tuples(st.just("stop"), st.sampled_from(["", "email", "sms", "none"])),
    ),
    max_size=8,
)


class TestRandomLives:
    """The member of these tests has a proven e-mail address and no phone number."""

    @settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
    @given(steps=STEPS)
    def test_the_state_is_what_a_simple_account_of_the_same_life_says(self, world, steps):
        person = Person(f"Life {enrolment.Member.objects.count()}")
        member = enrolment.enrol(
            business=world.business, person=person, source=MemberSource.PORTAL, by=herself(world.member), at=NOW
        )
        member.email, member.email_confirmed_at = f"{member.public_id}@example.com", NOW
        member.save()
        expected = {}
        for verb, what in steps:
            live(world, member, verb, what)
            remember(expected, verb, what)
        assert {box: say(member, box) for box in BOXES if say(member, box)} == expected
        assert chain_faults(events_of(member)) == []
        assert [may_contact(member, *box) for box in BOXES] == [
            expected.get(box) == "confirmed" and box != NEWS_SMS for box in BOXES
        ]


def live(world, member, verb, what):
    """Let one thing happen to a member."""
    by = Actor(Channel.PORTAL)
    if verb == "answer":
        answer(member, what)
    elif verb == "till":
        answer(member, what, by=world.at_counter())
    elif verb == "confirm":
        consent.confirm(member=member, channel=what, context=context(), by=by, at=NOW)
    elif verb == "withdraw":
        purpose, channel = key(member, what)
        consent.withdraw(member=member, purpose_id=purpose, channel=channel, context=context(), by=by, at=NOW)
    else:
        consent.withdraw_all(member=member, context=context(), by=by, at=NOW, channel=what)


def remember(said, verb, what):
    """Keep in a plain dictionary what a person would say of it."""
    on = ("given", "confirmed")
    if verb in ("answer", "till"):
        for box, ticked in what.items():
            proven = verb == "answer" and box != NEWS_SMS
            if ticked:
                said[box] = "confirmed" if proven or said.get(box) == "confirmed" else "given"
            else:
                said[box] = "withdrawn" if said.get(box) in on else said.get(box, "refused")
        return
    for box in BOXES:
        if verb == "confirm" and said.get(box) == "given" and box != NEWS_SMS and box[1] in (what, "none"):
            said[box] = "confirmed"
        if verb == "withdraw" and box == what and said.get(box) in on:
            said[box] = "withdrawn"
        if verb == "stop" and what in ("", box[1]) and said.get(box) in on:
            said[box] = "withdrawn"
