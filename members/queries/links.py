"""Signed links for people who are not logged in: they name a member and a channel, and nobody can make up another."""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.urls import reverse

from loyalty.models import Business
from members.engine.records import text_hash
from members.models import ConsentChannel, Member

PREFERENCES, CONFIRMATION = "members.preferences", "members.confirmation"
CONFIRM_WITHIN = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Linked:
    """Whom a link was made for, and the channel it was sent on."""

    member: Member
    channel: str


def token(member: Member, channel: str, kind: str = PREFERENCES) -> str:
    """Return what proves that a link was made for a member and a channel; one that confirms is for one address only."""
    return signing.dumps([str(member.public_id), channel, _mark(member, channel, kind)], salt=kind)


def _mark(member: Member, channel: str, kind: str) -> str:
    if kind != CONFIRMATION:
        return ""
    return text_hash(member.email if channel == ConsentChannel.EMAIL else member.phone)[:16]


def read_token(business: Business, text: str, kind: str = PREFERENCES) -> Linked | None:
    """Return whom a token was made for; None when it is not one of ours, too old, or of another business or kind.

    A link to preferences is good for ever, since it only takes back; one that confirms is good for seven days and as
    long as the address stays the same.
    """
    try:
        public_id, channel, mark = signing.loads(
            text, salt=kind, max_age=CONFIRM_WITHIN if kind == CONFIRMATION else None
        )
    except (signing.BadSignature, ValueError):
        return None
    member = Member.objects.filter(business=business, public_id=public_id, erased_at=None).first()
    return Linked(member, channel) if member and mark == _mark(member, channel, kind) else None


def preferences_url(member: Member, channel: str) -> str:
    """Return the link for the foot of every message on a channel: see the choices and take them back."""
    return _absolute("members:preferences", member, channel, PREFERENCES)


def unsubscribe_headers(member: Member, channel: str) -> dict[str, str]:
    """Return the two headers that let a mail program unsubscribe with one click (RFC 8058)."""
    url = _absolute("members:unsubscribe", member, channel, PREFERENCES)
    return {"List-Unsubscribe": f"<{url}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}


def confirmation_url(member: Member, channel: str) -> str:
    """Return the link by which a member confirms what was noted for a channel."""
    return _absolute("members:consent-confirm", member, channel, CONFIRMATION)


def _absolute(name: str, member: Member, channel: str, kind: str) -> str:
    kwargs = {"business": member.business.slug, "token": token(member, channel, kind)}
    return f"{settings.BASE_URL}{reverse(name, kwargs=kwargs)}"
