"""Why an entry was booked, in plain words, from the explanation that the ledger keeps with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

from babel.dates import format_date
from babel.lists import format_list
from babel.numbers import format_decimal
from django.utils.translation import get_language, pgettext, to_locale
from django.utils.translation import gettext as _

from loyalty.engine.amounts import format_amount
from loyalty.engine.rules import Method
from loyalty.models import Business, Entry, EntryKind, SaleLine, Unit
from loyalty.queries.explain import quantity_in_words

LISTED = 8
"""So many lines of a purchase are named one by one."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that led to an entry: its name, what it came to, and how that was reckoned, step by step."""

    title: str
    amount: str = ""
    steps: tuple[str, ...] = ()


def reasons(entry: Entry, business: Business, lines: Sequence[SaleLine] = ()) -> list[Reason]:
    """Return why an entry was booked, in the active language. Asks for entry.unit and entry.lot.

    lines are those of its purchase, in their order, where they are known: what was multiplied is then named.
    """
    speech = _Speech(business, entry.unit, lines)
    match EntryKind(entry.kind):
        case EntryKind.AWARD:
            return [speech.part(part) for part in entry.why.get("parts", [])] + speech.good_until(entry)
        case EntryKind.ADD | EntryKind.REINSTATE:
            return [Reason(str(entry.why["reason"]), speech.quantity(entry.amount)), *speech.good_until(entry)]
        case EntryKind.REMOVE:
            return [Reason(str(entry.why["reason"]), speech.quantity(entry.amount))]
        case EntryKind.SPEND:
            return [Reason(_("Taken from what runs out first."), speech.quantity(entry.amount))]
        case EntryKind.TAKE_BACK:
            return speech.taken_back(entry)
        case EntryKind.GIVE_BACK:
            return [Reason(_("Given back, with its own last day."), speech.quantity(entry.amount))]
        case EntryKind.SETTLE:
            return [Reason(_("Paid what was owed."), speech.quantity(entry.amount))]
        case EntryKind.EXPIRE:
            return speech.expired(entry)
        case EntryKind.MOVE_IN:
            return [
                Reason(_("Brought over from another card."), speech.quantity(entry.amount)),
                *speech.good_until(entry),
            ]
        case EntryKind.MOVE_OUT:
            return [Reason(_("Brought to another card."), speech.quantity(entry.amount))]
        case EntryKind.FORGIVE:
            return [Reason(str(entry.why["reason"]), speech.quantity(entry.owed_change))]


def day_in_words(day: date) -> str:
    """Return a day as the reader's language writes it."""
    return str(format_date(day, format="medium", locale=locale()))


def signed_in_words(amount: int, unit: Unit) -> str:
    """Return a change of a balance with its sign: "+12 points", or with a minus."""
    words = quantity_in_words(abs(amount), unit, locale())
    return f"+{words}" if amount > 0 else f"\u2212{words}" if amount < 0 else words


