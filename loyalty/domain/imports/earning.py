"""What the purchases of a file earn by the version that was live when its import began."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

from loyalty.domain.ledger import PlainLine
from loyalty.domain.terms import Terms
from loyalty.engine.awards import Award
from loyalty.engine.earn import earn
from loyalty.engine.facts import CustomerFacts, LineFacts, SaleFacts
from loyalty.engine.imports.stage import StagedReceipt
from loyalty.models import RuleUse
from loyalty.queries.accounts import behind

NOBODY = CustomerFacts()
"""An import knows nothing of persons: rules that ask for a birthday or a tier do not apply."""

_NOTHING: Mapping[int, int] = {}


def lines_of(receipt: StagedReceipt, terms: Terms, moment: datetime) -> list[PlainLine]:
    """Return what a receipt earns where no rule is limited. The moment is in the business's time zone."""
    lines = terms.of_total(receipt.amount, moment.date())
    return terms.of_awards(awards_of(receipt, terms, moment), moment.date()) if lines is None else lines


def awards_of(
    receipt: StagedReceipt, terms: Terms, moment: datetime, used: Mapping[int, int] = _NOTHING
) -> tuple[Award, ...]:
    """Return the awards of a receipt; used is what limited rules gave the account that day before."""
    return earn(terms.program.rules, _facts(receipt, moment), NOBODY, used)


def _facts(receipt: StagedReceipt, moment: datetime) -> SaleFacts:
    """The receipt in the engine's terms. What was paid is all that a file says: tax is in it."""
    lines = (
        LineFacts(line.item, line.category, Decimal(line.quantity) / 1000, line.amount, line.amount)
        for line in receipt.lines
    )
    return SaleFacts(moment, total=receipt.amount, total_before_tax=receipt.amount, lines=tuple(lines))


class UsedOfLimits:
    """What rules with a daily limit have awarded, by account and day: from the books, and from what is being booked."""

    def __init__(self, limited: frozenset[int], account_ids: Iterable[int], days: Iterable[date]) -> None:
        self.limited = limited
        self.used: dict[tuple[int, date], dict[int, int]] = {}
        accounts = behind(account_ids)
        found = RuleUse.objects.filter(account__in=accounts, rule__in=limited, day__in=set(days))
        for account, day, rule, amount in found.values_list("account", "day", "rule", "amount"):
            self._count(accounts[account], day, rule, amount)

    def of(self, account_id: int, day: date) -> Mapping[int, int]:
        """Return what each rule has awarded an account on a day."""
        return self.used.get((account_id, day), _NOTHING)

    def note(self, account_id: int, day: date, awards: Sequence[Award]) -> None:
        """Count awards that are being booked."""
        for part in (part for award in awards for part in award.parts):
            if part.rule_id is not None and part.rule_id in self.limited:
                self._count(account_id, day, part.rule_id, part.amount)

    def _count(self, account: int, day: date, rule: int, amount: int) -> None:
        of_day = self.used.setdefault((account, day), {})
        of_day[rule] = of_day.get(rule, 0) + amount
