"""Worked examples of a program, reckoned by the engine itself."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import get_day_names
from babel.lists import format_list
from django.utils.translation import gettext as _

from loyalty.engine.awards import Award
from loyalty.engine.earn import earn
from loyalty.engine.facts import CustomerFacts, LineFacts, SaleFacts
from loyalty.engine.rules import Method, Rule, Trigger
from loyalty.engine.suggestions import everyday_purchase
from loyalty.queries.explain import Speech
from loyalty.queries.program import LiveProgram

PIECES = 3


def worked_examples(program: LiveProgram, at: datetime, locale: str) -> list[str]:
    """Return sentences on what purchases and visits of the week from the moment on would earn."""
    return list(_Examples(program, _noon(program, at), locale).all())


def award_in_words(awards: Iterable[Award], program: LiveProgram, locale: str) -> str:
    """Return "12 beans and 1 stamp", or "nothing"."""
    speech = Speech(program.version.business, program.units, locale)
    said = [speech.quantity(award.amount, award.unit) for award in awards]
    return str(format_list(said, locale=locale)) if said else _("nothing")


def purchase(program: LiveProgram, total: int, at: datetime) -> tuple[Award, ...]:
    """Return what a purchase of the total (smallest parts) would earn a customer who has had nothing that day."""
    here = at.astimezone(ZoneInfo(program.version.business.time_zone))
    sale = SaleFacts(at=here, total=total, total_before_tax=total, is_visit=True)
    return earn(program.rules, sale, CustomerFacts())


def _noon(program: LiveProgram, at: datetime) -> datetime:
    here = at.astimezone(ZoneInfo(program.version.business.time_zone))
    return here.replace(hour=12, minute=0, second=0, microsecond=0)


@dataclass(frozen=True, slots=True)
class _Examples:
    program: LiveProgram
    noon: datetime
    locale: str

    def all(self) -> Iterator[str]:
        for total in self._totals():
            yield from self._week(total)
        yield from self._goods()
        if any(rule.trigger is Trigger.VISIT for rule in self.program.rules.rules):
            visit = SaleFacts(at=self.noon, total=0, total_before_tax=0, is_visit=True)
            yield _("A visit without a purchase earns %(award)s.") % {"award": self._words(visit)}

    def _totals(self) -> list[int]:
        """The everyday purchase, or one worth some steps; and the least that a rule asks for, if that is more."""
        rules = self.program.rules.rules
        steps = [rule.per_amount for rule in rules if rule.method is Method.PER_AMOUNT]
        usual = everyday_purchase(self.program.version.business.currency)
        sample = usual if not steps or min(steps) <= usual else min(steps) * 5 // 2
        return [sample, *sorted({rule.minimum for rule in rules if rule.minimum > sample})]

    def _week(self, total: int) -> Iterator[str]:
        """What the purchase earns on most days, and on which days it earns something else."""
        days: dict[str, list[int]] = {}
        for later in range(7):
            at = self.noon + timedelta(days=later)
            days.setdefault(self._words(SaleFacts(at=at, total=total, total_before_tax=total)), []).append(at.weekday())
        usual = max(days, key=lambda award: len(days[award]))
        amount = Speech(self.program.version.business, self.program.units, self.locale).money(total)
        yield _("A purchase of %(amount)s earns %(award)s.") % {"amount": amount, "award": usual}
        names = get_day_names(locale=Locale.parse(self.locale))
        for award, weekdays in days.items():
            if award != usual:
                said = format_list([names[day] for day in sorted(weekdays)], locale=self.locale)
                yield _("On %(weekdays)s it earns %(award)s.") % {"weekdays": said, "award": award}

    def _goods(self) -> Iterator[str]:
        """What the goods earn that a rule names, or counts piece by piece."""
        for rule in self.program.rules.rules:
            if rule.included_items or rule.included_categories or rule.method is Method.PER_ITEM:
                yield self._pieces(rule)

    def _pieces(self, rule: Rule) -> str:
        item, category = min(rule.included_items, default=""), min(rule.included_categories, default="")
        total = max(everyday_purchase(self.program.version.business.currency), rule.minimum)
        line = LineFacts(item, category, Decimal(PIECES), total, total)
        sale = SaleFacts(at=self.noon, total=total, total_before_tax=total, lines=(line,))
        amount = Speech(self.program.version.business, self.program.units, self.locale).money(total)
        values = {"count": PIECES, "amount": amount, "name": item or category, "award": self._words(sale)}
        if item or category:
            return _("%(count)s × %(name)s for %(amount)s earn %(award)s.") % values  # noqa: RUF001
        return _("%(count)s items for %(amount)s earn %(award)s.") % values

    def _words(self, sale: SaleFacts) -> str:
        return award_in_words(earn(self.program.rules, sale, CustomerFacts()), self.program, self.locale)
