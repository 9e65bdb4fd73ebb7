"""Does each step in the model and in the product, and compares answers, refusals and all that the step touched."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from loyalty.models import Balance, Entry, Lot
from loyalty.queries.ledger import balances
from loyalty.queries.verify import verify
from tests.oracle.product import REFUSALS, Till, open_till
from tests.oracle.purse import Refused
from tests.oracle.reports import reported
from tests.oracle.shop import Prize, Shop
from tests.oracle.terms import ShopTerms, day_in

SHOWN = 3
"""In every so many steps what the members are told is compared, too."""

type Step = tuple[str, int, dict[str, Any]]


class Mismatch(AssertionError):
    """The product and the model tell different stories. history is what was done to the accounts in question."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.history: list[str] = []


@dataclass(eq=False)
class Pair:
    """A business in the model and in the product; booked says on which day each move was, mark what was compared."""

    shop: Shop
    till: Till
    booked: dict[tuple[int, str], list[date]] = field(default_factory=dict)
    mark: int = 0


class Driver:
    """A few businesses in which everything happens twice; steps is what was done."""

    def __init__(self, terms: Sequence[tuple[ShopTerms, Sequence[Prize]]], start: datetime) -> None:
        self.pairs = [
            Pair(Shop(each, [Prize(p.unit, p.cost, p.stock, p.per_member) for p in prizes]),
                 open_till(each, prizes, start))
            for each, prizes in terms
        ]  # fmt: skip
        self.steps: list[Step] = []
        self.counts: Counter[str] = Counter()

    def do(self, verb: str, place: int, *, called: str = "", **params: Any) -> bool:
        """Do a step in the business at a place, twice, and compare; return whether it was done, not refused.

        called is the kind that it is counted as.
        """
        self.steps.append((verb, place, params))
        try:
            return self._do(verb, place, called or verb, params)
        except Mismatch as mismatch:
            mismatch.history = self.history(place, self.touched(verb, self.pairs[place], params))
            raise

    def _do(self, verb: str, place: int, called: str, params: dict[str, Any]) -> bool:
        pair = self.pairs[place]
        before = self.touched(verb, pair, params)
        expected = answer(getattr(pair.shop, verb), params, (Refused,))
        got = answer(getattr(pair.till, verb), params, REFUSALS)
        if expected != got:
            raise Mismatch(f"{verb}: the model says {expected}, the product {got}")
        shown = len(self.steps) % SHOWN == 0
        self.counts[called] += 1
        if expected[0] == "refused":
            self.counts["refused"] += 1
        self.compare(place, sorted({*before, *self.touched(verb, pair, params)}), params["now"], shown=shown)
        return expected[0] == "done"

    def touched(self, verb: str, pair: Pair, params: dict[str, Any]) -> list[int]:
        """Return the numbers of the accounts that a step may have changed."""
        shop = pair.shop
        if verb == "expire":
            return list(range(len(shop.accounts)))
        found = {params[name] for name in ("account", "into") if name in params}
        if "sale" in params:
            found.add(shop.purchases[params["sale"]].account.number)
        if "redemption" in params:
            found.add(shop.redemptions[params["redemption"]].account.number)
        if "adjustment" in params:
            found.add(shop.current(shop.adjustments[params["adjustment"]].account).number)
        for merge in shop.merges:
            found |= {merge.source.number, merge.target.number}
        return sorted(found or {len(shop.accounts) - 1})

    def history(self, place: int, numbers: Sequence[int]) -> list[str]:
        """Return in words what was done in a business to some accounts, the last thing last."""
        pair = self.pairs[place]
        mine = [
            (verb, params) for verb, where, params in self.steps
            if where == place and verb != "open_account" and {*self.touched(verb, pair, params)} & {*numbers}
        ]  # fmt: skip
        return [f"{verb} {', '.join(f'{name}={value}' for name, value in params.items())}" for verb, params in mine]

    def compare(self, place: int, numbers: Sequence[int], now: datetime, *, shown: bool) -> None:
        """Compare balances, lots and new entries of some accounts; shown: what their members are told, too."""
        pair = self.pairs[place]
        told, found = self.model_says(pair, numbers, now), self.product_says(pair, numbers)
        if shown:
            self._shown(pair, numbers, told, found, now)
        for number in numbers:
            for what, expected in told[number].items():
                got = found[number][what]
                for code in sorted({code for code in expected | got if expected.get(code) != got.get(code)}):
                    where = f"{what} of {code}, account {number} of shop {place}"
                    raise Mismatch(f"{where}: the model has {expected.get(code)}, the product {got.get(code)}")

    def model_says(self, pair: Pair, numbers: Sequence[int], now: datetime) -> dict[int, dict[str, Any]]:
        told: dict[int, dict[str, Any]] = {}
        for number in numbers:
            mine = told[number] = {"balances": {}, "lots": {}, "new entries": {}}
            for code, purse in pair.shop.accounts[number].purses.items():
                if not purse.moves:
                    continue
                mine["balances"][code] = (purse.amount, purse.owed, purse.awarded, purse.spent, len(purse.moves))
                if purse.lots:
                    mine["lots"][code] = [(lot.amount, lot.left, lot.first, lot.last) for lot in purse.lots]
                booked = pair.booked.setdefault((number, code), [])
                fresh = purse.moves[len(booked) :]
                booked += [purse.day(now)] * len(fresh)
                if fresh:
                    mine["new entries"][code] = [(m.kind, m.amount, m.owed, m.forgiven, m.day) for m in fresh]
        return told

    def product_says(self, pair: Pair, numbers: Sequence[int]) -> dict[int, dict[str, Any]]:
        places = {pair.till.account(number).pk: number for number in numbers}
        codes = {unit.pk: code for code, unit in pair.till.units.items()}
        found: dict[int, dict[str, Any]] = {
            number: {"balances": {}, "lots": {}, "new entries": {}} for number in numbers
        }
        columns = ("account", "unit", "amount", "owed", "awarded_total", "spent_total", "last_seq")
        for account, unit, *numbers_in_it in Balance.objects.filter(account__in=places).values_list(*columns):
            if any(numbers_in_it):
                found[places[account]]["balances"][codes[unit]] = tuple(numbers_in_it)
        columns = ("account", "unit", "amount", "remaining", "first_good_day", "last_good_day")
        lots = Lot.objects.filter(account__in=places).order_by("pk").values_list(*columns)
        for account, unit, *lot in lots:
            found[places[account]]["lots"].setdefault(codes[unit], []).append(tuple(lot))
        self._new_entries(pair, places, codes, found)
        return found

    def _new_entries(self, pair: Pair, places: dict, codes: dict, found: dict) -> None:
        columns = ("pk", "account", "unit", "kind", "amount", "owed_change", "forgiven", "at")
        fresh = Entry.objects.filter(account__in=places, pk__gt=pair.mark).order_by("pk").values_list(*columns)
        for pk, account, unit, kind, amount, owed, forgiven, at in fresh:
            day = day_in(pair.shop.terms.zone, at)
            rows = found[places[account]]["new entries"].setdefault(codes[unit], [])
            rows.append((kind, amount, owed, forgiven, day))
            pair.mark = pk

    def _shown(self, pair: Pair, numbers: Sequence[int], told: dict, found: dict, now: datetime) -> None:
        """Put beside what members are told: what they can spend today, what is held, and what they owe."""
        rows = balances([pair.till.account(number) for number in numbers], now)
        for number in numbers:
            told[number]["shown"] = {
                code: shown
                for code, purse in pair.shop.accounts[number].purses.items()
                if any(shown := (purse.spendable(purse.day(now)), purse.pending(purse.day(now)), purse.owed))
            }
            found[number]["shown"] = {
                row.unit.code: shown
                for row in rows[pair.till.account(number).pk]
                if any(shown := (row.amount, sum(each.amount for each in row.pending), row.owed))
            }

    def audit(self, now: datetime, *, prove: bool) -> None:
        """Compare all accounts and what is reported of them.

        prove: the statements of all accounts by month, too, and let the product prove its books.
        """
        for place, pair in enumerate(self.pairs):
            self.compare(place, range(len(pair.shop.accounts)), now, shown=True)
            for told, expected, got in reported(pair.shop, pair.till, pair.booked, now, months=prove):
                if expected != got:
                    raise Mismatch(f"{told} of shop {place}: {difference(expected, got)}")
            proof = verify(pair.till.business) if prove else ()
            if faults := [f"{each.invariant}: {each.faults[:3]}" for each in proof if each.faults]:
                raise Mismatch(f"verify finds {faults}")


def difference(expected: object, got: object) -> str:
    """Return what two reports differ in, line by line where they have lines."""
    if isinstance(expected, list) and isinstance(got, list):
        expected, got = [row for row in expected if row not in got], [row for row in got if row not in expected]
    return f"the model has {expected}, the product {got}"


def answer(verb: Callable[..., object], params: dict[str, Any], refusals: tuple[type[Exception], ...]) -> tuple:
    """Return what a side answers, or by which name it refuses, or which other error it met."""
    try:
        return ("done", verb(**params))
    except Refused as refusal:
        return ("refused", str(refusal))
    except Exception as error:  # noqa: BLE001 - any error is an answer to be compared
        return ("refused" if isinstance(error, refusals) else "failed", type(error).__name__)
