"""The audit of a business, in words: who did what, when, through which door."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from loyalty import activity
from loyalty.engine.amounts import format_amount, format_units
from loyalty.models import AuditEvent, Business, Channel, Role, StaffRole
from loyalty.queries.changes import change_in_words, column_in_words
from loyalty.queries.keyset import newest_first
from loyalty.queries.reasons import locale

type Names = Mapping[tuple[str, str], str]


@dataclass(frozen=True, slots=True)
class EventRow:
    """One act in words. what names the thing it was done to, details say more of it."""

    event: AuditEvent
    title: activity.Words
    icon: str
    who: str
    what: str
    details: list[str]


@dataclass(frozen=True, slots=True)
class EventPage:
    """A page of acts; newer and older are query strings, empty where there is no such page."""

    rows: list[EventRow]
    newer: str = ""
    older: str = ""
    people: list[StaffRole] = field(default_factory=list)


def events(
    business: Business, *, size: int, person: UUID | None = None, topic: str = "", before: str = "", after: str = ""
) -> EventPage:
    """Return a page of what staff, members and the system did, the newest first.

    Two queries, one for each kind of named thing on the page, and those of who tells of a kind.
    """
    people = list(StaffRole.objects.filter(business=business).order_by("display_name", "pk"))
    rows = AuditEvent.objects.filter(business=business)
    if person:
        rows = rows.filter(staff__in=[each.pk for each in people if each.public_id == person])
    if topic:
        rows = rows.filter(verb__startswith=f"{topic}.")
    found = newest_first(rows, size=size, before=before, after=after)
    names, told = _names(found.rows), activity.told(business, found.rows)
    rows_of_page = [_row(event, business, people, names, told.get(event.pk)) for event in found.rows]
    return EventPage(rows_of_page, found.newer, found.older, people)


def _names(events: Sequence[AuditEvent]) -> Names:
    """Return what the things are called that a page of events is about."""
    wanted = defaultdict(set)
    for event in events:
        wanted[event.object_type].add(event.object_id)
    models = activity.named_models()
    return {
        (kind, pk): name
        for kind, ids in wanted.items()
        if kind in models
        for pk, name in activity.names_of(models[kind], ids).items()
    }


def _row(
    event: AuditEvent, business: Business, people: Sequence[StaffRole], names: Names, told: activity.Told | None
) -> EventRow:
    title, icon = activity.words_for(event.verb)
    return EventRow(
        event=event,
        title=title,
        icon=icon,
        who=_who(event, people),
        what=told.what if told else names.get((event.object_type, event.object_id)) or _own_name(event),
        details=[*_details(event, business), *_allowed(event, people), *(told.details if told else ())],
    )


def _own_name(event: AuditEvent) -> str:
    """Return what a thing was called when it was done away with."""
    return str(event.data.get("name", ""))


def _who(event: AuditEvent, people: Sequence[StaffRole]) -> str:
    """Return who acted: staff by name; members never, their own pages tell of them."""
    staff = next((each for each in people if each.pk == event.staff_id), None)
    if staff is None and event.user_id and event.channel == Channel.CONSOLE:
        staff = next((each for each in people if each.user_id == event.user_id), None)
    if staff:
        return staff.display_name
    others = {Channel.PORTAL: _("A member"), Channel.ADMIN: _("Back office"), Channel.SYSTEM: _("By itself")}
    return others.get(Channel(event.channel), str(Channel(event.channel).label))


def _allowed(event: AuditEvent, people: Sequence[StaffRole]) -> list[str]:
    allowed_by = event.data.get("allowed_by")
    found = [each.display_name for each in people if each.pk == allowed_by]
    return [_("allowed by %(who)s") % {"who": who} for who in found]


def _details(event: AuditEvent, business: Business) -> list[str]:
    data: dict[str, Any] = event.data
    paid = data.get("total", data.get("amount")) if event.verb.startswith("sale.") else None
    found = [] if paid is None else [format_amount(paid, currency=business.currency, locale=locale())]
    if data.get("role") in Role.values:
        found.append(_("as %(role)s") % {"role": Role(data["role"]).label})
    return [*found, *_changes(event, business), *_limits(data)]


def _changes(event: AuditEvent, business: Business) -> list[str]:
    """What each column said before and after; of those that hold a person's own words, and of old acts, its name."""
    model = activity.named_models().get(event.object_type)
    changes, decimals = event.data.get("changes", {}), event.data.get("decimals", 0)
    told = [
        change_in_words(model, name, change, business=business, decimals=decimals) for name, change in changes.items()
    ]
    return told + [column_in_words(model, name) for name in event.data.get("fields", []) if name not in changes]


def _limits(data: dict[str, Any]) -> list[str]:
    """From how much on an adjustment of each unit needs a second person; old acts do not say what it was before."""
    said = []
    for unit, (*limits, decimals) in data.get("told", {}).items():
        before, after = (
            _("nothing") if limit is None else format_units(limit, decimals=decimals, locale=locale())
            for limit in limits
        )
        said.append(_("%(what)s: %(before)s → %(after)s") % {"what": unit, "before": before, "after": after})
    return said
