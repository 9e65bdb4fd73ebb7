"""The proof of a consent: every fact that the docs name is there, and nothing of the person."""

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

from members.models import ConsentEvent, Member
from members.queries.receipts import acts, chain_faults, events_of, facts, member_with_proof, proof, receipt_of
from tests.members.asking import BOXES, FITTING, NEWS_MAIL, NEWS_SMS, answer, at_the_till
from tests.world import NOW, World

pytestmark = pytest.mark.django_db

DOCS = (Path(settings.BASE_DIR) / "docs" / "privacy.md").read_text()
ROW = re.compile(r"^\| `(\w+)` \| (M?) *\| (.+?) \| (.*?) *\|$", re.MULTILINE)
FACTS = {name: (bool(mandatory), kept, hashed) for name, mandatory, kept, hashed in ROW.findall(DOCS)}


@pytest.fixture
def world(world: World):
    at_the_till(world, {NEWS_MAIL: True, NEWS_SMS: False})
    answer(world.member, {NEWS_MAIL: True, FITTING: True})
    answer(world.member, dict.fromkeys(BOXES, False))
    return world


def recorded(event):
    """Return every documented fact of an event, from its hashed text and from its receipt."""
    (record,) = receipt_of([event])["consent_records"]
    purpose = record["purposes"][0]
    return facts(event) | {
        "created_at": receipt_of([event])["created_at"],
        "previous_hash": record["integrity"]["previous_hash"],
        "hash": record["integrity"]["hash"],
        "withdrawal_method": purpose["withdrawal_method"],
        "rights_url": purpose["privacy_rights"],
        "event_state": record["event"]["event_state"],
        "ip": event.ip,
        "user_agent": event.user_agent,
    }


def test_every_event_carries_every_mandatory_fact(world):
    mandatory = {name for name, (is_mandatory, _, _) in FACTS.items() if is_mandatory}
    assert len(mandatory) > 25
    for event in events_of(world.member):
        empty = {name for name in mandatory if recorded(event)[name] in ("", None, [])}
        assert empty == set()


def test_every_fact_that_is_recorded_is_documented_and_the_other_way_round(world):
    assert set(recorded(events_of(world.member).first())) == set(FACTS)


def test_the_docs_say_rightly_what_is_hashed(world):
    hashed = {name for name, (_, _, where) in FACTS.items() if where == "yes"}
    assert hashed == set(facts(events_of(world.member).first()))


def test_the_fields_that_the_docs_name_exist():
    for model, field in re.findall(r"`([A-Z]\w+)\.(\w+)`", " ".join(kept for _, kept, _ in FACTS.values())):
        app = "loyalty" if model in ("Business", "StaffRole") else "members"
        assert apps.get_model(app, model)._meta.get_field(field)


def test_every_column_of_an_event_is_documented():
    own = {field.name for field in ConsentEvent._meta.concrete_fields} - {
        "id",
        "business",
        "member",
        "purpose",
        "notice",
    }
    assert own == set(re.findall(r"`ConsentEvent\.(\w+)`", DOCS))


def test_nothing_of_the_person_is_hashed(world):
    member = Member.objects.get(pk=world.member.pk)
    for event in events_of(member):
        text = str(facts(event))
        assert "Mia" not in text
        assert "mia@example.com" not in text
        assert "203.0.113" not in text
        assert member.account.card_code not in text


def test_a_receipt(world):
    first = acts(world.member)[-1]
    receipt = receipt_of(first.events)
    assert receipt["@type"] == "dpv:ConsentReceipt"
    assert "Not a certified implementation" in receipt["note"]
    assert receipt["pii_principal_id"] == str(world.member.public_id)
    assert receipt["party_identification"] == [
        {
            "party_id": "luna",
            "party_role": "dpv:DataController",
            "party_name": "Café Luna",
            "party_address": "1 High Street",
            "party_contact": "hello@luna.example",
        },
        {"party_role": "dpv:DataProcessor", "party_name": "The operator of localhost"},
    ]
    given, refused = receipt["consent_records"]
    assert given["event"] == {
        "event_type": "given",
        "event_state": "dpv:ConsentGiven",
        "event_time": "2026-03-10T09:30:00+00:00",
        "utc_offset_minutes": 60,
        "entity_id": str(world.cashier_role.public_id),
        "actor": "staff",
        "evidence": "form-1",
    }
    assert given["purposes"][0]["pii_information"] == [
        {"pii_type": "pd:EmailAddress", "pii_optional": False, "sensitive_pii_category": False},
        {"pii_type": "pd:Name", "pii_optional": True, "sensitive_pii_category": False},
    ]
    assert given["purposes"][0]["withdrawal_method"] == "http://localhost:8000/luna/my/privacy/"
    assert given["privacy_notice"]["url"] == "http://localhost:8000/luna/privacy/1/"
    assert refused["integrity"]["previous_hash"] == given["integrity"]["hash"]


def test_acts_are_told_the_newest_first_and_a_yes_confirmed_at_once_is_one_line(world):
    told = [[(event.kind, event.channel) for event in act.lines] for act in acts(world.member)]
    assert told == [
        [("withdrawn", "email"), ("withdrawn", "none")],
        [("confirmed", "email"), ("confirmed", "none")],
        [("given", "email"), ("refused", "sms")],
    ]


def test_the_proof_of_one_member(world, django_assert_num_queries):
    member = member_with_proof(world.business, world.member.public_id)
    with django_assert_num_queries(1):
        found = proof(member)
    assert found["chain_faults"] == []
    assert len(found["receipts"]) == 3
    assert {origin["ip"] for origin in found["origins"]} == {"203.0.113.7"}
    assert [notice["version"] for notice in found["notices"]] == [1]
    assert "Café Luna runs a loyalty program." in found["notices"][0]["text"]


def test_the_proof_of_a_member_elsewhere_is_not_given(world):
    assert member_with_proof(world.other_business, world.member.public_id) is None


def test_one_members_chain_says_nothing_of_anothers(world):
    answer(world.other_member, {NEWS_MAIL: True}, at=NOW)
    assert chain_faults(events_of(world.other_member)) == []
    assert events_of(world.other_member).first().previous_hash == ""
