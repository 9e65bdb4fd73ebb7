"""Joining online, from the form to the overview."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from loyalty.domain import outbox
from loyalty.domain.accounts import open_account
from loyalty.models import Account, MessageChannel, OutboxMessage, User
from members.models import ConsentEvent, ContactCode, Member
from members.queries.consent import questions
from tests.members.newcomer import Newcomer, at_counter, last_code, opened, words, wrong
from tests.pages import alerts, links, refused, select, texts, value_of
from tests.world import NOW, make_user, open_shop


def counts() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (Member, Account, User, ContactCode, OutboxMessage, ConsentEvent))


class TestTheForm:
    def test_no_box_is_ticked(self, ana):
        boxes = select(ana.get("join"), "input[type=checkbox]")
        assert ["checked" in box.attributes for box in boxes] == [False, False, False]

    def test_the_notice_is_there_in_short_and_a_link(self, ana):
        page = ana.get("join")
        assert "Café Luna runs a loyalty program. We keep what the program needs to work" in page.text
        assert reverse("members:notice", kwargs={"business": "luna"}) in links(page)

    @pytest.mark.parametrize(
        ("field", "typed", "code"),
        [
            ("name", "", "required"),
            ("name", "x" * 81, "max_length"),
            ("email", "ana", "invalid"),
            ("email", "", "required"),
            ("phone", "12", "invalid"),
        ],
    )
    def test_a_wrong_field_is_refused_and_nothing_is_written(self, ana, field, typed, code):
        before = counts()
        answer = ana.fill_in(**{field: typed})
        assert (answer.status_code, refused(answer), counts()) == (422, {field: [code]}, before)
        assert texts(answer, "title")[0].startswith("Error: ")

    def test_what_was_typed_is_kept(self, ana):
        answer = ana.fill_in(phone="12")
        assert {name: value_of(answer, name) for name in ("name", "email", "phone")} == {
            "name": "Ana", "email": "ana@example.com", "phone": "12",
        }  # fmt: skip

    @pytest.mark.parametrize("proof", ["", "made up"])
    def test_a_form_that_nobody_opened_is_refused(self, ana, proof):
        before = counts()
        answer = ana.fill_in(opened=proof)
        assert (answer.status_code, refused(answer), counts()) == (422, {"__all__": ["opened"]}, before)

    def test_a_form_that_a_browser_fills_in_at_once_is_good(self, ana):
        page = ana.get("join")
        assert ana.fill_in(opened=value_of(page, "opened")).status_code == 302

    def test_a_form_that_was_open_for_more_than_a_day_is_refused_once(self, ana):
        with time_machine.travel(datetime.now(UTC) - timedelta(days=1, seconds=1)):
            old = opened()
        answer = ana.fill_in(opened=old)
        assert (answer.status_code, refused(answer)) == (422, {"__all__": ["opened"]})
        assert ana.fill_in(opened=value_of(answer, "opened")).status_code == 302

    def test_who_fills_in_the_hidden_field_sees_the_same_and_gets_nothing(self, ana):
        before = counts()
        answer = ana.fill_in(website="https://example.com")
        assert (answer.status_code, answer.url) == (302, ana.url("join-code"))
        assert counts() == before
        assert ana.get("join-code").status_code == 200
        assert ana.type_code("123456").status_code == 422

    @pytest.fixture
    def soon(self, world) -> Newcomer:
        """Somebody at a shop that is not live yet."""
        return Newcomer(open_shop(make_user("rita"), "Rita's", "ritas").business)

    def test_a_business_that_is_not_live_lets_nobody_in(self, soon):
        assert soon.get("join").url == soon.url("home")
        assert soon.fill_in().url == soon.url("home")
        assert not Member.objects.filter(business=soon.business).exists()

    def test_a_business_that_is_not_live_says_that_it_opens_soon(self, soon):
        page = soon.get("home")
        assert len(select(page, ".shopfront-soon")) == 1
        assert soon.url("join") not in links(page)


class TestTheCode:
    def test_it_comes_by_mail(self, ana):
        assert ana.fill_in(email=" Ana@Example.com ").url == ana.url("join-code")
        message = OutboxMessage.objects.get(purpose="contact.join")
        assert (message.recipient, message.channel) == ("ana@example.com", MessageChannel.EMAIL)
        assert message.subject == f"{last_code()} is your code for Café Luna"
        assert last_code() in message.html

    def test_the_page_names_the_address_and_not_the_code(self, ana):
        ana.fill_in()
        page = ana.get("join-code")
        assert texts(page, ".code-card p strong") == ["ana@example.com"]
        assert last_code() not in page.text

    def test_typed_in_it_makes_a_member(self, ana):
        ana.fill_in()
        assert ana.type_code().url == ana.url("dashboard")
        assert ana.member.email_confirmed_at is not None
        assert ana.member.enrolled_by is None

    def test_somebody_new_is_welcomed(self, ana):
        ana.fill_in()
        page = ana.client.get(ana.type_code().url)
        assert "Welcome to Café Luna!" in page.text
        assert texts(page, "h1") == ["Hello, Ana"]

    def test_every_answer_is_kept_word_for_word(self, world, ana):
        asked = questions(world.business, "en")
        ana.fill_in(**{asked[0].field_name: "on"})
        ana.type_code()
        events = ConsentEvent.objects.filter(member=ana.member).order_by("pk")
        assert [(event.purpose.code, event.channel, event.kind) for event in events] == [
            ("news", "email", "given"),
            ("news", "email", "confirmed"),
            ("news", "sms", "refused"),
            ("personal-offers", "none", "refused"),
        ]
        first = events[0]
        assert (first.wording, first.language, first.actor, first.collection_method) == (
            asked[0].wording, "en", "member", "web",
        )  # fmt: skip
        assert first.notice.business == world.business
        assert first.form_version.startswith("portal/join.html@")
        assert first.evidence.startswith("contact-code:")

    def test_whoever_says_no_to_everything_is_a_member_all_the_same(self, ana):
        ana.fill_in()
        ana.type_code()
        assert {event.kind for event in ConsentEvent.objects.filter(member=ana.member)} == {"refused"}
        assert ana.get("dashboard").status_code == 200

    def test_after_five_wrong_ones_it_is_gone(self, ana):
        ana.fill_in()
        code = last_code()
        for words_left in (
            "4 tries are left.",
            "3 tries are left.",
            "2 tries are left.",
            "1 try is left.",
            "no longer good",
        ):
            answer = ana.type_code(wrong(code))
            assert answer.status_code == 422
            assert words_left in answer.content.decode()

    @pytest.fixture
    def gone(self, ana) -> str:
        """A code that was good until five wrong ones were typed."""
        ana.fill_in()
        code = last_code()
        for _ in range(5):
            ana.type_code(wrong(code))
        return code

    def test_one_that_is_gone_lets_nobody_in(self, ana, gone):
        assert ana.type_code(gone).status_code == 422
        assert Member.objects.filter(email="ana@example.com").count() == 0

    def test_the_page_says_how_far_it_is(self, ana):
        ana.fill_in()
        message = OutboxMessage.objects.get()
        assert 'data-progress="late"' in ana.get("join-code").text  # no worker is at work
        outbox.note_sent(message=message, at=timezone.now())
        assert 'data-progress="sent"' in ana.get("join-code").text
        assert 'data-progress="sent"' in ana.client.get(reverse("loyalty:code-progress")).text

    def test_a_new_one_helps(self, ana, gone):
        assert ana.post("join-resend").url == ana.url("join-code")
        assert ana.type_code().url == ana.url("dashboard")

    @pytest.fixture
    def sent_three(self, ana) -> tuple[int, ...]:
        """How many rows there are after three codes went to one address."""
        ana.fill_in()
        ana.post("join-resend")
        ana.post("join-resend")
        return counts()

    def test_the_fourth_within_an_hour_is_not_sent(self, ana, sent_three):
        page = ana.client.post(ana.url("join-resend"), follow=True)
        assert "We sent three codes to ana@example.com" in page.text
        assert counts() == sent_three

    def test_nor_to_somebody_else_who_asks_for_that_address(self, ana, sent_three):
        other = Newcomer(ana.business).fill_in()
        assert (other.status_code, counts()) == (429, sent_three)

    def test_from_one_place_sixty_forms_an_hour(self, ana):
        answers = [Newcomer(ana.business).fill_in(email=f"a{number}@example.com").status_code for number in range(61)]
        assert answers == [302] * 60 + [429]
        assert ContactCode.objects.count() == 60

    def test_it_works_only_where_it_was_asked_for(self, ana):
        ana.fill_in()
        thief = Newcomer(ana.business)
        assert thief.type_code(last_code()).url == thief.url("join")
        assert Member.objects.filter(email="ana@example.com").count() == 0

    def test_another_business_does_not_take_up_what_was_begun_here(self, world, ana):
        ana.fill_in()
        sol = Newcomer(world.other_business, ana.client)
        assert sol.type_code(last_code()).url == sol.url("join")

    def test_who_logs_in_as_somebody_else_meanwhile_begins_anew(self, world, ana):
        ana.fill_in()
        code = last_code()
        ana.client.force_login(world.stranger)
        assert ana.type_code(code).url == ana.url("join")
        assert not Member.objects.filter(business=world.business, email="ana@example.com").exists()


class TestWhoIsKnown:
    def test_known_and_unknown_addresses_get_the_same_pages(self, world):
        """Byte for byte, with the same number of queries: only who reads the mail learns anything."""
        made = at_counter(world, email="one@example.com")
        known, unknown, claimed = (Newcomer(world.business) for _ in range(3))
        seen = []
        for person, address in ((known, made.email), (unknown, "two@example.com"), (claimed, "mia@example.com")):
            with CaptureQueriesContext(connection) as queries:
                answer = person.fill_in(email=address)
            page = words(person.get("join-code")).replace(address, "")
            letter = OutboxMessage.objects.latest("pk")
            text = letter.body.replace(last_code(), "") + letter.html.replace(last_code(), "")
            seen.append((answer.status_code, answer.url, answer.content, page, text, len(queries)))
        assert seen[0] == seen[1] == seen[2]

    def test_what_the_counter_made_is_there(self, world, ana):
        made = at_counter(world, name="Ana Teller", email="ana@example.com")
        world.purchase(2000, member=made)
        ana.fill_in()
        page = ana.client.get(ana.type_code().url)
        assert (ana.member, texts(page, "h1")) == (made, ["Hello, Ana Teller"])
        assert "All that you collected at Café Luna is here." in page.text

    def test_a_member_who_joins_again_keeps_the_answers_given_before(self, world, ana):
        asked = questions(world.business, "en")
        ana.fill_in(**{asked[0].field_name: "on"})
        ana.type_code()
        before = ConsentEvent.objects.count()
        again = Newcomer(world.business)
        again.fill_in()
        assert "You are a member of Café Luna already." in again.client.get(again.type_code().url).content.decode()
        assert ConsentEvent.objects.count() == before
        assert again.member == ana.member

    def test_a_member_is_shown_the_overview(self, world, ana):
        ana.client.force_login(world.member_user)
        assert ana.get("join").url == ana.url("dashboard")
        assert ana.fill_in().url == ana.url("dashboard")

    def test_who_is_logged_in_joins_without_a_code(self, world, ana):
        ana.client.force_login(world.stranger)
        page = ana.get("join")
        assert (select(page, "[name=email]"), value_of(page, "name")) == ([], "Sven")
        assert ana.fill_in(name="Sven", email="somebody@example.com").url == ana.url("dashboard")
        assert (ana.member.email, ana.member.user) == ("sven@example.com", world.stranger)
        assert ContactCode.objects.count() == 0

    def test_a_log_in_without_a_proven_address_proves_it_first(self, ana):
        ana.client.force_login(User.objects.create_user("new@example.com"))
        assert ana.get("join").url == reverse("account_email")
        assert ana.fill_in().url == reverse("account_email")
        assert Member.objects.filter(email="new@example.com").count() == 0

    def test_whoever_has_a_second_factor_is_asked_for_it(self, world, ana):
        from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

        TOTP.activate(world.stranger, generate_totp_secret())
        ana.fill_in(email="sven@example.com")
        assert ana.type_code().url == reverse("mfa_authenticate")
        assert "_auth_user_id" not in ana.client.session
        assert ana.get("dashboard").status_code == 302

    def test_a_closed_log_in_stays_closed(self, world, ana):
        world.stranger.is_active = False
        world.stranger.save()
        ana.fill_in(email="sven@example.com")
        assert ana.type_code().url == reverse("account_inactive")
        assert not Member.objects.filter(business=world.business, email="sven@example.com").exists()

    def test_a_membership_of_another_log_in_is_not_given_away(self, world, ana):
        Member.objects.filter(pk=world.member.pk).update(email="sven@example.com")
        ana.client.force_login(world.stranger)
        answer = ana.fill_in(name="Sven")
        assert answer.url == ana.url("home")
        assert "belongs to another log-in" in ana.client.get(answer.url).content.decode()
        assert Member.objects.get(pk=world.member.pk).user == world.member_user


class TestThePhone:
    def test_a_phone_is_kept_once_its_code_came_back(self, ana):
        ana.fill_in(phone="+44 7400 123456")
        assert ana.type_code().url == ana.url("join-code")
        sent = OutboxMessage.objects.latest("pk")
        assert (sent.channel, sent.recipient) == (MessageChannel.SMS, "+447400123456")
        assert texts(ana.get("join-code"), ".code-card p strong") == ["+447400123456"]
        assert ana.type_code().url == ana.url("dashboard")
        assert ana.member.phone == "+447400123456"
        assert ana.member.phone_confirmed_at

    def test_without_its_code_it_is_not_kept(self, ana):
        ana.fill_in(phone="+44 7400 123456")
        ana.type_code()
        assert ana.post("join-code", {"skip": "1"}).url == ana.url("dashboard")
        assert ana.member.phone == ""

    def test_the_mail_code_cannot_be_skipped(self, ana):
        ana.fill_in()
        assert ana.post("join-code", {"skip": "1"}).status_code == 422

    def test_where_no_sms_can_be_sent_no_phone_is_asked_for(self, settings, ana):
        settings.PRODUCTION, settings.SMS_URL = True, ""
        page = ana.get("join")
        assert (select(page, "[name=phone]"), "SMS" in page.text) == ([], False)
        ana.fill_in(phone="+44 7400 123456")
        assert ana.type_code().url == ana.url("dashboard")


class TestTheCard:
    def test_a_card_comes_along(self, world, ana):
        card = open_account(business=world.business, at=NOW)
        assert value_of(ana.client.get(ana.url("join") + f"?card={card.card_code}"), "card") == card.card_code
        ana.fill_in(card=card.card_code)
        ana.type_code()
        assert ana.member.account == card

    def test_a_card_that_is_not_there_does_not_keep_anybody_out(self, ana):
        ana.fill_in(card="nonsense")
        answer = ana.type_code()
        assert (answer.url, ana.member.name) == (ana.url("dashboard"), "Ana")
        assert alerts(answer) == ["success", "warning"]


class TestTheLanguage:
    @pytest.fixture(autouse=True)
    def _english_again(self) -> Iterator[None]:
        yield
        translation.activate("en")

    def test_it_is_that_of_the_browser(self, world):
        page = Client(headers={"accept-language": "fr, et;q=0.9"}).get("/luna/join/")
        assert select(page, "html[lang=et]")

    def test_or_else_that_of_the_business(self, world):
        world.business.language = "hu"
        world.business.save()
        assert select(Client().get("/luna/join/"), "html[lang=hu]")
