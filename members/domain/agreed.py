"""Taking away the list of those who agreed."""

from datetime import datetime

from django.db import transaction

from loyalty.domain import audit
from loyalty.domain.actors import Actor
from members.domain.consent import NotAsked
from members.domain.view_log import log_view
from members.models import Purpose
from members.queries import agreed
from members.queries.agreed import Agreed

PAGE = "members:console-agreed"


@transaction.atomic
def take_list(*, purpose: Purpose, channel: str, by: Actor, at: datetime) -> list[Agreed]:
    """Return who agreed to a purpose on one of its channels, and note that by took the list and how long it is.

    Raises NotAsked where the purpose has no such channel, or no use.
    """
    assert by.user is not None
    if channel not in purpose.channels or not purpose.is_asked or not purpose.use:
        raise NotAsked
    found = agreed.agreed(purpose, channel)
    log_view(member=None, user=by.user, business=purpose.business, page=PAGE, rows=len(found), at=at)
    data = {"channel": channel, "rows": len(found)}
    audit.record(verb="purpose.agreed_listed", by=by, at=at, business=purpose.business, obj=purpose, **data)
    return found
