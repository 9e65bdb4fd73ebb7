"""Setting up a first program by three answers."""

from babel.numbers import format_percent
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from loyalty.models import Role
from loyalty.queries.explain import expiry_in_words, quantity_in_words, rules_in_words
from loyalty.queries.program import draft_version, ever_live
from loyalty.templatetags.formats import babel_locale
from loyalty.web import BusinessRequest, page, staff_page
from rewards.domain import setup as domain
from rewards.domain.setup import AlreadyLive
from rewards.forms.earlier import earlier_answers
from rewards.forms.wizard import STEPS, Wizard

TITLES = [gettext_lazy("What customers do"), gettext_lazy("What they earn"), gettext_lazy("What they get")]


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(Role.MANAGER)
def setup(request: BusinessRequest) -> HttpResponse:
    """Ask one of the three questions. All answers travel in the address until the last page books them."""
    if ever_live(request.business):
        messages.info(request, _("Your program is live. Here you can change it."))
        return redirect("loyalty:program", business=request.business.slug)
    typed = request.POST if request.method == "POST" else request.GET
    earlier = earlier_answers(request.business)
    wizard = Wizard(request.business, typed=typed.dict(), earlier=earlier, at=timezone.now())
    at, go = _step(typed.get("at")), typed.get("go")
    if request.method == "POST" and go is None:
        return _finish(request, wizard)
    open_step = wizard.first_open(at) if go == "next" else None
    step = open_step or {"next": min(at + 1, len(STEPS)), "back": max(at - 1, 1)}.get(go or "", at)
    return _ask(request, wizard, step, bound=open_step is not None or go == "show", refused=open_step is not None)


def _step(text: str | None) -> int:
    return int(text) if text in ("1", "2", "3") else 1


def _finish(request: BusinessRequest, wizard: Wizard) -> HttpResponse:
    open_step = wizard.first_open(len(STEPS))
    if open_step:
        return _ask(request, wizard, open_step, bound=True, refused=True)
    try:
        domain.create_draft(
            business=request.business, earning=wizard.earning, reward=wizard.reward, by=request.actor, at=timezone.now()
        )
    except AlreadyLive:
        return redirect("loyalty:program", business=request.business.slug)
    messages.success(request, _("Your program is drafted. Look it over, then go live."))
    return redirect("rewards:go-live", business=request.business.slug)


def _ask(request: BusinessRequest, wizard: Wizard, step: int, *, bound: bool, refused: bool) -> HttpResponse:
    locale = babel_locale()
    context = {
        "form": wizard.form(step, bound=bound),
        "step": step,
        "titles": TITLES,
        "carried": wizard.carried(step),
        "replaces": draft_version(request.business) is not None,
        "shown": wizard.program,
        "reward": wizard.reward,
        "forecast": wizard.forecast,
        "usual": wizard.gets.cleaned_data["usual"],
        "suggestion": _suggestion(wizard),
        "percent": _percent(wizard),
        "colour": request.business.colour[1:],
        "rules": rules_in_words(wizard.program, locale),
        "expiry": expiry_in_words(next(iter(wizard.program.units.values()))),
    }
    return page(request, "rewards/console/setup.html", context, part="preview", status=422 if refused else 200)


def _suggestion(wizard: Wizard) -> str:
    """Return the cost that we suggest, in words, unless it is the one typed."""
    suggested = wizard.forecast.suggested
    if suggested == wizard.reward.cost:
        return ""
    return quantity_in_words(suggested, wizard.program.units[wizard.reward.unit], babel_locale())


def _percent(wizard: Wizard) -> str:
    """Return which part of what was spent the reward gives back, where that is known."""
    thousandths = wizard.forecast.thousandths
    if thousandths is None:
        return ""
    return str(format_percent(thousandths / 1000, "#,##0.#%", locale=babel_locale()))
