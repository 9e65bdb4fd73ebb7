"""The catalogue in the console: the list, a reward's form with its preview, and what one click does."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from loyalty import nav
from loyalty.models import Role
from loyalty.toasts import success_with_undo
from loyalty.web import BusinessRequest, page, staff_page
from rewards.domain import catalogue
from rewards.domain.catalogue import UnitFixed, WasTaken
from rewards.forms.catalogue import RewardForm
from rewards.models import Reward, RewardState
from rewards.queries.listing import counts, rewards_in, units_of
from rewards.queries.takings import reward_at

TABS = (RewardState.ACTIVE, RewardState.DRAFT, RewardState.ARCHIVED)


def _state(text: str) -> RewardState:
    return RewardState(text) if text in RewardState.values else RewardState.ACTIVE


@require_safe
@staff_page(Role.MANAGER)
def rewards(request: BusinessRequest) -> HttpResponse:
    """List the rewards of one state."""
    state = _state(request.GET.get("state", ""))
    numbers = counts(request.business)
    context = {
        "rows": rewards_in(request.business, state),
        "state": state,
        "tabs": [(each, numbers[each.value], each == state) for each in TABS],
        "any": any(numbers.values()),
        "units": units_of(request.business),
        "starts": nav.links(
            "program-start", slug=request.business.slug, roles=[request.role.role if request.role else ""], path=""
        ),
    }
    return page(request, "rewards/console/rewards.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(Role.MANAGER)
def add(request: BusinessRequest) -> HttpResponse:
    """Add a reward, as a draft or right into the catalogue."""
    units = units_of(request.business)
    if not units:
        return redirect("rewards:rewards", business=request.business.slug)
    if request.method != "POST":
        return _show(request, RewardForm(_typed(request), business=request.business, units=units))
    form = RewardForm(request.POST, request.FILES, business=request.business, units=units)
    if "show" in request.POST or not form.is_valid():
        return _show(request, form)
    state = RewardState.DRAFT if "draft" in request.POST else RewardState.ACTIVE
    reward = catalogue.create(
        business=request.business, details=form.details(), state=state, by=request.actor, at=timezone.now()
    )
    messages.success(request, _("“%(name)s” is saved.") % {"name": reward.name})
    return _to_list(request, state)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(Role.MANAGER)
def change(request: BusinessRequest, public_id: UUID) -> HttpResponse:
    """Change a reward."""
    reward = reward_at(request.business, public_id)
    units = units_of(request.business, reward)
    initial = RewardForm.initial_of(reward, units)
    if request.method != "POST":
        form = RewardForm(_typed(request), business=request.business, units=units, initial=initial)
        return _show(request, form, reward)
    form = RewardForm(request.POST, request.FILES, business=request.business, units=units, initial=initial)
    if "show" in request.POST or not form.is_valid():
        return _show(request, form, reward)
    try:
        catalogue.change(reward=reward, details=form.details(), by=request.actor, at=timezone.now())
    except UnitFixed:
        form.add_error("unit", _("Members have paid for it already: what it is paid with stays. Make a copy instead."))
        return _show(request, form, reward)
    messages.success(request, _("“%(name)s” is saved.") % {"name": form.cleaned_data["name"]})
    return _to_list(request, RewardState(reward.state))


def _typed(request: BusinessRequest) -> QueryDict | None:
    """Return what was typed so far, for a preview without saving."""
    return request.GET if "kind" in request.GET else None


def _show(request: BusinessRequest, form: RewardForm, reward: Reward | None = None) -> HttpResponse:
    form.is_valid()
    context = {"form": form, "reward": reward, "shown": form.preview(reward), "colour": request.business.colour[1:]}
    refused = request.method == "POST" and "show" not in request.POST
    return page(request, "rewards/console/reward.html", context, part="preview", status=422 if refused else 200)


def _to_list(request: BusinessRequest, state: RewardState) -> HttpResponse:
    address = reverse("rewards:rewards", kwargs={"business": request.business.slug})
    return redirect(address if state == RewardState.ACTIVE else f"{address}?state={state.value}")


SAID = {
    RewardState.ACTIVE: gettext_lazy("“%(name)s” is in the catalogue."),
    RewardState.DRAFT: gettext_lazy("“%(name)s” is a draft; members do not see it."),
    RewardState.ARCHIVED: gettext_lazy("“%(name)s” is archived. Vouchers that were issued stay good."),
}
VERBS = {RewardState.ACTIVE: "activate", RewardState.DRAFT: "withdraw", RewardState.ARCHIVED: "archive"}


@require_POST
@staff_page(Role.MANAGER)
def set_state(request: BusinessRequest, public_id: UUID, state: RewardState) -> HttpResponse:
    """Put a reward into the catalogue, or take it out; the toast does the opposite."""
    reward = reward_at(request.business, public_id)
    before = RewardState(reward.state)
    catalogue.set_state(reward=reward, state=state, by=request.actor, at=timezone.now())
    undo_url = _address(request, reward, VERBS[before])
    success_with_undo(request, SAID[state] % {"name": reward.name}, undo_url=undo_url)
    return _to_list(request, before if state == RewardState.ARCHIVED else state)


@require_POST
@staff_page(Role.MANAGER)
def duplicate(request: BusinessRequest, public_id: UUID) -> HttpResponse:
    """Make a copy as a draft; the toast removes it again."""
    reward = reward_at(request.business, public_id)
    name = _("Copy of %(name)s") % {"name": reward.name}
    copy = catalogue.duplicate(reward=reward, name=name[:80], by=request.actor, at=timezone.now())
    text = _("“%(name)s” is a draft; members do not see it.") % {"name": copy.name}
    success_with_undo(request, text, undo_url=_address(request, copy, "remove"))
    return redirect("rewards:reward", business=request.business.slug, public_id=copy.public_id)


@require_POST
@staff_page(Role.MANAGER)
def remove(request: BusinessRequest, public_id: UUID) -> HttpResponse:
    """Remove a draft that nobody ever took."""
    reward = reward_at(request.business, public_id)
    try:
        catalogue.remove(reward=reward, by=request.actor, at=timezone.now())
    except WasTaken:
        messages.error(request, _("“%(name)s” is no longer a draft. Archive it instead.") % {"name": reward.name})
    else:
        messages.success(request, _("“%(name)s” is removed.") % {"name": reward.name})
    return _to_list(request, RewardState.ACTIVE)


@require_POST
@staff_page(Role.MANAGER)
def move(request: BusinessRequest, public_id: UUID, up: bool) -> HttpResponse:
    """Let a reward change places with its neighbour."""
    reward = reward_at(request.business, public_id)
    catalogue.move(reward=reward, up=up, by=request.actor, at=timezone.now())
    return _to_list(request, RewardState(reward.state))


def _address(request: BusinessRequest, reward: Reward, verb: str) -> str:
    kwargs = {"business": request.business.slug, "public_id": reward.public_id}
    return reverse(f"rewards:reward-{verb}", kwargs=kwargs)
