"""The set-up's three forms over one set of answers, from the first page to the last."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cached_property
from typing import Any

from django import forms

from loyalty.engine.suggestions import everyday_purchase
from loyalty.models import Business
from loyalty.queries.program import LiveProgram
from rewards.domain import setup
from rewards.domain.setup import Does, Earning, FirstReward
from rewards.forms.setup import DoesForm, EarnsForm, GetsForm
from rewards.queries.forecast import Forecast, forecast, suggested_cost

STEPS = (DoesForm.names, EarnsForm.names, GetsForm.names)
NAMES = {name: step for step, names in enumerate(STEPS, 1) for name in names}


class Wizard:
    """Each question is asked with what was answered before it.

    typed is what came with the request, earlier what a draft says that is set up anew. What was not answered yet, or
    cannot be right, counts as it is first proposed: so there is always a program to show.
    """

    def __init__(
        self, business: Business, *, typed: Mapping[str, str], earlier: Mapping[str, Any], at: datetime
    ) -> None:
        self.business, self.earlier, self.at = business, dict(earlier), at
        self.typed = {name: value for name, value in typed.items() if name in NAMES}

    def form(self, step: int, *, bound: bool) -> forms.Form:
        """Return the form of a step: with what was typed as its answers, or only as a proposal."""
        make = (DoesForm, self._earns, self._gets)[step - 1]
        return make(self.typed) if bound else make(None, initial=self.earlier | self.typed)

    def first_open(self, last: int) -> int | None:
        """Return the first step up to the last that is not answered rightly, if any."""
        return next((step for step in range(1, last + 1) if not self.form(step, bound=True).is_valid()), None)

    def carried(self, step: int) -> list[tuple[str, str]]:
        """Return the answers of the other steps, to be sent along with this one."""
        return [(name, value) for name, value in self.typed.items() if NAMES[name] != step]

    @cached_property
    def does(self) -> Does:
        """The first answer."""
        return Does(self._settled(DoesForm).cleaned_data["does"])

    @cached_property
    def earning(self) -> Earning:
        """The first two answers."""
        form = self._settled(self._earns)
        assert isinstance(form, EarnsForm)
        return form.earning()

    @cached_property
    def program(self) -> LiveProgram:
        """The program that the first two answers make."""
        return setup.imagine(business=self.business, earning=self.earning)

    @cached_property
    def gets(self) -> GetsForm:
        """The third answer."""
        form = self._settled(self._gets)
        assert isinstance(form, GetsForm)
        return form

    @cached_property
    def reward(self) -> FirstReward:
        """The first reward."""
        return self.gets.reward()

    @cached_property
    def forecast(self) -> Forecast:
        """How soon a customer reaches it who spends what customers usually spend."""
        return forecast(
            self.program, unit=self.reward.unit, cost=self.reward.cost, money_off=self.reward.money_off,
            usual=self.gets.cleaned_data["usual"], at=self.at,
        )  # fmt: skip

    def _earns(self, data: Any, **kwargs: Any) -> forms.Form:
        return EarnsForm(data, currency=self.business.currency, does=self.does, **kwargs)

    def _gets(self, data: Any, *, initial: Mapping[str, Any] | None = None) -> forms.Form:
        earned = {code: unit.name for code, unit in self.program.units.items()}
        typed = self.typed.get("unit", "")
        unit = typed if typed in earned else next(iter(earned))
        usual = everyday_purchase(self.business.currency)
        cost = suggested_cost(self.program, unit=unit, usual=usual, at=self.at)
        initial = {"cost": cost} | dict(initial or {}) | {"unit": unit}
        if data is not None and len(earned) == 1:
            # There is nothing to choose any more, whatever was chosen before the second answer changed.
            data = {**data, "unit": unit}
        return GetsForm(data, currency=self.business.currency, earned=earned, initial=initial)

    def _settled(self, make: Callable[..., forms.Form]) -> forms.Form:
        """Return the form with what was typed where it is right, else with what it proposes."""
        empty = make(None, initial=self.earlier)
        proposed = {name: empty[name].value() for name in empty.fields}
        form = make(proposed | self.typed)
        if not form.is_valid():
            right = {name: value for name, value in self.typed.items() if name not in form.errors}
            form = make(proposed | right)
            form.full_clean()
        return form
