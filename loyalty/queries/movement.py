"""One posting with all that is known of it: why, from which lots, with which purchase, and what reversed it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from django.db.models import Prefetch

from loyalty.models import Account, Business, Entry, EntryKind, Lot, LotUse, Posting, PostingKind, Refund, SaleLine
from loyalty.queries.ledger import posting_title
from loyalty.queries.movements import ICONS, MovementRow


@dataclass(frozen=True, slots=True)
class LotMove:
    """What an entry put into a lot (positive) or took from it (negative), in smallest parts of the unit.

    opened_by is the posting that opened the lot, None where this one did.
    """

    lot: Lot
    amount: int
    opened_by: Posting | None

    @property
    def first_good_day(self) -> date | None:
        return self.lot.first_good_day

    @property
    def last_good_day(self) -> date | None:
        return self.lot.last_good_day


@dataclass(frozen=True, slots=True)
class Part:
    """One entry of the posting with its explanation and the lots that it moved."""

    row: MovementRow
    lots: Sequence[LotMove]

    @property
    def entry(self) -> Entry:
        return self.row.entry

    @property
    def rules(self) -> list[str]:
        """The rules that gave it, by number and name."""
        found = [part["rule"] for part in self.entry.why.get("parts", [])]
        return [f"{rule['id']}: {rule['name']}" for rule in found]


@dataclass(frozen=True, slots=True)
class Movement:
    """A posting. lines and refunds are those of its purchase; about names the reward that was taken or given back.

    reverses and reversals are the postings that it takes back, and those that took it back, as far as the reader may
    see them: those of other accounts only in the business's own books.
    """

    posting: Posting
    business: Business
    parts: Sequence[Part]
    reverses: Posting | None
    reversals: Sequence[Posting]
    lines: Sequence[SaleLine]
    refunds: Sequence[Refund]
    about: str = ""

    @property
    def title(self) -> str:
        """What happened, in the active language; a reward goes by its own name."""
        named = [part.row for part in self.parts if part.entry.kind in (EntryKind.SPEND, EntryKind.GIVE_BACK)]
        return named[0].title if self.about and named else posting_title(self.posting)

    @property
    def icon(self) -> str:
        return ICONS[PostingKind(self.posting.kind)]

    def naming(self, about: str) -> "Movement":
        """Return the same with the name of the reward that it is about."""
        parts = [replace(part, row=replace(part.row, about=about)) for part in self.parts]
        return replace(self, parts=parts, about=about)


def movement_of(account: Account, public_id: UUID) -> Movement | None:
    """Return a posting of an account. Six queries at most."""
    return _movement(account.business, public_id, account=account)


def movement_in(business: Business, public_id: UUID) -> Movement | None:
    """Return a posting of whichever account of the business. Six queries at most."""
    return _movement(business, public_id)


def _movement(business: Business, public_id: UUID, **narrowed: Account) -> Movement | None:
    posting = (
        Posting.objects.filter(business=business, public_id=public_id, **narrowed)
        .select_related("account", "sale", "refund", "location", "staff", "reverses")
        .first()
    )
    if posting is None:
        return None
    reversals = Posting.objects.filter(reverses=posting, **narrowed).select_related("reverses").order_by("pk")
    reverses = posting.reverses
    if narrowed and reverses and reverses.account_id != posting.account_id:
        reverses = None
    lines = list(SaleLine.objects.filter(sale=posting.sale_id).order_by("pk")) if posting.sale else []
    return Movement(
        posting=posting,
        business=business,
        parts=_parts(posting, business, lines),
        reverses=reverses,
        reversals=list(reversals),
        lines=lines,
        refunds=list(Refund.objects.filter(sale=posting.sale_id).order_by("at", "pk")) if posting.sale else [],
    )


def _parts(posting: Posting, business: Business, lines: Sequence[SaleLine]) -> list[Part]:
    uses = LotUse.objects.select_related("lot__entry__posting").order_by("pk")
    entries = (
        Entry.objects.filter(posting=posting)
        .select_related("unit", "lot")
        .prefetch_related(Prefetch("lot_uses", uses))
        .order_by("pk")
    )
    found = []
    for entry in entries:
        entry.posting = posting
        opened = [LotMove(entry.lot, entry.amount, None)] if hasattr(entry, "lot") else []
        moved = [LotMove(use.lot, -use.amount, _other(use.lot.entry.posting, posting)) for use in entry.lot_uses.all()]
        found.append(Part(MovementRow(entry, business, lines=lines), opened + moved))
    return found


def _other(opener: Posting, posting: Posting) -> Posting | None:
    return None if opener.pk == posting.pk else opener
