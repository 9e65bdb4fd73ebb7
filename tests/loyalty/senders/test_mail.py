"""What a mail server says decides whether a mail has left, is tried again, or never can leave."""

import smtplib
import socket
from datetime import UTC, datetime

import pytest

from loyalty import senders
from loyalty.domain import outbox
from loyalty.domain.outbox import Letter
from loyalty.models import OutboxMessage
from tests.smtp import HOST, Mailbox, mail_server

pytestmark = pytest.mark.django_db

AT = datetime(2026, 3, 10, 9, 30, tzinfo=UTC)


@pytest.fixture
def message() -> OutboxMessage:
    letter = Letter("Hello.", subject="Hello", html="<p>Hello.</p>")
    return outbox.queue(business=None, recipient="mia@example.com", letter=letter, purpose="test.hello", at=AT)


def test_a_mail_leaves(message, settings):
    with mail_server() as server:
        settings.MAILERS = server.settings()
        senders.send(message)
    (taken,) = server.mails
    assert f"Message-ID: <{message.public_id}@localhost>".encode() in taken


@pytest.mark.parametrize(
    ("verb", "line"),
    [("RCPT", b"550 5.1.1 no such user"), ("RCPT", b"553 mailbox name not allowed"), ("RCPT", b"550 unknown")],
)
def test_an_address_that_is_refused_for_good_is_told_from_a_server_that_refuses(message, settings, verb, line):
    with mail_server(**{verb: line}) as server:
        settings.MAILERS = server.settings()
        with pytest.raises(senders.RecipientRefused) as refused:
            senders.send(message)
    assert refused.value.args == ()


@pytest.mark.parametrize(
    ("verb", "line", "error"),
    [
        ("greeting", b"554 not today", smtplib.SMTPConnectError),
        ("greeting", b"421 busy", smtplib.SMTPConnectError),
        ("MAIL", b"550 who are you", smtplib.SMTPSenderRefused),
        ("RCPT", b"450 4.2.1 greylisted", smtplib.SMTPRecipientsRefused),
        ("RCPT", b"550 5.7.1 relaying denied", smtplib.SMTPRecipientsRefused),
        ("DATA", b"451 no room", smtplib.SMTPDataError),
        ("end", b"554 5.7.1 spam", smtplib.SMTPDataError),
    ],
)
def test_what_the_operator_or_time_can_change_is_tried_again(message, settings, verb, line, error):
    with mail_server(**{verb: line}) as server:
        settings.MAILERS = server.settings()
        with pytest.raises(error):
            senders.send(message)
    assert server.mails == []


def test_a_server_that_is_down_is_tried_again(message, settings):
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        nobody = Mailbox(port=probe.getsockname()[1])
        settings.MAILERS = nobody.settings()
        with pytest.raises(ConnectionRefusedError):
            senders.send(message)


def test_a_server_that_does_not_answer_is_given_up(message, settings):
    with mail_server(greets_after=60.0) as server:
        settings.MAILERS = server.settings()
        settings.MAILERS["default"]["OPTIONS"]["timeout"] = 0.05
        with pytest.raises(smtplib.SMTPServerDisconnected):
            senders.send(message)
