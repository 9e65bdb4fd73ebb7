"""Invariants of redemptions, stock and vouchers, for the proof of the books."""

from collections import defaultdict
from collections.abc import Iterator

from django.db.models import Count, F

from loyalty.models import AuditEvent
from loyalty.queries.verify.rows import Invariant, Scope, table
from rewards.models import Redemption, Reward

REDEMPTIONS = table("redemptions", "rewards_redemption")
REWARDS = table("rewards", "rewards_reward")
VOUCHERS = table("vouchers", "rewards_voucher")


def paid_otherwise(scope: Scope) -> Iterator[str]:
    """A redemption's posting is of its account and spent its cost, of its reward's unit and nothing else."""
    sql = """
        SELECT r.id FROM rewards_redemption r JOIN rewards_reward w ON w.id = r.reward_id
        JOIN loyalty_posting p ON p.id = r.posting_id
        LEFT JOIN loyalty_entry e ON e.posting_id = p.id AND e.kind = 'spend' AND e.unit_id = w.unit_id
        WHERE {of r} AND (e.id IS NULL OR -e.amount <> r.cost OR p.kind <> 'redemption'
            OR p.account_id <> r.account_id OR p.business_id <> r.business_id OR w.business_id <> r.business_id)"""
    return (f"redemption {row[0]}" for row in scope.ask(sql))


def undone_otherwise(scope: Scope) -> Iterator[str]:
    """A redemption says that it was undone if, and only if, its posting was."""
    sql = """
        SELECT r.id FROM rewards_redemption r
        LEFT JOIN loyalty_posting undo ON undo.reverses_id = r.posting_id AND undo.kind = 'undo'
        WHERE {of r} AND (r.undone_at IS NULL AND undo.id IS NOT NULL OR r.undone_at IS NOT NULL AND undo.id IS NULL)"""
    return (f"redemption {row[0]}" for row in scope.ask(sql))


def wrong_vouchers(scope: Scope) -> Iterator[str]:
    """A redemption has its voucher: used with the moment of its use, cancelled if and only if it was undone."""
    sql = """
        SELECT r.id FROM rewards_redemption r LEFT JOIN rewards_voucher v ON v.redemption_id = r.id
        WHERE {of r} AND (v.id IS NULL OR v.business_id <> r.business_id
            OR (v.state = 'cancelled' AND r.undone_at IS NULL) OR (v.state <> 'cancelled' AND r.undone_at IS NOT NULL)
            OR (v.state = 'used' AND v.used_at IS NULL) OR (v.state = 'issued' AND v.used_at IS NOT NULL))"""
    return (f"redemption {row[0]}" for row in scope.ask(sql))


def codes_twice(scope: Scope) -> Iterator[str]:
    """A code is that of one voucher of the business, and a redemption has one voucher."""
    sql = "SELECT MAX(v.id) FROM rewards_voucher v WHERE {of v} GROUP BY v.business_id, v.code HAVING COUNT(*) > 1"
    again = "SELECT MAX(v.id) FROM rewards_voucher v WHERE {of v} GROUP BY v.redemption_id HAVING COUNT(*) > 1"
    yield from (f"voucher {row[0]}" for row in scope.ask(sql))
    yield from (f"voucher {row[0]}" for row in scope.ask(again))


def wrong_stock(scope: Scope) -> Iterator[str]:
    """What is left of a reward is what was last laid in, less what was taken since, and what came back since.

    The audit tells when how many were laid in; without that a reward's stock is only not to be below nothing.
    """
    stocked = Reward.objects.filter(**_of(scope), stock__isnull=False).order_by("pk").values_list("pk", "stock")
    laid = _laid_in(scope)
    moves = _moves(scope)
    for reward_id, stock in stocked.iterator():
        since, laid_in = laid.get(reward_id, (0, None))
        due = stock if laid_in is None else laid_in + sum(_after(since, moves[reward_id]))
        if stock != due or (stock is not None and stock < 0):
            yield f"reward {reward_id}"


def _laid_in(scope: Scope) -> dict[int, tuple[int, int | None]]:
    """Return, by reward, the audit event that last set its stock, and to how many."""
    events = AuditEvent.objects.filter(**_of(scope), object_type="reward", data__has_key="stock").order_by("pk")
    rows = events.values_list("object_id", "pk", "data")
    return {int(object_id): (event_id, data["stock"]) for object_id, event_id, data in rows.iterator()}


def _moves(scope: Scope) -> dict[int, list[tuple[int, int]]]:
    """Return, by reward, the audit events that took a piece (-1) or gave one back (+1)."""
    verbs = {"reward.redeemed": -1, "redemption.redone": -1, "redemption.undone": 1}
    stocked = Redemption.objects.filter(**_of(scope), reward__stock__isnull=False)
    rewards = {str(pk): reward_id for pk, reward_id in stocked.values_list("pk", "reward").iterator()}
    events = AuditEvent.objects.filter(**_of(scope), object_type="redemption", verb__in=verbs).order_by("pk")
    found: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for object_id, event_id, verb in events.values_list("object_id", "pk", "verb").iterator():
        if object_id in rewards:
            found[rewards[object_id]].append((event_id, verbs[verb]))
    return found


def _after(event_id: int, moves: list[tuple[int, int]]) -> Iterator[int]:
    return (move for at, move in moves if at > event_id)


def over_limit(scope: Scope) -> Iterator[str]:
    """Nobody has more of a reward than one member may have; a reward whose limit was changed is not asked."""
    changes = AuditEvent.objects.filter(**_of(scope), verb="reward.changed", object_type="reward")
    changed = {
        int(object_id)
        for object_id, data in changes.values_list("object_id", "data").iterator()
        if "per_member" in data["fields"]
    }
    limited = Redemption.objects.filter(**_of(scope), undone_at=None).order_by("account", "reward")
    counted = limited.values("account", "reward").annotate(taken=Count("pk"))
    over = counted.filter(taken__gt=F("reward__per_member")).values_list("account", "reward")
    return (f"account {account}, reward {reward}" for account, reward in over.iterator() if reward not in changed)


def _of(scope: Scope) -> dict[str, int]:
    return {"business": scope.business_id} if scope.business_id else {}


INVARIANTS = [
    Invariant("a redemption spent what it cost", REDEMPTIONS, paid_otherwise),
    Invariant("a redemption is undone when its spending is", REDEMPTIONS, undone_otherwise),
    Invariant("a voucher is where its redemption says", REDEMPTIONS, wrong_vouchers),
    Invariant("no voucher is issued twice", VOUCHERS, codes_twice),
    Invariant("the stock is what was laid in less what was taken", REWARDS, wrong_stock),
    Invariant("nobody has more of a reward than one may have", REDEMPTIONS, over_limit),
]
