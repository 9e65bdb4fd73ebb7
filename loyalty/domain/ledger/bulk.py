"""Many awards in a dozen statements, for imports: the very rows that award() writes one by one."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from django.db import IntegrityError, transaction

from loyalty.domain import locks, rows
from loyalty.domain.actors import Actor
from loyalty.domain.ledger.booking import AwardLine, Booking, KeyReused, PlainLine, around_sale, check_open
from loyalty.domain.ledger.columns import ENTRY
from loyalty.domain.ledger.page import is_activity
from loyalty.domain.ledger.sweep import follow
from loyalty.models import Account, Balance, Entry, EntryKind, Lot, LotUse, Posting, PostingKind

type Award = tuple[Booking, Sequence[AwardLine]]

_POSTING = (
    "id", "public_id", "business_id", "account_id", "key", "fingerprint", "kind", "channel", "sale_id", "reason",
    "staff_id", "location_id", "device", "at", "booked_at",
)  # fmt: skip
_LOT = (
    "business_id", "account_id", "unit_id", "amount", "remaining", "first_good_day", "last_good_day", "at", "entry_id",
    "id",
)  # fmt: skip
_BALANCE = ("account_id", "unit_id", "amount", "owed", "awarded_total", "last_seq", "last_activity_at")
_AWARD, _SETTLE = EntryKind.AWARD.value, EntryKind.SETTLE.value


class PlainAward(NamedTuple):
    """An award to book, as a Booking says it, but with numbers for rows; moments are those of rows.moment()."""

    account_id: int
    key: str
    kind: PostingKind
    at: str
    booked_at: str
    lines: Sequence[PlainLine]
    sale_id: int | None = None
    reason: str = ""

    def fingerprint(self) -> str:
        """Return the digest that Booking.fingerprint() gives."""
        before, after = around_sale(self.kind, self.account_id, self.lines, self.reason)
        sale = "null" if self.sale_id is None else self.sale_id
        return hashlib.sha256(f"{before}{sale}{after}".encode()).hexdigest()


@locks.atomic
def award_many(awards: Sequence[Award]) -> list[int]:
    """Book awards of one business by one actor, in the order given, as award() would each; return their postings.

    A key that is known, from before or from earlier in the list, returns its posting. Raises KeyReused, AccountClosed,
    then nothing was written. Locks all accounts, in primary-key order. None of them is of a refund.
    """
    if not awards:
        return []
    first = awards[0][0]
    accounts = locks.lock_trails(booking.account for booking, _ in awards)
    sheet = _Sheet(first.account.business_id, first.by, [_plain(*award) for award in awards], look=True)
    for account_id in set(sheet.fresh.values()):
        check_open(accounts[account_id])
    try:
        with transaction.atomic():
            sheet.write_postings()
    except IntegrityError as error:
        raise KeyReused(first.key) from error
    sheet.write_entries()
    _follow(sheet.fresh, accounts)
    return sheet.numbers


def award_locked(business_id: int, awards: Sequence[PlainAward], *, by: Actor) -> list[int]:
    """Book awards as award_many() does, whose keys are new, in the caller's transaction; return their postings.

    The caller holds the locks of their accounts, of which none is merged. Raises IntegrityError for a key that is not
    new, or KeyReused, if it is in the list twice.
    """
    if not awards:
        return []
    sheet = _Sheet(business_id, by, awards)
    sheet.write_postings()
    sheet.write_entries()
    return sheet.numbers


def _plain(booking: Booking, lines: Iterable[AwardLine]) -> PlainAward:
    return PlainAward(
        booking.account.pk, booking.key, booking.kind, rows.moment(booking.at), rows.moment(booking.booked_at),
        [
            PlainLine(
                line.unit.pk, line.amount, rows.day(line.first_good_day), rows.day(line.last_good_day),
                json.dumps(line.why),
            )
            for line in lines
        ],
        booking.sale.pk if booking.sale else None, booking.reason,
    )  # fmt: skip


def _follow(fresh: Mapping[int, int], accounts: Mapping[int, Account]) -> None:
    """Bring on what new postings left on merged accounts; fresh has the account of each posting."""
    merged = [number for number, account in fresh.items() if accounts[account].merged_into_id]
    for posting in Posting.objects.filter(pk__in=merged).order_by("pk") if merged else ():
        follow(posting, accounts[posting.account_id])


class _Standing:
    """What an account holds of a unit while awards are entered: amount, owed, number of entries as they are then.

    awarded is what these awards add; active is the latest of their moments.
    """

    __slots__ = ("active", "amount", "awarded", "owed", "seq")

    def __init__(self, amount: int = 0, owed: int = 0, seq: int = 0) -> None:
        self.amount, self.owed, self.seq = amount, owed, seq
        self.awarded, self.active = 0, ""


def _standing(account_ids: Iterable[int]) -> dict[tuple[int, int], _Standing]:
    """Return what locked accounts hold, by account and unit. Whoever moves a balance has the lock of its account."""
    found = Balance.objects.filter(account_id__among=account_ids)
    numbers = found.values_list("account_id", "unit_id", "amount", "owed", "last_seq")
    return {(account, unit): _Standing(*held) for account, unit, *held in numbers}


class _Sheet:
    """Rows being prepared on locked accounts; write() stores them all. numbers are the postings of the awards.

    look: keys may be known; else the database refuses one that is.
    """

    def __init__(self, business_id: int, by: Actor, awards: Sequence[PlainAward], *, look: bool = False) -> None:
        self.business_id = business_id
        self.who = (by.staff.pk if by.staff else None, by.location.pk if by.location else None, by.device)
        self.channel = by.channel.value
        self.known = self._known({award.key for award in awards}) if look else {}
        count = len({award.key for award in awards} - self.known.keys())
        self.free = zip(rows.take_numbers(Posting, count), rows.new_ids(count), strict=True)
        self.standing = _standing({award.account_id for award in awards})
        self.moved: dict[tuple[int, int], _Standing] = {}
        self.fresh: dict[int, int] = {}
        self.postings: list[rows.Cells] = []
        self.entries: list[rows.Cells] = []
        self.lots: list[tuple[int, rows.Cells]] = []
        self.uses: list[tuple[int, int, int]] = []
        self.numbers = [self._book(award) for award in awards]

    def _known(self, keys: Iterable[str]) -> dict[str, tuple[int, str]]:
        found = Posting.objects.filter(business_id=self.business_id, key__among=keys)
        return {key: (pk, digest) for key, pk, digest in found.values_list("key", "pk", "fingerprint")}

    def _book(self, award: PlainAward) -> int:
        fingerprint = award.fingerprint()
        known = self.known.get(award.key)
        if known:
            if known[1] != fingerprint:
                raise KeyReused(award.key)
            return known[0]
        number, public_id = next(self.free)
        self.known[award.key] = number, fingerprint
        self.fresh[number] = award.account_id
        self.postings.append((
            number, public_id, self.business_id, award.account_id, award.key, fingerprint, award.kind.value,
            self.channel, award.sale_id, award.reason, *self.who, award.at, award.booked_at,
        ))  # fmt: skip
        for line in award.lines:
            self._enter(number, award, line)
        return number

    def _enter(self, posting: int, award: PlainAward, line: PlainLine) -> None:
        """Prepare entry and lot of a line; what is owed is paid from it at once."""
        account_id, unit_id, amount, at = award.account_id, line.unit_id, line.amount, award.at
        standing = self.standing.get((account_id, unit_id))
        if standing is None:
            standing = self.standing[account_id, unit_id] = _Standing()
        standing.amount += amount
        standing.awarded += amount
        standing.seq += 1
        if is_activity(award.kind, EntryKind.AWARD):
            standing.active = max(standing.active, at)
        self.moved[account_id, unit_id] = standing
        paid = min(standing.owed, amount)
        self.lots.append((len(self.entries), (
            self.business_id, account_id, unit_id, amount, amount - paid, line.since, line.until, at,
        )))  # fmt: skip
        self.entries.append((
            posting, self.business_id, account_id, unit_id, _AWARD, amount, 0, standing.seq, standing.amount, line.why,
            at,
        ))  # fmt: skip
        if paid:
            self._settle(posting, award, unit_id, standing, paid)

    def _settle(self, posting: int, award: PlainAward, unit_id: int, standing: _Standing, paid: int) -> None:
        standing.amount -= paid
        standing.owed -= paid
        standing.seq += 1
        self.uses.append((len(self.entries), len(self.lots) - 1, paid))
        self.entries.append((
            posting, self.business_id, award.account_id, unit_id, _SETTLE, -paid, -paid, standing.seq, standing.amount,
            "{}", award.at,
        ))  # fmt: skip

    def write_postings(self) -> None:
        """Store the postings. Raises IntegrityError for a key that another booking took at the same moment."""
        rows.write(Posting, _POSTING, self.postings)

    def write_entries(self) -> None:
        """Store what the postings book, and the balances that they move."""
        if not self.entries:
            return
        entries = rows.take_numbers(Entry, len(self.entries))
        rows.write(Entry, ENTRY, [(*row, number) for row, number in zip(self.entries, entries, strict=True)])
        lots = rows.take_numbers(Lot, len(self.lots))
        ready = [(*row, entries[place], number) for (place, row), number in zip(self.lots, lots, strict=True)]
        rows.write(Lot, _LOT, ready)
        uses = [(entries[settled], lots[lot], paid) for settled, lot, paid in self.uses]
        rows.write(LotUse, ("entry_id", "lot_id", "amount"), uses)
        moved = [
            (*place, standing.amount, standing.owed, standing.awarded, standing.seq, standing.active or None)
            for place, standing in self.moved.items()
        ]
        once = ("account_id", "unit_id")
        rows.put(Balance, _BALANCE, moved, once=once, add=("awarded_total",), latest=("last_activity_at",))
