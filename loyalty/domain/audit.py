"""The record of acts that give value or use a privilege."""

from datetime import datetime
from typing import Any

from django.db.models import Model

from loyalty.domain.actors import Actor
from loyalty.models import AuditEvent, Business


def record(
    *, verb: str, by: Actor, at: datetime, business: Business | None, obj: Model | None = None, **data: Any
) -> AuditEvent:
    """Write one audit event in the caller's transaction.

    verb is "<topic>.<past participle>", for example "reward.redeemed". data must be JSON-ready and
    must hold ids and numbers only, never a name or an address of a member.
    """
    return AuditEvent.objects.create(
        business=business,
        at=at,
        verb=verb,
        user=by.user,
        staff=by.staff,
        channel=by.channel,
        object_type=obj._meta.model_name or "" if obj else "",
        object_id=str(obj.pk) if obj else "",
        data=data,
    )
