"""Noting who looked at members' personal data."""

import logging
from datetime import datetime

from django.db import OperationalError

from loyalty.models import Business, User
from members.models import Member, ViewLog

logger = logging.getLogger(__name__)


def log_view(
    *, member: Member | None, user: User, business: Business | None, page: str, rows: int = 1, at: datetime
) -> ViewLog | None:
    """Note that somebody of the staff saw one member's data, or a list of rows members when member is None.

    page is the name of the address, for example "members:console-member". A list without anybody on it, and members
    who look at themselves, are not noted. Where the database cannot write, on a full disk for example, the page is
    shown all the same, and a line of the site's log says who saw whom, by their ids.
    """
    if rows == 0 or (member is not None and member.user_id == user.pk):
        return None
    try:
        return ViewLog.objects.create(business=business, member=member, user=user, page=page[:120], rows=rows, at=at)
    except OperationalError:
        seen = member.pk if member else None
        logger.exception(
            "not written: user %s saw member %s (%s rows) on %s at %s", user.pk, seen, rows, page[:120], at
        )
        return None
