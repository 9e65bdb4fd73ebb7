"""How long what ran out can be given again."""

from datetime import date, datetime, timedelta
from uuid import UUID

from loyalty.engine.days import local_day
from loyalty.models import Business, Posting, PostingKind


def reinstatable_through(expired: Posting, business: Business) -> date:
    """Return the last day, in the business's zone, on which what an expiry took can be given again.

    So many days as the business allows after the last good day; with none it is that day itself, and thus past.
    """
    last_good_day = local_day(expired.at, business.time_zone) - timedelta(days=1)
    return last_good_day + timedelta(days=business.reinstate_days)


def can_be_given_again(posting: Posting, business: Business, at: datetime) -> bool:
    """Return whether a posting is an expiry that was not given again and still may be. Asks for its reversals."""
    if posting.kind != PostingKind.EXPIRY or any(e.kind == PostingKind.REINSTATE for e in posting.reversals.all()):
        return False
    return local_day(at, business.time_zone) <= reinstatable_through(posting, business)


def expiry_at(business: Business, public_id: UUID) -> Posting | None:
    """Return the posting of an open account of the business that let something run out. Three queries at most."""
    return (
        Posting.objects.filter(business=business, public_id=public_id, kind=PostingKind.EXPIRY, account__closed_at=None)
        .select_related("account__business", "account__member", "account__merged_into__member")
        .prefetch_related("entries__unit", "reversals")
        .first()
    )
