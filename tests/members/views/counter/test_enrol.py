"""Enrolling at the till, as without JavaScript."""

import pytest

from loyalty.domain.accounts import open_account
from loyalty.engine import codes
from members.models import ConsentEvent, Member
from members.queries.consent import questions
from tests.members.counter import Till, rows, words
from tests.pages import alerts, has_summary, links, refused, select, texts, value_of
from tests.world import NOW


def enrol(till: Till, name: str = "Ana Starr", contact: str = "ana@example.com", **more: str):
    return till.post("enrol", {"name": name, "contact": contact, **more})


@pytest.mark.parametrize(
    ("contact", "email", "phone"),
    [("Ana@Example.com", "ana@example.com", ""), ("+372 5551-2367", "", "+37255512367")],
)
def test_a_name_and_one_address_and_the_member_is_there(till: Till, contact, email, phone):
    response = enrol(till, contact=contact)
    member = Member.objects.get(name="Ana Starr")
    assert (member.email, member.phone, member.source) == (email, phone, "counter")
    assert response.url == till.url("member", account=member.account.public_id)


def test_who_is_new_is_welcomed(till: Till):
    response = enrol(till)
    assert (alerts(response), texts(till.client.get(response.url), "[data-toast] p")) == (
        ["success"], ["Welcome, Ana Starr!"],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ({"name": ""}, "required"),
        ({"name": "x" * 81}, "max_length"),
        ({"contact": ""}, "required"),
        ({"contact": "ana"}, "invalid"),
        ({"contact": "ana@"}, "invalid"),
        ({"contact": "12"}, "invalid"),
        ({"name": "Ana\0"}, "null_characters_not_allowed"),
        ({"card": "ABCD"}, "invalid"),
    ],
)
def test_a_refusal_names_the_field_and_changes_nothing(till: Till, typed: dict[str, str], code: str):
    before = rows()
    response = enrol(till, **typed)
    assert (response.status_code, rows()) == (422, before)
    assert (refused(response), has_summary(response)) == ({field: [code] for field in typed}, True)
    assert len(select(response, "ul.field-errors li")) == 1


@pytest.mark.parametrize("typed", [{"contact": "12"}, {"name": "x" * 81}, {"card": "ABCD"}])
def test_a_refusal_keeps_what_was_typed(till: Till, typed: dict[str, str]):
    response = enrol(till, **typed)
    kept = {"name": "Ana Starr", "contact": "ana@example.com", "card": None} | typed
    assert {field: value_of(response, field) for field in kept} == kept


def test_who_is_a_member_already_is_shown(till: Till):
    before = rows()
    response = enrol(till, "Mia", till.world.member.email.upper())
    assert response.url == till.url("member", account=till.world.member.account.public_id)
    assert rows() == before
    assert "Mia Moon is a member already." in words(till.client.get(response.url))


def test_somebody_elses_member_is_no_obstacle_and_is_not_told(till: Till):
    response = enrol(till, "Nora", till.world.other_member.email)
    assert response.status_code == 302
    assert Member.objects.filter(email=till.world.other_member.email).count() == 2


class TestCards:
    def test_a_card_without_a_name_gets_one(self, till: Till):
        account = open_account(business=till.world.business, at=NOW)
        page = till.client.get(till.url("enrol") + f"?account={account.public_id}")
        assert value_of(page, "card") == codes.grouped(account.card_code)
        enrol(till, card=codes.grouped(account.card_code).lower())
        assert Member.objects.get(name="Ana Starr").account == account

    def test_a_card_of_somebody_is_refused(self, till: Till):
        before = rows()
        response = enrol(till, card=till.world.member.account.card_code)
        assert (response.status_code, rows()) == (422, before)
        assert "This card belongs to somebody already. Scan it to see whose it is." in words(response)

    @pytest.mark.parametrize("account", ["own", "foreign", "nonsense"])
    def test_an_address_names_only_a_card_that_waits_here(self, till: Till, account):
        members = {"own": till.world.member, "foreign": till.world.other_member}
        text = members[account].account.public_id if account in members else account
        page = till.client.get(till.url("enrol") + f"?account={text}")
        assert page.context["form"].initial == {}


class TestQuestions:
    @pytest.fixture
    def boxes(self, till: Till) -> dict[str, str]:
        return {question.channel: question.field_name for question in questions(till.world.business, "en")}

    def test_no_box_is_ticked(self, till: Till):
        boxes = select(till.get("enrol"), "input[type=checkbox]")
        assert ["checked" in box.attributes for box in boxes] == [False, False, False]

    def test_what_is_not_ticked_was_perhaps_not_asked(self, till: Till):
        enrol(till)
        assert ConsentEvent.objects.count() == 0

    def test_a_yes_waits_for_the_customer(self, till: Till, boxes):
        enrol(till, **{boxes["email"]: "on"})
        event = ConsentEvent.objects.get()
        assert (event.kind, event.actor, event.collection_method) == ("given", "staff", "counter")
        assert event.form_version.startswith("counter/enrol_card.html@")

    @pytest.mark.parametrize(
        ("contact", "channel", "said"),
        [
            ("ana@example.com", "sms", "There is no phone number for that."),
            ("+37255512367", "email", "There is no e-mail address to write to."),
        ],
    )
    def test_a_yes_to_messages_that_cannot_reach_anybody(self, till: Till, boxes, contact, channel, said):
        before = rows()
        response = enrol(till, contact=contact, **{boxes[channel]: "on"})
        assert (response.status_code, rows()) == (422, before)
        assert response.context["form"].errors == {boxes[channel]: [said]}

    def test_words_that_changed_meanwhile_are_not_answered(self, till: Till, boxes):
        before = rows()
        assert enrol(till, **{boxes["email"] + "9": "on"}).status_code == 422
        assert rows() == before


@pytest.mark.parametrize("found_nobody", [False, True])
def test_the_privacy_notice_is_a_link_and_a_code_for_the_customer(till: Till, settings, found_nobody):
    settings.BASE_URL = "https://shop.example"
    page = till.find("zoe") if found_nobody else till.get("enrol")
    assert "https://shop.example/luna/privacy/" in links(page)
    assert select(page, ".till-privacy .qr[role=img]")
