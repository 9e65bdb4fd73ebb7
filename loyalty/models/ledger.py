"""The books: accounts, postings, entries, lots and lot uses. Only loyalty/domain/ledger.py writes them.

Postings, entries, lots and lot uses are append-only; so the triggers of loyalty/guards.py hold, too.
The one column that moves is Lot.remaining, a cached number that verify_ledger proves from the lot uses,
as it proves every Balance from the entries.
"""

from collections.abc import Collection
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from loyalty.models.accounts import Account
from loyalty.models.base import AppendOnly, AppendOnlyQuerySet, PublicId
from loyalty.models.businesses import Business, Location
from loyalty.models.program import EarningRule, Unit
from loyalty.models.sales import Refund, Sale
from loyalty.models.staff import StaffRole


class Balance(models.Model):
    """The cached state of one unit in one account; every number of it is proven from entries."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="balances")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    amount = models.BigIntegerField(_("amount"), default=0)
    owed = models.BigIntegerField(_("owed"), default=0)
    awarded_total = models.BigIntegerField(_("awarded in total"), default=0)
    spent_total = models.BigIntegerField(_("spent in total"), default=0)
    last_seq = models.PositiveBigIntegerField(_("number of entries"), default=0)
    last_activity_at = models.DateTimeField(_("last activity at"), null=True, blank=True)

    class Meta:
        verbose_name = _("balance")
        verbose_name_plural = _("balances")
        constraints = [
            models.UniqueConstraint(fields=["account", "unit"], name="balance_once_per_unit"),
            models.CheckConstraint(condition=models.Q(amount__gte=0), name="balance_not_negative"),
            models.CheckConstraint(condition=models.Q(owed__gte=0), name="owed_not_negative"),
        ]


class PostingKind(models.TextChoices):
    """What a posting books."""

    PURCHASE = "purchase", _("Purchase")
    VISIT = "visit", _("Visit")
    REDEMPTION = "redemption", _("Redemption")
    REFUND = "refund", _("Refund")
    UNDO = "undo", _("Undo")
    EXPIRY = "expiry", _("Expiry")
    ADJUSTMENT = "adjustment", _("Adjustment")
    GIFT = "gift", _("Gift")
    MOVE = "move", _("Moved to another account")
    MERGE = "merge", _("Accounts merged")
    UNMERGE = "unmerge", _("Merge undone")
    REINSTATE = "reinstate", _("Given again")
    FORGIVE = "forgive", _("Debt forgiven")


class Channel(models.TextChoices):
    """Through which door a booking came."""

    COUNTER = "counter", _("Counter")
    PORTAL = "portal", _("Member's page")
    CONSOLE = "console", _("Console")
    IMPORT = "import", _("Import")
    API = "api", _("Till")
    ADMIN = "admin", _("Back office")
    SYSTEM = "system", _("By itself")


class Posting(AppendOnly, PublicId):
    """One booking with its key. The key is unique per business: the same key again is the same booking.

    device says which till or browser of the staff it came from, without naming a person; empty for others.
    """

    business = models.ForeignKey(Business, models.PROTECT, related_name="postings")
    account = models.ForeignKey(Account, models.PROTECT, related_name="postings", db_index=False)
    key = models.CharField(_("key"), max_length=120)
    fingerprint = models.CharField(_("fingerprint of the content"), max_length=64)
    kind = models.CharField(_("kind"), max_length=12, choices=PostingKind)
    channel = models.CharField(_("channel"), max_length=10, choices=Channel)
    sale = models.ForeignKey(Sale, models.PROTECT, null=True, blank=True, related_name="postings")
    refund = models.ForeignKey(Refund, models.PROTECT, null=True, blank=True, related_name="postings")
    reverses = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="reversals")
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    staff = models.ForeignKey(StaffRole, models.PROTECT, null=True, blank=True, related_name="postings")
    location = models.ForeignKey(Location, models.PROTECT, null=True, blank=True, related_name="+")
    device = models.CharField(_("device"), max_length=60, blank=True)
    at = models.DateTimeField(_("happened at"))
    booked_at = models.DateTimeField(_("booked at"))

    class Meta:
        verbose_name = _("posting")
        verbose_name_plural = _("postings")
        constraints = [
            models.UniqueConstraint(fields=["business", "key"], name="posting_key_once"),
            models.UniqueConstraint(
                fields=["reverses"],
                condition=models.Q(kind__in=["undo", "move", "reinstate"]),
                name="posting_undone_once",
            ),
        ]
        indexes = [
            models.Index(fields=["business", "-at", "-id"], name="posting_recent"),
            models.Index(fields=["account", "-at", "-id"], name="posting_of_account"),
        ]


class EntryKind(models.TextChoices):
    """Why a unit of an account changed; the sign of the amount is fixed by the kind."""

    AWARD = "award", _("Earned")
    SPEND = "spend", _("Spent")
    TAKE_BACK = "take_back", _("Taken back")
    GIVE_BACK = "give_back", _("Given back")
    SETTLE = "settle", _("Paid what was owed")
    EXPIRE = "expire", _("Expired")
    ADD = "add", _("Added")
    REMOVE = "remove", _("Removed")
    MOVE_IN = "move_in", _("Brought over")
    MOVE_OUT = "move_out", _("Brought to another account")
    REINSTATE = "reinstate", _("Given again")
    FORGIVE = "forgive", _("Forgiven")


class Sign:
    """Which way the kinds of entries go."""

    UP = ("award", "give_back", "add", "move_in", "reinstate")
    DOWN = ("spend", "take_back", "settle", "expire", "remove", "move_out")
    OPENS_A_LOT = ("award", "add", "move_in", "reinstate")


class Entry(AppendOnly):
    """One signed change of one unit of one account, with its explanation.

    amount changes the balance, owed_change what a refund took back that was spent already; forgiven is what a refund
    could not take back and nobody owes.
    seq is gapless per account and unit; balance_after is the balance once this entry is booked.
    """

    posting = models.ForeignKey(Posting, models.PROTECT, related_name="entries")
    business = models.ForeignKey(Business, models.PROTECT, related_name="+")
    account = models.ForeignKey(Account, models.PROTECT, related_name="entries", db_index=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    kind = models.CharField(_("kind"), max_length=10, choices=EntryKind)
    amount = models.BigIntegerField(_("amount"))
    owed_change = models.BigIntegerField(_("change of what is owed"), default=0)
    forgiven = models.PositiveBigIntegerField(_("forgiven"), default=0)
    seq = models.PositiveBigIntegerField(_("number in the account"))
    balance_after = models.BigIntegerField(_("balance after"))
    why = models.JSONField(_("explanation"), default=dict, blank=True)
    at = models.DateTimeField(_("happened at"))

    class Meta:
        verbose_name = _("entry")
        verbose_name_plural = _("entries")
        constraints = [
            models.UniqueConstraint(fields=["account", "unit", "seq"], name="entry_seq_once"),
            models.CheckConstraint(condition=models.Q(balance_after__gte=0), name="entry_balance_not_negative"),
            models.CheckConstraint(
                condition=(
                    models.Q(kind__in=Sign.UP, amount__gte=0)
                    | models.Q(kind__in=Sign.DOWN, amount__lte=0)
                    | models.Q(kind="forgive", amount=0)
                ),
                name="entry_sign_fits_kind",
            ),
        ]
        indexes = [models.Index(fields=["business", "unit", "at"], name="entry_by_time")]


class LotQuerySet(AppendOnlyQuerySet["Lot"]):
    """Lots: written once, but for what is left of them."""

    def set_remaining(self, lot: "Lot", remaining: int) -> None:
        """Store what is left of a locked lot. Only loyalty/domain/ledger.py calls this."""
        models.QuerySet.update(self.filter(pk=lot.pk), remaining=remaining)
        lot.remaining = remaining

    def set_empty(self, lot_ids: Collection[int]) -> None:
        """Store of locked lots that nothing is left. Only the ledger's domain calls this."""
        models.QuerySet.update(self.filter(pk__among=lot_ids), remaining=0)


