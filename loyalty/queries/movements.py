"""Movements as their account sees them: what an entry or a posting is called, and why it was booked."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from loyalty.engine.days import local_day
from loyalty.models import Account, Business, Entry, EntryKind, Posting, PostingKind, SaleLine
from loyalty.queries.ledger import posting_title
from loyalty.queries.reasons import Reason, reasons

ICONS = {
    PostingKind.PURCHASE: "shopping-bag",
    PostingKind.VISIT: "store",
    PostingKind.REDEMPTION: "gift",
    PostingKind.REFUND: "undo-2",
    PostingKind.UNDO: "rotate-ccw",
    PostingKind.EXPIRY: "hourglass",
    PostingKind.ADJUSTMENT: "sliders-horizontal",
    PostingKind.GIFT: "party-popper",
    PostingKind.MOVE: "arrow-right",
    PostingKind.MERGE: "credit-card",
    PostingKind.UNMERGE: "credit-card",
    PostingKind.REINSTATE: "heart",
    PostingKind.FORGIVE: "heart",
}
BY_THE_WAY = (EntryKind.SETTLE, EntryKind.EXPIRE, EntryKind.MOVE_IN, EntryKind.MOVE_OUT)
"""Kinds of entries that are called by their own name, whatever their posting books besides."""


@dataclass(frozen=True, slots=True)
class MovementRow:
    """One entry of an account. about names the reward that was taken or given back, where it was one.

    lines are those of its purchase, where they were read.
    """

    entry: Entry
    business: Business
    about: str = ""
    lines: Sequence[SaleLine] = ()

    @property
    def posting(self) -> Posting:
        return self.entry.posting

    @property
    def title(self) -> str:
        """What happened, in the active language; a reward goes by its own name."""
        kind = EntryKind(self.entry.kind)
        if self.about and kind is EntryKind.SPEND:
            return self.about
        if self.about and kind is EntryKind.GIVE_BACK:
            return _("Given back: %(reward)s") % {"reward": self.about}
        return str(kind.label) if kind in BY_THE_WAY else posting_title(self.posting)

    @property
    def icon(self) -> str:
        return "hourglass" if self.entry.kind == EntryKind.EXPIRE else ICONS[PostingKind(self.posting.kind)]

    @property
    def late(self) -> bool:
        """Whether it happened on another day than it was booked, by the clock of the business."""
        zone = self.business.time_zone
        return local_day(self.posting.at, zone) != local_day(self.posting.booked_at, zone)

    @property
    def undone(self) -> bool:
        """Whether it was undone since."""
        return any(each.kind == PostingKind.UNDO for each in self.posting.reversals.all())

    @property
    def why(self) -> list[Reason]:
        """Why it was booked, in the active language."""
        return reasons(self.entry, self.business, self.lines)


def entries_with_all(account: Account) -> QuerySet[Entry]:
    """Return an account's entries with what a MovementRow asks for: two queries, however many they are."""
    return (
        Entry.objects.filter(account=account)
        .select_related(
            "unit", "lot", "posting__sale", "posting__refund", "posting__location", "posting__staff",
            "posting__reverses",
        )
        .prefetch_related("posting__reversals")
    )  # fmt: skip


def movement_rows(entries: Iterable[Entry], business: Business) -> list[MovementRow]:
    """Return entries, read by entries_with_all(), as rows of a statement."""
    return [MovementRow(entry, business) for entry in entries]