@dataclass(frozen=True, slots=True)
class _Speech:
    business: Business
    unit: Unit
    lines: Sequence[SaleLine] = ()

    def quantity(self, amount: int) -> str:
        return quantity_in_words(abs(amount), self.unit, locale())

    def money(self, minor: int) -> str:
        return format_amount(minor, currency=self.business.currency, locale=locale())

    def day(self, day: date) -> str:
        return day_in_words(day)

    def exactly(self, parts: Fraction) -> str:
        """An exact number of smallest parts with the unit's name, to four decimals: "19.99 points"."""
        value = parts / 10**self.unit.decimals
        decimal = (Decimal(value.numerator) / value.denominator).quantize(Decimal("0.0001"), ROUND_HALF_UP)
        number = format_decimal(decimal, format="#,##0.####", locale=locale())
        return f"{number} {self.unit.name_one if value == 1 else self.unit.name}"

    def part(self, part: Mapping[str, Any]) -> Reason:
        exact, amount = Fraction(part["before_rounding"]), int(part["amount"])
        steps = [*self._counted(part), *self._multiplied(part, exact)]
        rounded = self._rounded(part, exact)
        if rounded:
            steps.append(rounded)
        if part.get("limit"):
            steps.append(self._limited(str(part["limit"]), amount))
        return Reason(str(part["rule"]["name"]), self.quantity(amount), tuple(steps))

    def _counted(self, part: Mapping[str, Any]) -> list[str]:
        """What the rule saw, and what it gave for it before any bonus."""
        steps, award = Fraction(part["steps"]), int(part["award"])
        values = {
            "base": self.money(int(part["base"])),
            "award": self.quantity(award),
            "step": self.money(int(part["per_amount"])),
            "result": self.exactly(steps * award),
            "count": _number(steps),
        }
        match Method(part["rule"]["method"]):
            case Method.PER_AMOUNT:
                return [
                    _("%(base)s of this purchase counts.") % values,
                    _("%(award)s for every %(step)s: %(result)s.") % values,
                ]
            case Method.PER_ITEM:
                return [_("%(award)s for each of %(count)s items: %(result)s.") % values]
            case _:
                return []

    def _multiplied(self, part: Mapping[str, Any], exact: Fraction) -> list[str]:
        said = []
        for bonus in part["multipliers"]:
            values = {"name": bonus["name"], "factor": _number(Fraction(bonus["factor"]))}
            values["goods"] = self._goods(part, bonus["lines"])
            partly = _("%(name)s, for %(goods)s: × %(factor)s.") % values  # noqa: RUF001
            said.append(partly if bonus["lines"] else _("%(name)s: × %(factor)s.") % values)  # noqa: RUF001
        if said:
            said.append(_("Together: %(result)s.") % {"result": self.exactly(exact)})
        return said

    def _goods(self, part: Mapping[str, Any], covered: Sequence[int | None]) -> str:
        """Which lines these are, each with what it cost, or where they have no names, what they cost together."""
        billed = {line: int(cost) for line, cost, _amount in part["lines"] if line in covered}
        named = [
            _("%(item)s (%(amount)s)") % {"item": name, "amount": self.money(cost)}
            for line, cost in billed.items()
            if (name := self._name(line))
        ]
        if named and len(named) == len(billed) <= LISTED:
            return str(format_list(named, locale=locale()))
        if not billed:
            return _("a part of this purchase")
        return _("%(amount)s of this purchase") % {"amount": self.money(sum(billed.values()))}

    def _name(self, line: int | None) -> str:
        if line is None or line >= len(self.lines):
            return ""
        return self.lines[line].name or self.lines[line].item

    def _rounded(self, part: Mapping[str, Any], exact: Fraction) -> str:
        if exact.denominator == 1:
            return ""
        ways = {
            "down": _("Rounded down to whole %(unit)s."),
            "half_up": _("Rounded to the nearest whole %(unit)s."),
            "up": _("Rounded up to whole %(unit)s."),
        }
        return ways[part["rounding"]] % {"unit": self.unit.name}

    def _limited(self, limit: str, amount: int) -> str:
        ways = {
            "day": _("The most that can be earned in one day was reached: %(result)s."),
            "week": _("The most that can be earned in one week was reached: %(result)s."),
            "month": _("The most that can be earned in one month was reached: %(result)s."),
            "year": _("The most that can be earned in one year was reached: %(result)s."),
            "ever": _("The most that can be earned by this rule was reached: %(result)s."),
            "budget": _("All that was to be given away by this rule has been given: %(result)s."),
        }
        return ways[limit] % {"result": self.quantity(amount)}

    def good_until(self, entry: Entry) -> list[Reason]:
        """Between which days it can be spent, where it is not at once and for ever."""
        if not entry.amount:
            return []
        first, last = entry.lot.first_good_day, entry.lot.last_good_day
        if first and last:
            words = _("Good from %(first)s until %(last)s.") % {"first": self.day(first), "last": self.day(last)}
        elif first:
            words = _("Good from %(day)s.") % {"day": self.day(first)}
        elif last:
            words = pgettext("the last day to use it", "Good until %(day)s.") % {"day": self.day(last)}
        else:
            return []
        return [Reason(words)]

    def taken_back(self, entry: Entry) -> list[Reason]:
        said = [Reason(_("What this purchase had earned was taken back."), self.quantity(entry.amount))]
        if entry.owed_change:
            owed = _("Some of it had been spent: this is owed, and the next %(unit)s pay it.")
            said.append(Reason(owed % {"unit": self.unit.name}, self.quantity(entry.owed_change)))
        if entry.forgiven:
            said.append(Reason(_("Some of it had been spent: this is forgiven."), self.quantity(entry.forgiven)))
        return said

    def expired(self, entry: Entry) -> list[Reason]:
        day = entry.why.get("last_good_day")
        if not day:
            return [Reason(_("There was no visit for too long."), self.quantity(entry.amount)), *self.changed(entry)]
        words = _("The last good day was %(day)s.") % {"day": self.day(date.fromisoformat(day))}
        return [Reason(words, self.quantity(entry.amount)), *self.changed(entry)]

    def changed(self, entry: Entry) -> list[Reason]:
        """Name the change of expiry that made an entry come earlier, if one did."""
        changes = {step.id: step.from_day for step in self.unit.steps if step.id and step.from_day}
        since = changes.get(entry.why.get("change"))
        if since is None:
            return []
        return [Reason(_("It expired earlier because the expiry rules changed on %(day)s.") % {"day": self.day(since)})]


def _number(value: Fraction) -> str:
    return str(format_decimal(Decimal(value.numerator) / value.denominator, format="#,##0.###", locale=locale()))


def locale() -> str:
    """Return Babel's name of the active language."""
    return to_locale(get_language() or "en")
