"""How the members of a business answered, in figures and one by one."""

from dataclasses import dataclass, field

from django.db.models import Count, Exists, OuterRef, QuerySet
from django.utils.text import capfirst
from django.utils.translation import get_language_info

from loyalty.models import Business
from members.engine.consent import Key
from members.models import ConsentEvent, ConsentEventKind, Notice, Purpose, PurposeWording
from members.queries.consent import Question, boxes, purposes
from members.queries.notices import all_notices, current_notices


@dataclass(frozen=True, slots=True)
class Tally:
    """How many members stand where with one box."""

    confirmed: int = 0
    given: int = 0
    refused: int = 0
    withdrawn: int = 0


@dataclass(frozen=True, slots=True)
class AskedBox:
    """A box as members see it, and how many said what."""

    question: Question
    tally: Tally


@dataclass(frozen=True, slots=True)
class PurposeRow:
    """A purpose with its words and, if it is asked, its boxes."""

    purpose: Purpose
    words: PurposeWording
    boxes: list[AskedBox] = field(default_factory=list)


def purpose_rows(business: Business, language: str) -> list[PurposeRow]:
    """Return every purpose of a business, also those out of use, with how members stand with it. Three queries."""
    tallies = tally(business)
    return [
        PurposeRow(
            purpose,
            words,
            [AskedBox(question, tallies.get(question.key, Tally())) for question in boxes(purpose, words)],
        )
        for purpose, words in purposes(business, language, retired=True)
    ]


def tally(business: Business) -> dict[Key, Tally]:
    """Return for each box how many members stand where: the last event of a member says it. One query."""
    later = ConsentEvent.objects.filter(
        member=OuterRef("member"), purpose=OuterRef("purpose"), channel=OuterRef("channel"), pk__gt=OuterRef("pk")
    )
    rows = (
        ConsentEvent.objects.filter(~Exists(later), business=business, member__erased_at=None)
        .order_by()
        .values_list("purpose_id", "channel", "kind")
        .annotate(members=Count("pk"))
    )
    found: dict[Key, dict[str, int]] = {}
    for purpose, channel, kind, members in rows:
        found.setdefault((purpose, channel), {})[kind] = members
    return {key: Tally(**kinds) for key, kinds in found.items()}


def recent_answers(business: Business, *, kind: str = "") -> QuerySet[ConsentEvent]:
    """Return the answers of a business's members, all or those of one kind, with what a list shows of each."""
    rows = ConsentEvent.objects.filter(business=business).select_related("member", "staff")
    return rows.filter(kind=kind) if kind in ConsentEventKind.values else rows


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """The privacy text that holds in a language, or None where there is none yet."""

    language: str
    notice: Notice | None

    @property
    def name(self) -> str:
        """The language in its own words."""
        return str(capfirst(get_language_info(self.language)["name_local"]))


def notice_rows(business: Business, languages: list[str]) -> tuple[list[NoticeRow], list[Notice]]:
    """Return what holds in each language, the business's own first, and every version. Two queries."""
    current = current_notices(business)
    ordered = sorted(languages, key=lambda language: (language != business.language, language not in current))
    return [NoticeRow(language, current.get(language)) for language in ordered], list(all_notices(business))
