"""What a check has found and an import has booked, in words and figures for its page."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from loyalty.engine.imports.files import Unreadable
from loyalty.engine.imports.report import Report
from loyalty.engine.imports.rows import LeftOut, Problem, Refused
from loyalty.forms.imports import FAULTS, FIELDS
from loyalty.models import BatchState, ImportBatch

PROBLEMS = {
    Problem.NO_RECEIPT: _("No receipt number"),
    Problem.NO_DATE: _("No date"),
    Problem.BAD_DATE: _("The date cannot be read"),
    Problem.BAD_TIME: _("The time cannot be read"),
    Problem.FUTURE: _("The date lies in the future"),
    Problem.TOO_EARLY: _("The date is before 1980"),
    Problem.BAD_QUANTITY: _("The quantity is no number"),
    Problem.NO_AMOUNT: _("No amount"),
    Problem.BAD_AMOUNT: _("The amount is no number"),
    Problem.TOO_LARGE: _("The number is too large"),
    Problem.TOO_LONG: _("The text is too long"),
    Problem.OTHER_CUSTOMER: _("Another customer than the rows before of the same receipt"),
    Problem.OTHER_DAY: _("Another day than the rows before of the same receipt"),
    Problem.BELOW_ZERO: _("The discounts of the receipt are more than its goods"),
}
LEFT_OUT = {
    LeftOut.FREE: _("Price of zero"),
    LeftOut.NOTHING: _("Quantity of zero"),
    LeftOut.NEGATIVE: _("Negative price"),
}
FIGURES = {
    "sales": _("Purchases of customers"),
    "walk_ins": _("Purchases of walk-ins"),
    "lines": _("Lines"),
    "accounts": _("New accounts"),
    "returns_matched": _("Returns taken off a purchase"),
    "returns_unmatched": _("Returns without a purchase in the books"),
    "returns_left_out": _("Returns left out"),
    "known": _("In the books already"),
}


ON_OUR_SIDE = frozenset({Unreadable.GONE, Unreadable.STORAGE, Unreadable.CRASHED})
"""Faults of which no line of the file is the place."""


@dataclass(frozen=True, slots=True)
class Findings:
    """What the page of a checked file shows. problems: what is wrong, how often."""

    report: Report
    problems: list[tuple[Any, int]]
    first_problems: list[tuple[int, Any, str]]
    left_out: list[tuple[Any, int]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an import has booked so far, and how much of each unit it awarded and took back."""

    figures: list[tuple[Any, int]]
    awarded: list[tuple[Any, int]]
    taken_back: list[tuple[Any, int]]


def findings(batch: ImportBatch) -> Findings:
    """Return the report of a batch's check in words."""
    report = Report.from_json(batch.report)
    return Findings(
        report=report,
        problems=[(PROBLEMS[Problem(name)], number) for name, number in report.problems.items()],
        first_problems=[(row[0], PROBLEMS[Problem(row[1])], row[3]) for row in report.first_problems],
        left_out=[(LEFT_OUT[LeftOut(name)], number) for name, number in report.left_out.items()],
    )


def outcome(batch: ImportBatch) -> Outcome:
    """Return what a batch has booked in words. One query."""
    units = {str(unit.pk): unit for unit in batch.business.units.all()}

    def of_units(name: str) -> list[tuple[Any, int]]:
        return [(units[pk], amount) for pk, amount in batch.counts.get(name, {}).items() if pk in units]

    return Outcome(
        figures=[(label, batch.counts[name]) for name, label in FIGURES.items() if batch.counts.get(name)],
        awarded=of_units("awarded"),
        taken_back=of_units("taken_back"),
    )


def failure(batch: ImportBatch) -> str:
    """Return why the work on a batch could not go on; empty where nothing failed."""
    if batch.state != BatchState.FAILED:
        return ""
    if batch.error not in FAULTS:
        return _t("Something went wrong on our side. What is booked stays booked.")
    words = str(FAULTS[Unreadable(batch.error)])
    if batch.error in ON_OUR_SIDE:
        return words
    return f"{words} {_t('Line %(line)s.') % {'line': batch.error_line}}" if batch.error_line else words


def problem_in_words(refused: Refused) -> str:
    """Return why a row cannot be used, with the column it is about."""
    words = str(PROBLEMS[refused.problem])
    return f"{words} ({FIELDS[refused.field][0]})" if refused.field else words
