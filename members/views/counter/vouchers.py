"""A voucher at the till: what it is for, whether it is good, handing it over and taking that back."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from loyalty.forms.reasons import ReasonForm
from loyalty.models import Channel
from loyalty.toasts import success_with_undo
from members.domain import counter
from members.domain.visits import OwnMembership
from members.forms.counter import KeyForm
from members.queries.booked import BookedVoucher, voucher_at
from members.views.counter.guard import CounterRequest, counter_page, till_page
from members.views.counter.recording import OWN, REFUSED, nothing_twice, own_membership
from rewards.domain.redemptions import LimitReached, NotEnough, OutOfStock, RedemptionError, UndoTooLate
from rewards.domain.undoing import ReasonMissing
from rewards.domain.vouchers import PutBackTooLate, VoucherNotGood
from rewards.models import Voucher


def _voucher(request: CounterRequest, public_id: UUID) -> Voucher:
    voucher = voucher_at(request.business, public_id)
    if voucher is None:
        raise Http404
    return voucher


@require_safe
@counter_page
def show(request: CounterRequest, voucher: UUID) -> HttpResponse:
    """Show a voucher and whether it is good."""
    return _page(request, _voucher(request, voucher))


def _page(
    request: CounterRequest, voucher: Voucher, *, problem: str = "", why: ReasonForm | None = None, status: int = 200
) -> HttpResponse:
    now = timezone.now()
    booked = BookedVoucher(voucher, now)
    manager = counter.is_manager(request.actor)
    values = {
        "booked": booked,
        "voucher": voucher,
        "form": KeyForm(),
        "problem": problem,
        "may_undo": booked.in_time,
        "may_undo_late": booked.is_used and not booked.in_time and manager,
        "may_redo": booked.may_redo(manager),
        "why": why or _reason_form(voucher),
        "own": booked.customer.is_own(request.role),
    }
    return till_page(request, "voucher.html", values, status=status)


def _reason_form(voucher: Voucher, data: Mapping[str, Any] | None = None) -> ReasonForm:
    """Return the form that asks why; what was taken at the till has a booking in which the member reads it."""
    return ReasonForm(data, is_read=voucher.redemption.channel == Channel.COUNTER)


@require_POST
@counter_page
def use(request: CounterRequest, voucher: UUID) -> HttpResponse:
    """Hand over what a voucher is for."""
    found, form, now = _voucher(request, voucher), KeyForm(request.POST), timezone.now()
    if not form.is_valid():
        return _page(request, found, problem=f"{form.errors['key'][0]}", status=REFUSED)
    try:
        counter.use_voucher(voucher=found, key=form.booking_key, by=request.actor, at=now)
    except OwnMembership:
        return _page(request, found, problem=own_membership(), status=OWN)
    except VoucherNotGood:
        return _page(request, _voucher(request, voucher), status=REFUSED)
    _say(request, found, again=found.used_key == form.booking_key)
    return redirect(_address(request, found, "counter-voucher"))


def _say(request: CounterRequest, voucher: Voucher, *, again: bool) -> None:
    if again:
        messages.info(request, nothing_twice())
        return
    undo_url, reward = _address(request, voucher, "counter-voucher-undo"), voucher.redemption.reward.name
    success_with_undo(request, _("Hand over: %(reward)s") % {"reward": reward}, undo_url=undo_url)


@require_POST
@counter_page
def undo(request: CounterRequest, voucher: UUID) -> HttpResponse:
    """Take back that something was handed over; late, a manager says why."""
    found = _voucher(request, voucher)
    form = _reason_form(found, request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    try:
        counter.undo_voucher(voucher=found, by=request.actor, at=timezone.now(), reason=reason)
    except OwnMembership:
        return _page(request, found, problem=own_membership(), status=OWN)
    except (UndoTooLate, PutBackTooLate):
        return _page(request, found, problem=_("It is too late to undo this. Ask a manager."), status=REFUSED)
    except ReasonMissing:
        return _page(request, found, why=form, status=REFUSED)
    undo_url = _address(request, found, "counter-voucher-redo")
    success_with_undo(request, _("Undone: nothing was handed over."), undo_url=undo_url)
    if request.POST.get("back") == "home":
        return redirect("members:counter-home", business=request.business.slug)
    return redirect(_address(request, found, "counter-voucher"))


@require_POST
@counter_page
def redo(request: CounterRequest, voucher: UUID) -> HttpResponse:
    """Undo an undo: it was handed over after all."""
    found = _voucher(request, voucher)
    try:
        stands = counter.redo_voucher(voucher=found, by=request.actor, at=timezone.now())
    except OwnMembership:
        return _page(request, found, problem=own_membership(), status=OWN)
    except RedemptionError as error:
        return _page(request, found, problem=_why_not_again(error), status=REFUSED)
    messages.success(request, _("As before: it was handed over."))
    return redirect(_address(request, stands.voucher, "counter-voucher"))


def _why_not_again(error: RedemptionError) -> str:
    match error:
        case UndoTooLate():
            return _("It is too late to undo this. Ask a manager.")
        case NotEnough():
            return _("What was given back has been spent or has run out since: the balance does not cover it any more.")
        case OutOfStock() | LimitReached():
            return _("The reward was taken by somebody else since, or as often as one member may.")
    return _("The voucher has changed since: there is nothing to undo.")


def _address(request: CounterRequest, voucher: Voucher, name: str) -> str:
    return reverse(f"members:{name}", kwargs={"business": request.business.slug, "voucher": voucher.public_id})
