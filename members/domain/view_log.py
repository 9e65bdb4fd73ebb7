"""Noting who looked at members' personal data."""

from datetime import datetime

from loyalty.models import Business, User
from members.models import Member, ViewLog


def log_view(
    *, member: Member | None, user: User, business: Business | None, page: str, rows: int = 1, at: datetime
) -> ViewLog | None:
    """Note that somebody of the staff saw one member's data, or a list of rows members when member is None.

    page is the name of the address, for example "members:console-member". A list without anybody on it, and members
    who look at themselves, are not noted.
    """
    if rows == 0 or (member is not None and member.user_id == user.pk):
        return None
    return ViewLog.objects.create(business=business, member=member, user=user, page=page[:120], rows=rows, at=at)
