"""A page with a code field says how far the code is, with and without JavaScript, and never who has an account."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from loyalty.domain import jobs, outbox
from loyalty.models import OutboxMessage, User
from loyalty.queries.messages import DISPATCHER, Progress

pytestmark = pytest.mark.django_db

TOKENS = re.compile(r"""value="[^"]*"|hx-headers='[^']*'""")
SEEN = re.compile(r'data-progress="(\w+)"')


@pytest.fixture(autouse=True)
def owner(db) -> User:
    jobs.beat(name=DISPATCHER, at=timezone.now())
    user = User.objects.create_user("olga@example.com")
    user.emailaddress_set.create(email=user.email, verified=True, primary=True)
    return user


def sign_in(client: Client, email: str) -> str:
    return client.post(reverse("account_login"), {"login": email}, follow=True).text


def seen(page: str) -> list[str]:
    return SEEN.findall(page)


def asked(client: Client, shown: str = "") -> tuple[int, list[str]]:
    answer = client.get(reverse("loyalty:code-progress"), {"shown": shown})
    return answer.status_code, seen(answer.text)


def fail(message: OutboxMessage) -> None:
    outbox.note_refused(message=message)


def send(message: OutboxMessage) -> None:
    outbox.note_sent(message=message, at=timezone.now())


def test_the_page_itself_says_it_and_a_reload_says_what_came_of_it(client: Client, owner: User):
    assert seen(sign_in(client, owner.email)) == [Progress.QUEUED]
    send(OutboxMessage.objects.get())
    assert seen(client.get(reverse("account_confirm_login_code")).text) == [Progress.SENT]


def test_the_page_asks_until_the_code_has_left(client: Client, owner: User):
    assert 'hx-trigger="every 2s"' in sign_in(client, owner.email)
    assert asked(client, "queued") == (204, [])
    send(OutboxMessage.objects.get())
    assert asked(client, "queued") == (200, ["sent"])
    assert "hx-trigger" not in client.get(reverse("loyalty:code-progress")).text


def test_after_thirty_seconds_it_is_late_and_says_what_to_do(client: Client, owner: User):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        sign_in(client, owner.email)
        clock.shift(timedelta(seconds=30))
        answer = client.get(reverse("loyalty:code-progress"), {"shown": "queued"})
    assert seen(answer.text) == ["late"]
    assert 'form="logout-from-stage"' in answer.text


def test_no_log_in_waits_in_silence_while_the_worker_is_down(client: Client, owner: User):
    jobs.beat(name=DISPATCHER, at=timezone.now() - timedelta(minutes=1))
    assert 'class="notice warn"' in client.get(reverse("account_login")).text
    assert seen(sign_in(client, owner.email)) == [Progress.LATE]


def test_while_mail_leaves_the_log_in_page_warns_of_nothing(client: Client):
    assert 'class="notice warn"' not in client.get(reverse("account_login")).text


def test_who_asked_for_nothing_is_told_nothing(client: Client, owner: User):
    assert asked(client) == (200, [])
    sign_in(Client(), owner.email)
    assert asked(client) == (200, [])


@pytest.mark.parametrize("became", [send, fail, lambda message: None])
def test_it_does_not_tell_who_has_an_account(owner: User, became):
    shown = []
    for email in (owner.email, "nobody@example.com"):
        client = Client()
        page = sign_in(client, email)
        became(OutboxMessage.objects.get(recipient=email))
        later = client.get(reverse("loyalty:code-progress")).text
        shown.append([TOKENS.sub("", text).replace(email, "") for text in (page, later)])
    assert shown[0] == shown[1]
