"""Acts on redemptions and vouchers as the activity log tells them: whose, which reward, before and after, and why."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from loyalty.activity import Told
from loyalty.engine import codes
from loyalty.engine.amounts import format_units
from loyalty.models import AuditEvent, Business
from loyalty.queries.explain import quantity_in_words
from loyalty.queries.reasons import locale
from members.engine import names
from members.queries.till import owner_of
from rewards.models import Redemption, RedemptionUndo, VoucherState


def of_redemptions(business: Business, events: Sequence[AuditEvent]) -> Mapping[int, Told]:
    """Tell of acts on redemptions, by the primary keys of the acts. Two queries at most."""
    rows = _redemptions(business).in_bulk({int(event.object_id) for event in events})
    return _told(events, rows)


def of_vouchers(business: Business, events: Sequence[AuditEvent]) -> Mapping[int, Told]:
    """Tell of acts on vouchers likewise. Two queries at most."""
    rows = _redemptions(business).filter(voucher__in={int(event.object_id) for event in events})
    return _told(events, {row.voucher.pk: row for row in rows})


def _redemptions(business: Business) -> Any:
    related = ("voucher", "reward__unit", "account__member")
    return Redemption.objects.filter(business=business).select_related(*related)


def _told(events: Sequence[AuditEvent], rows: Mapping[int, Redemption]) -> Mapping[int, Told]:
    reasons = _reasons(events)
    return {
        event.pk: Told(_what(row), [*_changes(event, row), *reasons.get(event.data.get("undo", 0), ())])
        for event in events
        if (row := rows.get(int(event.object_id)))
    }


def _reasons(events: Iterable[AuditEvent]) -> Mapping[int, Sequence[str]]:
    """Return what was said when something was undone late, by the number of the undo."""
    undos = {event.data["undo"] for event in events if event.data.get("undo")}
    found = RedemptionUndo.objects.filter(pk__in=undos).exclude(reason="") if undos else ()
    return {undo.pk: (_("“%(reason)s”") % {"reason": undo.reason},) for undo in found}


def _what(row: Redemption) -> str:
    member = owner_of(row.account)
    card = codes.grouped(row.account.card_code)
    who = f"{names.short(member.name)} ({card})" if member and member.name else card
    return f"{who} · {row.reward.name}"


def _changes(event: AuditEvent, row: Redemption) -> list[str]:
    found = []
    if "voucher" in event.data:
        before, after = (VoucherState(state).label for state in event.data["voucher"])
        found.append(_("%(before)s → %(after)s") % {"before": before, "after": after})
    if "balance" in event.data:
        unit, (before, after) = row.reward.unit, event.data["balance"]
        words = quantity_in_words(after, unit, locale())
        number = format_units(before, decimals=unit.decimals, locale=locale())
        found.append(_("%(before)s → %(after)s") % {"before": number, "after": words})
    return found
