"""What members change of themselves."""

from datetime import datetime

from django.db import IntegrityError, transaction

from loyalty.domain import audit
from loyalty.domain.actors import Actor
from loyalty.models import User
from members.engine.names import folded
from members.models import Member


class PhoneTaken(Exception):
    """Another member of the business has this number; nothing was written."""


@transaction.atomic
def change(*, member: Member, name: str, language: str, by: Actor, at: datetime) -> Member:
    """Change what a member is called and spoken to in. The audit names the fields, not what is in them."""
    row = Member.objects.select_for_update(of=("self",)).get(pk=member.pk)
    changed = [field for field, value in (("name", name), ("language", language)) if getattr(row, field) != value]
    if changed:
        row.name, row.search_name, row.language = name, folded(name)[:80], language
        row.save(update_fields=["name", "search_name", "language"])
        audit.record(verb="member.changed", by=by, at=at, business=row.business, obj=row, fields=changed)
    return row


@transaction.atomic
def be_warned(*, member: Member, wanted: bool, by: Actor, at: datetime) -> Member:
    """Choose whether a member is told by mail before something runs out. Choosing the same twice changes nothing."""
    row = Member.objects.select_for_update(of=("self",)).get(pk=member.pk)
    if row.is_warned != wanted:
        row.is_warned = wanted
        row.save(update_fields=["is_warned"])
        audit.record(verb="member.changed", by=by, at=at, business=row.business, obj=row, fields=["is_warned"])
    return row


@transaction.atomic
def keep_phone(*, member: Member, phone: str, by: Actor, at: datetime) -> Member:
    """Keep a phone number (E.164) that was just proven to be the member's own. Raises PhoneTaken."""
    row = Member.objects.select_for_update(of=("self",)).get(pk=member.pk)
    row.phone, row.phone_tail, row.phone_confirmed_at = phone, phone[-4:], at
    try:
        with transaction.atomic():
            row.save(update_fields=["phone", "phone_tail", "phone_confirmed_at"])
    except IntegrityError:
        raise PhoneTaken from None
    audit.record(verb="member.phone_confirmed", by=by, at=at, business=row.business, obj=row)
    return row


@transaction.atomic
def forget_phone(*, member: Member, by: Actor, at: datetime) -> Member:
    """Forget a member's phone number. Forgetting twice changes nothing."""
    row = Member.objects.select_for_update(of=("self",)).get(pk=member.pk)
    if row.phone:
        row.phone, row.phone_tail, row.phone_confirmed_at = "", "", None
        row.save(update_fields=["phone", "phone_tail", "phone_confirmed_at"])
        audit.record(verb="member.phone_removed", by=by, at=at, business=row.business, obj=row)
    return row


@transaction.atomic
def follow_log_in(*, user: User, before: str, after: str, by: Actor, at: datetime) -> int:
    """Let the memberships that had a log-in's old address have its new one, which is proven; return how many.

    A business in which another member has the new address is left alone.
    """
    followed = 0
    for row in Member.objects.select_for_update(of=("self",)).filter(user=user, email=before).order_by("pk"):
        row.email, row.email_confirmed_at = after, at
        try:
            with transaction.atomic():
                row.save(update_fields=["email", "email_confirmed_at"])
        except IntegrityError:
            continue
        audit.record(verb="member.changed", by=by, at=at, business=row.business, obj=row, fields=["email"])
        followed += 1
    return followed
