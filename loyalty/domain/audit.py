"""The record of acts that give value or use a privilege."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db.models import Model
from django.db.models.fields.files import FieldFile

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


def changes(row: Model, values: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Return, by column, what a row says and what it is about to say, where the two differ; ready for the data.

    Not for columns that hold a person's name or address: the audit is for ever.
    """
    found = {name: [_plain(getattr(row, name)), _plain(value)] for name, value in values.items()}
    return {name: change for name, change in found.items() if change[0] != change[1]}


def _plain(value: Any) -> Any:
    """Return a value as JSON has it: moments and days as text, a row by what it is called, a picture by its place."""
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, Model):
        return str(value)
    if isinstance(value, FieldFile) or hasattr(value, "chunks"):
        return value.name or ""
    return value
