"""Where the content of lots went: to another account, or into a lot that gave again what had run out."""

from collections.abc import Iterable

from loyalty.models import EntryKind, Lot, LotUse


def family(lot_ids: Iterable[int]) -> set[int]:
    """Return the ids of lots with all that took over their content, step by step, on whatever account they lie."""
    found: set[int] = set()
    ahead = set(lot_ids)
    while ahead:
        found |= ahead
        ahead = (_moved(ahead) | _given_again(ahead)) - found
    return found


def _moved(lot_ids: set[int]) -> set[int]:
    return set(Lot.objects.filter(moved_from__in=lot_ids).values_list("pk", flat=True))


def _given_again(lot_ids: set[int]) -> set[int]:
    """Return the lots that gave again what had run out of some; none where nothing has."""
    uses = LotUse.objects.filter(lot__in=lot_ids, entry__kind=EntryKind.EXPIRE)
    expired = dict(uses.values_list("entry", "entry__posting"))
    if not expired:
        return set()
    given = Lot.objects.filter(entry__kind=EntryKind.REINSTATE, entry__posting__reverses__in=set(expired.values()))
    # Those of before the entry was noted are of postings that let one lot run out.
    return {pk for pk, why in given.values_list("pk", "entry__why") if why.get("entry") in (None, *expired)}
