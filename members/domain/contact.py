"""Proving that an e-mail address or a phone number is somebody's own: a six-digit code goes there and comes back."""

import secrets
import unicodedata
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.crypto import constant_time_compare, salted_hmac

from loyalty.domain import outbox, tries
from loyalty.domain.outbox import Letter
from loyalty.models import Business, MessageChannel
from members.models import ContactCode

GOOD_FOR = timedelta(minutes=10)
TRIES = 5
CODES_PER_HOUR = 3
KEPT = timedelta(days=1)
PURPOSES = "contact."
"""What the purposes of the messages start with that hold a code."""


class ContactError(Exception):
    """An address is not proven."""


class TooManyCodes(ContactError):
    """Three codes went to this address within an hour; nothing was sent."""


class WrongCode(ContactError):
    """The code is another one; left is how many tries there are still."""

    def __init__(self, left: int) -> None:
        super().__init__(f"{left} tries left")
        self.left = left


class CodeGone(ContactError):
    """The code was used, is older than ten minutes, or was tried too often: a new one is needed."""


@transaction.atomic
def send_code(
    *,
    business: Business,
    channel: MessageChannel,
    address: str,
    purpose: str,
    write: Callable[[str], Letter],
    at: datetime,
) -> ContactCode:
    """Send a code to an address and keep its digest; write makes the letter of it.

    The same happens for every address, whoever it belongs to. Locks the count of its codes. Raises TooManyCodes.
    """
    tries.count(name="contact.code", who=f"{channel}:{address}", seconds=3600, at=at)  # codes are asked for one by one
    recent = ContactCode.objects.filter(channel=channel, address=address, sent_at__gt=at - timedelta(hours=1))
    if recent.count() >= CODES_PER_HOUR:
        raise TooManyCodes
    code = f"{secrets.randbelow(1_000_000):06}"
    sent = ContactCode(
        business=business, channel=channel, address=address, purpose=purpose, sent_at=at, expires_at=at + GOOD_FOR
    )
    sent.code_digest = _digest(sent, code)
    sent.save()
    sent.message = outbox.queue_code(
        business=business,
        channel=channel,
        recipient=address,
        letter=write(code),
        purpose=PURPOSES + purpose,
        expires_at=sent.expires_at,
        at=at,
    ).public_id
    return sent


def use_code(*, code_id: int, typed: str, at: datetime) -> ContactCode:
    """Take a code that came back, once; every try counts, also the one that fails. Locks the code.

    Raises WrongCode, CodeGone.
    """
    with transaction.atomic():
        sent = ContactCode.objects.select_for_update(of=("self",)).filter(pk=code_id).first()
        if sent is None or sent.used_at or sent.expires_at <= at or sent.attempts >= TRIES:
            raise CodeGone
        sent.attempts += 1
        if constant_time_compare(sent.code_digest, _digest(sent, plain_digits(typed))):
            sent.used_at = at
        sent.save(update_fields=["attempts", "used_at"])
    if sent.used_at is None:
        raise WrongCode(TRIES - sent.attempts)
    return sent


def clean(*, at: datetime) -> int:
    """Delete codes of yesterday and before: they hold addresses. Return how many.

    What the message said is forgotten as soon as its code is dead.
    """
    outbox.forget(purposes=PURPOSES, before=at - GOOD_FOR)
    return ContactCode.objects.filter(sent_at__lt=at - KEPT).delete()[0]


def plain_digits(typed: str) -> str:
    """Return a typed code as its digits alone, whatever stands between them and in whatever script."""
    return "".join(str(unicodedata.digit(char)) for char in unicodedata.normalize("NFKC", typed[:40]) if char.isdigit())


def _digest(sent: ContactCode, code: str) -> str:
    """Return what is stored of a code: it means nothing without the secret key, and for another address."""
    text = f"{sent.channel}:{sent.address}:{sent.purpose}:{sent.sent_at.isoformat()}:{code}"
    return salted_hmac("members.contact", text, algorithm="sha256").hexdigest()
