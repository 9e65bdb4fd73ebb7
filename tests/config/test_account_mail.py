"""What log-ins are written goes through the outbox: no request waits for a mail server, or tells who is known."""

import re
from pathlib import Path
from unittest import mock

import allauth
import pytest
from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.context import request_context
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from config import letters
from config.accounts import AccountAdapter
from loyalty.models import MessagePriority, OutboxMessage, User
from tests.journeys.people import mailed_code

pytestmark = pytest.mark.django_db

NOWHERE = {"default": {"BACKEND": "tests.config.test_account_mail.Nowhere"}}
PASSWORDS = re.compile(r"password|socialaccount")


class Nowhere:
    """A mailer that nobody may ask in a request."""

    def __init__(self, **options: object) -> None:
        raise AssertionError("a request has opened a connection to the mail server")


@pytest.fixture(autouse=True)
def _nobody_mails_in_a_request(settings) -> None:
    settings.MAILERS = NOWHERE


@pytest.fixture
def owner() -> User:
    user = User.objects.create_user("olga@example.com")
    user.emailaddress_set.create(email=user.email, verified=True, primary=True)
    return user


def queued() -> list[tuple[str, str, int, bool]]:
    return list(OutboxMessage.objects.order_by("pk").values_list("purpose", "recipient", "priority", "is_secret"))


def ask(client: Client, name: str, email: str):
    return client.post(reverse(name), {"login" if name == "account_login" else "email": email})


CONTEXT = {
    "code": "ABC-DEF", "email": "o@example.com", "from_email": "o@example.com", "to_email": "new@example.com",
    "deleted_email": "o@example.com", "timestamp": timezone.now(), "ip": "203.0.113.7", "user_agent": "Firefox/1 Linux",
}  # fmt: skip
CODE = MessagePriority.CODE


@pytest.mark.parametrize("door", ["account_login", "account_request_login_code"])
def test_a_log_in_is_answered_and_its_code_is_queued(client: Client, owner: User, door: str):
    answer = ask(client, door, owner.email)
    assert (answer.status_code, answer.url) == (302, reverse("account_confirm_login_code"))
    assert queued() == [("account.login_code", owner.email, CODE, True)]


def test_the_code_that_was_queued_signs_in(client: Client, owner: User):
    ask(client, "account_login", owner.email)
    client.post(reverse("account_confirm_login_code"), {"code": mailed_code()})
    assert client.session["_auth_user_id"] == str(owner.pk)


def test_without_the_outbox_a_log_in_hangs_on_the_mail_server(client: Client, owner: User):
    with (
        mock.patch.object(AccountAdapter, "send_mail", DefaultAccountAdapter.send_mail),
        pytest.raises(AssertionError, match="opened a connection"),
    ):
        ask(client, "account_login", owner.email)


@pytest.mark.parametrize(
    ("door", "email", "purpose"),
    [
        ("account_login", "nobody@example.com", "account.unknown_account"),
        ("account_signup", "nobody@example.com", "account.email_confirmation_signup"),
        ("account_signup", "olga@example.com", "account.account_already_exists"),
    ],
)
def test_who_is_not_sent_a_code_is_written_in_the_same_way(client: Client, owner: User, door, email, purpose):
    assert ask(client, door, email).status_code == 302
    assert queued() == [(purpose, email, CODE, True)]
    message = OutboxMessage.objects.get()
    assert (message.expires_at - message.created_at).total_seconds() == 600


@pytest.mark.parametrize("prefix", sorted(letters.CHANGES))
def test_a_change_of_an_account_is_told_by_the_outbox(owner: User, rf, prefix: str):
    request = rf.get("/")
    with request_context(request):
        AccountAdapter(request).send_notification_mail(prefix, owner, CONTEXT)
    purpose = f"account.{prefix.rpartition('/')[2]}"
    assert queued() == [(purpose, owner.email, MessagePriority.NORMAL, True)]


def prefixes() -> set[str]:
    """Return the mails that the installed allauth can send, by the names in its source; not those of passwords."""
    folder = Path(allauth.__file__).parent
    sources = [file.read_text() for file in folder.rglob("*.py") if "tests" not in file.parts]
    found = {name for source in sources for name in re.findall(r'"((?:account|mfa)/email/\w+)"', source)}
    return {name for name in found if not PASSWORDS.search(name)}


def test_there_are_words_of_our_own_for_each_mail_of_allauth():
    """The change of an address is told by letters that can undo it: config/safe_log_ins.py."""
    assert prefixes() - {"account/email/email_changed"} == {*letters.CODES, *letters.ANSWERS, *letters.CHANGES}


@pytest.mark.parametrize("prefix", sorted({*letters.CODES, *letters.ANSWERS, *letters.CHANGES}))
def test_each_mail_says_it_in_text_and_html(prefix: str):
    letter = letters.account_mail(prefix, CONTEXT)
    assert letter is not None
    assert letter.subject
    assert "\n" not in letter.subject
    for text in (letter.subject, letter.body, letter.html):
        assert "%(" not in text
        assert "{{" not in text
    assert ("ABC-DEF" in letter.body, "ABC-DEF" in letter.html) == (prefix in letters.CODES,) * 2


def test_an_address_cannot_write_html_into_a_mail():
    letter = letters.account_mail("account/email/unknown_account", {**CONTEXT, "email": "<b>@example.com"})
    assert letter is not None
    assert "<b>@" not in letter.html
    assert "<b>@example.com" in letter.body


def test_a_mail_without_words_of_ours_is_queued_in_those_of_allauth(owner: User, rf):
    request = rf.get("/")
    with request_context(request), translation.override("en"):
        AccountAdapter(request).send_notification_mail("account/email/password_changed", owner)
    message = OutboxMessage.objects.get()
    assert (message.purpose, message.priority) == ("account.password_changed", MessagePriority.NORMAL)
    assert message.body
