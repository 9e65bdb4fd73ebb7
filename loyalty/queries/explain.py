"""A program in plain words: what earns, what it is good for, and until when."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, get_day_names
from babel.lists import format_list
from django.utils.text import capfirst
from django.utils.translation import get_language, ngettext, to_locale
from django.utils.translation import gettext as _

from loyalty.engine.amounts import Rounding, format_amount, format_units
from loyalty.engine.awards import exact
from loyalty.engine.lots import ExpiryKind, ExpiryPolicy
from loyalty.engine.rules import Bonus as BonusFacts
from loyalty.engine.rules import Conditions, Method, Rule, Trigger
from loyalty.models import Bonus, Business, EarningRule, Unit
from loyalty.queries.program import LiveProgram, bonus_facts, rule_facts


@dataclass(frozen=True, slots=True)
class Pieces:
    """The rules and bonuses of a version, each row with its sentence."""

    rules: list[tuple[EarningRule, str]]
    bonuses: list[tuple[Bonus, str]]


def rules_in_words(program: LiveProgram, locale: str) -> list[str]:
    """Return one sentence per earning rule and bonus; numbers as the locale (Babel's name) writes them."""
    speech = Speech(program.version.business, program.units, locale)
    return [speech.rule(rule) for rule in program.rules.rules] + [speech.bonus(b) for b in program.rules.bonuses]


def pieces_in_words(program: LiveProgram, locale: str) -> Pieces:
    """Return the rows of a saved version, each with its sentence. Two queries."""
    rules = program.version.rules.select_related("unit").order_by("position", "pk")
    bonuses = program.version.bonuses.select_related("unit").order_by("pk")
    speech = Speech(program.version.business, program.units, locale)
    return Pieces(
        rules=[(row, speech.rule(rule_facts(row))) for row in rules],
        bonuses=[(row, speech.bonus(bonus_facts(row))) for row in bonuses],
    )


def quantity_in_words(amount: int, unit: Unit, locale: str) -> str:
    """Return an amount (smallest parts) with the unit's name: "1 bean", "1,240 beans"."""
    name = unit.name_one if amount == 10**unit.decimals else unit.name
    return f"{format_units(amount, decimals=unit.decimals, locale=locale)} {name}"


def expiry_in_words(unit: Unit) -> str:
    """Return how long an award of the unit is good for, by what was announced last."""
    return policy_in_words(unit.policy)


def policy_in_words(policy: ExpiryPolicy) -> str:
    """Return how long something is good for."""
    count = policy.count
    values = {"count": count}
    match policy.kind:
        case ExpiryKind.NEVER:
            return _("They never expire.")
        case ExpiryKind.DAYS:
            return ngettext("They are good for %(count)d day.", "They are good for %(count)d days.", count) % values
        case ExpiryKind.MONTHS:
            return ngettext("They are good for %(count)d month.", "They are good for %(count)d months.", count) % values
        case ExpiryKind.MONTHS_END_OF_MONTH:
            months = ngettext(
                "They are good for %(count)d month, to the end of that month.",
                "They are good for %(count)d months, to the end of that month.",
                count,
            )
            return months % values
        case ExpiryKind.END_OF_YEAR if not count:
            return _("They are good to the end of the year.")
        case ExpiryKind.END_OF_YEAR if count == 1:
            return _("They are good to the end of next year.")
        case ExpiryKind.END_OF_YEAR:
            return _("They are good to the end of the year, %(count)d years on.") % values
        case ExpiryKind.INACTIVITY_DAYS:
            days = ngettext(
                "They expire after %(count)d day without a visit.",
                "They expire after %(count)d days without a visit.",
                count,
            )
            return days % values
        case ExpiryKind.INACTIVITY_MONTHS:
            months = ngettext(
                "They expire after %(count)d month without a visit.",
                "They expire after %(count)d months without a visit.",
                count,
            )
            return months % values


def hold_in_words(unit: Unit) -> str:
    """Return when an award of the unit can be spent, where that is not at once; else nothing."""
    count = unit.hold_days
    if not count:
        return ""
    said = ngettext(
        "They can be spent from the day after they were earned.",
        "They can be spent from %(count)d days after they were earned.",
        count,
    )
    return said % {"count": count}


def validity_in_words(unit: Unit, today: date | None = None) -> list[str]:
    """Return from when and until when an award of the unit is good, a sentence each.

    With a day in the business's zone: what holds on it, and what is to come from which day.
    """
    said = [hold_in_words(unit)]
    if today is None:
        return [words for words in (*said, expiry_in_words(unit)) if words]
    said.append(policy_in_words(unit.policy_on(today)))
    coming = [(step.policy, step.from_day) for step in unit.steps if step.from_day and step.from_day > today]
    said += [coming_in_words(policy_in_words(policy), day) for policy, day in coming]
    return [words for words in said if words]


def coming_in_words(words: str, day: date) -> str:
    """Return a sentence with the day from which it holds."""
    since = format_date(day, locale=to_locale(get_language() or "en"))
    return _("From %(day)s: %(words)s") % {"day": since, "words": words}


def unit_in_words(unit: Unit, today: date | None = None) -> list[str]:
    """Return what members should know of a unit: its card, how long it is good for, what becomes of fractions.

    With a day in the business's zone: what holds on it, and what is to come from which day.
    """
    said = validity_in_words(unit, today)
    if unit.card_size:
        said = [*_card_in_words(unit, today), *said]
    if Rounding(unit.rounding) is Rounding.HALF_UP:
        said.append(_("Fractions are rounded."))
    if Rounding(unit.rounding) is Rounding.UP:
        said.append(_("Fractions are rounded up."))
    return said


def _card_in_words(unit: Unit, today: date | None) -> list[str]:
    size = unit.card_size_on(today) if today else unit.card_size
    said = [_size_in_words(size or 0)]
    if today and unit.card_size_from and unit.card_size_from > today:
        said.append(coming_in_words(_size_in_words(unit.card_size or 0), unit.card_size_from))
    return said


def _size_in_words(size: int) -> str:
    return ngettext("A card has %(count)d place.", "A card has %(count)d places.", size) % {"count": size}


@dataclass(frozen=True, slots=True)
class Changes:
    """What a version says that the one before did not, what it no longer says, and what both say."""

    new: list[str]
    gone: list[str]
    kept: list[str]


def changes_in_words(before: LiveProgram | None, after: LiveProgram, locale: str) -> Changes:
    """Return the difference of two programs, sentence by sentence."""
    old = _all_in_words(before, locale) if before else []
    now = _all_in_words(after, locale)
    return Changes(
        new=[words for words in now if words not in old],
        gone=[words for words in old if words not in now],
        kept=[words for words in now if words in old],
    )


def _all_in_words(program: LiveProgram, locale: str) -> list[str]:
    said = [_("The program is called “%(name)s”.") % {"name": program.version.name}]
    said += rules_in_words(program, locale)
    for unit in program.units.values():
        said += [
            _("%(unit)s: %(words)s") % {"unit": capfirst(unit.name), "words": words} for words in unit_in_words(unit)
        ]
    if program.version.bonuses_multiply:
        said.append(_("Several bonuses at once multiply."))
    return said


@dataclass(frozen=True, slots=True)
class Speech:
    """Says rules and bonuses of one business in the active language; units are by code."""

    business: Business
    units: dict[str, Unit]
    locale: str

    def rule(self, rule: Rule) -> str:
        """Return "1 bean for every €1.00 spent, from €5.00, at most 3 a day"."""
        limits = [] if rule.limit_per_day is None else self._daily_limits(rule)
        alone = [_("instead of the other rules")] if rule.exclusive else []
        return ", ".join([self._award(rule), *self._conditions(rule), *limits, *alone])

    def bonus(self, bonus: BonusFacts) -> str:
        """Return "Points × 2, on Tuesday"."""  # noqa: RUF002
        unit = self.units[bonus.unit]
        gains = []
        if bonus.factor is not None:
            values = {"unit": unit.name, "factor": self._number(exact(bonus.factor))}
            only_rates = _("%(unit)s × %(factor)s, but not what is given once") % values  # noqa: RUF001
            gains.append(_("%(unit)s × %(factor)s") % values if bonus.multiplies_flat else only_rates)  # noqa: RUF001
        if bonus.addition:
            gains.append(_("%(quantity)s more") % {"quantity": self.quantity(bonus.addition, bonus.unit)})
        return capfirst(", ".join([format_list(gains, locale=self.locale), *self._conditions(bonus)]))

    def quantity(self, amount: int, code: str) -> str:
        """Return an amount of a unit with its name."""
        return quantity_in_words(amount, self.units[code], self.locale)

    def money(self, minor: int) -> str:
        """Return an amount in the business's currency."""
        return format_amount(minor, currency=self.business.currency, locale=self.locale)

    def _award(self, rule: Rule) -> str:
        values = {"quantity": self.quantity(rule.award, rule.unit), "amount": self.money(rule.per_amount)}
        if rule.method is Method.PER_AMOUNT:
            whole = _("%(quantity)s for every full %(amount)s spent") % values
            return whole if rule.whole_steps else _("%(quantity)s for every %(amount)s spent") % values
        if rule.method is Method.PER_ITEM:
            return _("%(quantity)s for every item") % values
        if rule.trigger is Trigger.VISIT:
            return _("%(quantity)s for every visit") % values
        return _("%(quantity)s for every purchase") % values

    def _conditions(self, conditions: Conditions) -> list[str]:
        said = [
            self._list(_("only %(names)s"), conditions.included_items | conditions.included_categories),
            self._list(_("not for %(names)s"), conditions.excluded_items | conditions.excluded_categories),
            _("from a purchase of %(amount)s") % {"amount": self.money(conditions.minimum)}
            if conditions.minimum
            else "",
            _("counted before tax") if conditions.before_tax else "",
            self._weekdays(conditions.weekdays),
            self._window(conditions.starts_at, conditions.ends_at),
        ]
        return [words for words in said if words]

    def _list(self, words: str, names: frozenset[str]) -> str:
        return words % {"names": format_list(sorted(names), locale=self.locale)} if names else ""

    def _weekdays(self, weekdays: frozenset[int]) -> str:
        names = get_day_names(locale=Locale.parse(self.locale))
        chosen = [names[day] for day in sorted(weekdays)]
        return _("on %(weekdays)s") % {"weekdays": format_list(chosen, locale=self.locale)} if chosen else ""

    def _window(self, starts_at: datetime | None, ends_at: datetime | None) -> str:
        first = self._day(starts_at) if starts_at else ""
        last = self._day(ends_at - timedelta(microseconds=1)) if ends_at else ""
        if first and last:
            return _("from %(first)s to %(last)s") % {"first": first, "last": last}
        if first:
            return _("from %(first)s on") % {"first": first}
        return _("up to %(last)s") % {"last": last} if last else ""

    def _day(self, at: datetime) -> str:
        day: date = at.astimezone(ZoneInfo(self.business.time_zone)).date()
        return str(format_date(day, format="medium", locale=self.locale))

    def _daily_limits(self, rule: Rule) -> list[str]:
        limit = _("at most %(quantity)s a day") % {"quantity": self.quantity(rule.limit_per_day or 0, rule.unit)}
        if rule.limit_from is None:
            return [limit]
        since = format_date(rule.limit_from, format="medium", locale=self.locale)
        later = _("%(words)s from %(day)s on") % {"words": limit, "day": since}
        if rule.earlier_limit_per_day is None:
            return [later]
        before = self.quantity(rule.earlier_limit_per_day, rule.unit)
        return [_("at most %(quantity)s a day before %(day)s") % {"quantity": before, "day": since}, later]

    def _number(self, text: str) -> str:
        return text.replace(".", Locale.parse(self.locale).number_symbols["latn"]["decimal"])
