"""Codes that prove an address: how long they are good, how often they may be tried, how many are sent."""

import re
from datetime import timedelta

import pytest

from loyalty.domain.outbox import Letter
from loyalty.models import Business, MessageChannel, MessagePriority, OutboxMessage, StaffRole
from members.domain import contact
from members.models import ContactCode
from tests.world import NOW, make_user, open_shop


@pytest.fixture
def shop(role: StaffRole) -> Business:
    return role.business


def send(shop: Business, address: str = "ana@example.com", at=NOW) -> tuple[ContactCode, str]:
    """Send a code and read it off the letter."""
    sent = contact.send_code(
        business=shop, channel=MessageChannel.EMAIL, address=address, purpose="join",
        write=lambda code: Letter(body=code, subject="Your code"), at=at,
    )  # fmt: skip
    return sent, OutboxMessage.objects.latest("pk").body


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


def test_a_code_goes_out_and_only_its_digest_stays(shop):
    sent, code = send(shop)
    assert len(code) == 6
    assert code.isdigit()
    assert code not in sent.code_digest
    assert len(sent.code_digest) == 64


def test_a_code_leaves_before_all_else_and_not_after_it_is_dead(shop):
    sent, _ = send(shop)
    message = OutboxMessage.objects.get(public_id=sent.message)
    assert (message.priority, message.is_secret) == (MessagePriority.CODE, True)
    assert message.expires_at == sent.expires_at


def test_a_code_is_taken_once(shop):
    sent, code = send(shop)
    assert contact.use_code(code_id=sent.pk, typed=code, at=NOW).used_at == NOW
    with pytest.raises(contact.CodeGone):
        contact.use_code(code_id=sent.pk, typed=code, at=NOW)


@pytest.mark.parametrize("form", ["{0}{1}{2} {3}{4}{5}", " {0}-{1}-{2}-{3}-{4}-{5}\n"])
def test_spaces_and_hyphens_do_not_matter(shop, form):
    sent, code = send(shop)
    contact.use_code(code_id=sent.pk, typed=form.format(*code), at=NOW)


def test_digits_of_another_script_are_digits():
    assert contact.plain_digits("\uff11\uff12\uff13 \u0664\u0665\u0666") == "123456"


def test_a_code_is_good_for_ten_minutes(shop):
    sent, code = send(shop)
    with pytest.raises(contact.CodeGone):
        contact.use_code(code_id=sent.pk, typed=code, at=NOW + timedelta(minutes=10))
    contact.use_code(code_id=sent.pk, typed=code, at=NOW + timedelta(minutes=10, microseconds=-1))


def test_five_wrong_tries_and_the_code_is_gone(shop):
    sent, code = send(shop)
    for left in (4, 3, 2, 1, 0):
        with pytest.raises(contact.WrongCode) as refused:
            contact.use_code(code_id=sent.pk, typed=wrong(code), at=NOW)
        assert refused.value.left == left
    with pytest.raises(contact.CodeGone):
        contact.use_code(code_id=sent.pk, typed=code, at=NOW)
    sent.refresh_from_db()
    assert (sent.attempts, sent.used_at) == (5, None)


def test_three_codes_an_hour_go_to_one_address_whatever_the_shop(shop):
    sol = open_shop(make_user("ray"), "Salon Sol", "sol").business
    send(shop)
    send(sol)
    send(shop, at=NOW + timedelta(minutes=30))
    with pytest.raises(contact.TooManyCodes):
        send(sol, at=NOW + timedelta(minutes=59))
    assert (ContactCode.objects.count(), OutboxMessage.objects.count()) == (3, 3)
    send(shop, "bob@example.com")
    send(sol, at=NOW + timedelta(hours=1))


def test_an_unknown_code_is_gone(shop):
    with pytest.raises(contact.CodeGone):
        contact.use_code(code_id=12345, typed="123456", at=NOW)


def test_what_a_message_said_is_forgotten_with_its_code(shop):
    send(shop)
    contact.clean(at=NOW + contact.GOOD_FOR)
    assert re.search(r"[0-9]{6}", OutboxMessage.objects.get().body)
    contact.clean(at=NOW + contact.GOOD_FOR + timedelta(seconds=1))
    message = OutboxMessage.objects.get()
    assert (message.subject, message.body, message.html, message.headers) == ("", "", "", {})


def test_codes_are_not_kept(shop):
    send(shop)
    send(shop, "bob@example.com", at=NOW + timedelta(hours=25))
    assert contact.clean(at=NOW + timedelta(hours=26)) == 1
    assert ContactCode.objects.get().address == "bob@example.com"
