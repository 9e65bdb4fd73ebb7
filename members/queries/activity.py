"""A member's history: what the ledger booked, with the names of the rewards that were taken."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from loyalty.models import Account, PostingKind
from loyalty.queries import ledger
from loyalty.queries.ledger import ActivityRow
from loyalty.queries.movements import ICONS
from rewards.models import Redemption


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """One thing that happened, and the name of the reward it was about, if it was about one."""

    row: ActivityRow
    reward: str

    @property
    def title(self) -> str:
        """What happened, in the active language; a reward goes by its own name."""
        if not self.reward:
            return self.row.title
        if self.row.posting.kind == PostingKind.REDEMPTION:
            return self.reward
        return _("Given back: %(reward)s") % {"reward": self.reward}

    @property
    def icon(self) -> str:
        return ICONS[PostingKind(self.row.posting.kind)]

    @property
    def tone(self) -> str:
        """How it is coloured: what was undone, or taken away, is told apart from what was gained."""
        kind = PostingKind(self.row.posting.kind)
        if self.row.undone or kind in (PostingKind.UNDO, PostingKind.REFUND, PostingKind.EXPIRY):
            return "neutral"
        return "good" if self.row.gained else "brand"


@dataclass(frozen=True, slots=True)
class History:
    """A page of it; newer and older are query strings, empty where there is no such page."""

    rows: list[HistoryRow]
    newer: str
    older: str


def history(account: Account, *, size: int, before: str = "", after: str = "") -> History:
    """Return a page of what happened in an account, the newest first. Four queries at most."""
    found = ledger.activity(account, size=size, before=before, after=after)
    about = {row.posting.pk: row.posting.reverses_id or row.posting.pk for row in found.rows}
    names = dict(Redemption.objects.filter(posting__in=set(about.values())).values_list("posting", "reward__name"))
    rows = [HistoryRow(row, names.get(about[row.posting.pk], "")) for row in found.rows]
    return History(rows, found.newer, found.older)