class Lot(AppendOnly):
    """What an award gave: its amount, what is left of it, and from which day through which it can be spent.

    first_good_day and last_good_day are dates in the business's time zone; None means at once, and for ever.
    moved_from is the lot of a merged account whose content this one took over.
    """

    entry = models.OneToOneField(Entry, models.PROTECT, related_name="lot")
    business = models.ForeignKey(Business, models.PROTECT, related_name="+")
    account = models.ForeignKey(Account, models.PROTECT, related_name="lots")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    amount = models.BigIntegerField(_("amount"))
    remaining = models.BigIntegerField(_("remaining"))
    first_good_day = models.DateField(_("first good day"), null=True, blank=True)
    last_good_day = models.DateField(_("last good day"), null=True, blank=True)
    moved_from = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="moved_to")
    at = models.DateTimeField(_("earned at"))

    moving_columns: ClassVar[frozenset[str]] = frozenset({"remaining"})

    objects = LotQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("lot")
        verbose_name_plural = _("lots")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(remaining__gte=0) & models.Q(remaining__lte=models.F("amount")),
                name="lot_remaining_in_range",
            )
        ]
        indexes = [
            models.Index(
                fields=["account", "unit", "last_good_day", "id"],
                condition=models.Q(remaining__gt=0),
                name="lot_open_of_account",
            ),
            models.Index(
                fields=["business", "unit", "last_good_day"],
                condition=models.Q(remaining__gt=0),
                name="lot_open_by_day",
            ),
            # What is held: few lots, and none in a shop whose points are good at once.
            models.Index(
                fields=["business", "unit", "first_good_day"],
                condition=models.Q(remaining__gt=0, first_good_day__isnull=False),
                name="lot_held_by_day",
            ),
        ]


class LotUse(AppendOnly):
    """Which entry took how much from which lot; a negative amount is what was given back to it."""

    entry = models.ForeignKey(Entry, models.PROTECT, related_name="lot_uses")
    lot = models.ForeignKey(Lot, models.PROTECT, related_name="uses")
    amount = models.BigIntegerField(_("amount"))

    class Meta:
        verbose_name = _("lot use")
        verbose_name_plural = _("lot uses")
        constraints = [
            models.UniqueConstraint(fields=["entry", "lot"], name="lot_use_once_per_entry"),
            models.CheckConstraint(condition=~models.Q(amount=0), name="lot_use_not_zero"),
        ]


class RuleUse(AppendOnly):
    """How much a rule with a limit awarded to an account on a day; a negative amount is an undo."""

    posting = models.ForeignKey(Posting, models.PROTECT, related_name="rule_uses")
    account = models.ForeignKey(Account, models.PROTECT, related_name="+")
    rule = models.ForeignKey(EarningRule, models.PROTECT, related_name="uses")
    day = models.DateField(_("day"))
    amount = models.BigIntegerField(_("amount"))

    class Meta:
        verbose_name = _("use of a limited rule")
        verbose_name_plural = _("uses of limited rules")
        indexes = [models.Index(fields=["account", "rule", "day"], name="rule_use_of_day")]
