"""Claiming what the counter made, and attaching an older card."""

from loyalty.domain.accounts import open_account
from loyalty.models import Account, MessageChannel, OutboxMessage
from members.models import Member
from tests.members.newcomer import Newcomer, at_counter, words
from tests.pages import alerts, refused, select
from tests.world import NOW


class TestTheCounter:
    def test_the_address_given_there_brings_the_membership(self, world, ana):
        made = at_counter(world, name="Ana", email="ana@example.com")
        world.purchase(2000, member=made)
        assert ana.claim(email="ana@example.com").url == ana.url("join-code")
        answer = ana.type_code()
        assert (answer.url, alerts(answer)[-1]) == (ana.url("dashboard"), "success")
        assert ana.member == made

    def test_the_phone_given_there_brings_it_too_once_both_codes_came_back(self, world, ana):
        made = at_counter(world, name="Ana", phone="+447400123456")
        ana.claim(email="ana@example.com", phone="+44 7400 123456")
        assert ana.type_code().url == ana.url("join-code")
        assert OutboxMessage.objects.latest("pk").channel == MessageChannel.SMS
        assert Member.objects.get(pk=made.pk).user is None
        assert ana.type_code().url == ana.url("dashboard")
        assert (ana.member, ana.member.email) == (made, "ana@example.com")

    def test_without_the_phones_code_it_is_not_given(self, world, ana):
        made = at_counter(world, name="Ana", phone="+447400123456")
        ana.claim(email="ana@example.com", phone="+44 7400 123456")
        ana.type_code()
        answer = ana.post("join-code", {"skip": "1"})
        assert answer.url == ana.url("join")
        assert "We found no membership with these." in ana.client.get(answer.url).content.decode()
        assert Member.objects.get(pk=made.pk).user is None

    def test_who_is_logged_in_needs_no_code_for_the_address(self, world, ana):
        made = at_counter(world, name="Sven", email="sven@example.com")
        ana.client.force_login(world.stranger)
        assert not select(ana.get("claim"), "[name=email]")
        assert ana.claim().url == ana.url("dashboard")
        assert ana.member == made

    def test_nothing_found_makes_no_member(self, world, ana):
        before = Member.objects.count()
        ana.claim(email="ana@example.com")
        assert ana.type_code().url == ana.url("join")
        assert Member.objects.count() == before

    def test_known_and_unknown_addresses_get_the_same_answers(self, world):
        at_counter(world, email="one@example.com", phone="+447400123456")
        pages = []
        for address, phone in (("one@example.com", "+447400123456"), ("two@example.com", "+447400999999")):
            person = Newcomer(world.business)
            answer = person.claim(email=address, phone=phone)
            mail = words(person.get("join-code")).replace(address, "")
            second = person.type_code()
            text = words(person.get("join-code")).replace(phone, "")
            pages.append((answer.status_code, answer.url, mail, second.status_code, second.url, text))
        assert pages[0] == pages[1]


class TestTheCard:
    def test_a_member_attaches_a_card(self, world, ana):
        card = open_account(business=world.business, at=NOW)
        ana.client.force_login(world.member_user)
        assert ana.post("claim-card", {"card": card.card_code}).url == ana.url("dashboard")
        assert Member.objects.get(pk=world.member.pk).account == card

    def test_all_cards_that_do_not_wait_get_the_same_answer(self, world, ana):
        elsewhere = open_account(business=world.other_business, at=NOW)
        closed = open_account(business=world.business, at=NOW)
        Account.objects.filter(pk=closed.pk).update(closed_at=NOW)
        somebodys = at_counter(world, name="Bea", phone="+447400123456").account
        ana.client.force_login(world.member_user)
        answers = [
            (answer.status_code, words(answer).replace(code, ""))
            for code in ("ABCDEFGHJKLM", elsewhere.card_code, closed.card_code, somebodys.card_code)
            for answer in [ana.post("claim-card", {"card": code})]
        ]
        assert answers[0][0] == 422
        assert answers.count(answers[0]) == 4
        assert Member.objects.get(pk=world.member.pk).account == world.member.account

    def test_a_card_that_does_not_wait_is_told_so(self, ana, world):
        ana.client.force_login(world.member_user)
        answer = ana.post("claim-card", {"card": "ABCDEFGHJKLM"})
        assert answer.context["card_form"].errors == {
            "card": ["No card that waits for its owner has this number. Check it, or ask at the counter."]
        }

    def test_who_has_collected_already_is_told_to_ask_the_staff(self, world, ana):
        world.purchase(2000)
        card = open_account(business=world.business, at=NOW)
        ana.client.force_login(world.member_user)
        answer = ana.post("claim-card", {"card": card.card_code})
        assert (answer.status_code, list(refused(answer))) == (422, ["card"])
        assert "You have collected with your own card already." in answer.text
        assert Member.objects.get(pk=world.member.pk).account != card

    def test_ten_tries_an_hour(self, world, ana):
        ana.client.force_login(world.member_user)
        answers = [ana.post("claim-card", {"card": "ABCDEFGHJKLM"}).status_code for _ in range(11)]
        assert answers == [422] * 10 + [429]
        card = open_account(business=world.business, at=NOW)
        assert ana.post("claim-card", {"card": card.card_code}).status_code == 429
        assert Member.objects.get(pk=world.member.pk).account == world.member.account
