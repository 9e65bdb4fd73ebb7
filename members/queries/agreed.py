"""Who agreed to a purpose: the list for what the business does with it outside of Regulars."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet

from loyalty.engine import codes
from members.models import ConsentChannel, ConsentEvent, ConsentEventKind, Purpose
from members.queries.consent import reachable


@dataclass(frozen=True, slots=True)
class Agreed:
    """A member whose yes holds: name, where to write (a card number where the purpose needs no address), since when."""

    name: str
    reach: str
    since: datetime


def agreed(purpose: Purpose, channel: str) -> list[Agreed]:
    """Return who agreed to a purpose on a channel by confirmed consent and can be reached there, by name. One query.

    Nobody who took it back, has not confirmed it, was erased, or whose address is not proven.
    """
    return [
        Agreed(event.member.name, _reach(event), event.at)
        for event in _standing(purpose, channel).order_by("member__search_name", "member")
        if reachable(event.member, channel)
    ]


def _standing(purpose: Purpose, channel: str) -> QuerySet[ConsentEvent]:
    """Return the last answer of each member to a purpose on a channel where it is a confirmed yes."""
    later = ConsentEvent.objects.filter(
        member=OuterRef("member"), purpose=OuterRef("purpose"), channel=OuterRef("channel"), pk__gt=OuterRef("pk")
    )
    rows = ConsentEvent.objects.filter(
        ~Exists(later), purpose=purpose, channel=channel, kind=ConsentEventKind.CONFIRMED, member__erased_at=None,
        member__account__closed_at=None,
    )  # fmt: skip
    return rows.select_related("member__account")


def _reach(event: ConsentEvent) -> str:
    if event.channel == ConsentChannel.EMAIL:
        return event.member.email
    if event.channel in (ConsentChannel.SMS, ConsentChannel.PHONE):
        return event.member.phone
    return codes.grouped(event.member.account.card_code)
