"""How somebody with a log-in is written to."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import translation

from loyalty.models import StaffRole, User


@dataclass(frozen=True, slots=True)
class Manner:
    """A language, and the zone in which moments are told."""

    language: str
    zone: ZoneInfo


def manner_of(user: User) -> Manner:
    """Return the person's own language, else that of the first business they work in, else the one that is active.

    The zone is that of the business, else the site's. One query.
    """
    rows = StaffRole.objects.filter(user=user, ended_at=None).select_related("business").order_by("pk")
    works_in = rows.first()
    theirs = works_in.business.language if works_in else ""
    language = user.language or theirs or translation.get_language() or settings.LANGUAGE_CODE
    return Manner(language, ZoneInfo(works_in.business.time_zone if works_in else settings.TIME_ZONE))
