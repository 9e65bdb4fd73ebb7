"""Rewards: what there is, taking one online, and the vouchers that come of it."""

from datetime import date
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from loyalty.domain.ledger import AccountClosed, LedgerError
from loyalty.engine import codes
from loyalty.engine.days import local_day
from loyalty.queries.explain import quantity_in_words
from loyalty.queries.reasons import locale
from loyalty.toasts import success_with_undo
from loyalty.web import page
from members.forms.redeem import RedeemForm
from members.web import MemberRequest, member_page
from rewards.domain import redemptions
from rewards.domain.redemptions import RedemptionError
from rewards.models import Redemption, Reward, VoucherState
from rewards.queries.catalogue import catalogue_for, vouchers_of
from rewards.queries.takings import reward_at, voucher_of


@require_safe
@member_page
def catalogue(request: MemberRequest) -> HttpResponse:
    """Show every reward, what it costs, and how far it is."""
    return _catalogue(request)


@require_POST
@member_page
def redeem(request: MemberRequest, reward: UUID) -> HttpResponse:
    """Take a reward: the balance pays it at once, and a voucher comes of it."""
    wanted = reward_at(request.business, reward)
    form = RedeemForm(request.POST)
    if not form.is_valid():
        return _catalogue(request, refusal=_("Something went wrong with that button. Please try it again."))
    try:
        taken = redemptions.redeem(
            reward=wanted,
            account=request.member.account,
            key=str(form.cleaned_data["key"]),
            by=request.actor,
            at=timezone.now(),
        )
    except (RedemptionError, LedgerError) as refused:
        return _catalogue(request, refusal=_why_not(refused, wanted))
    return _taken(request, taken)


@require_safe
@member_page
def vouchers(request: MemberRequest) -> HttpResponse:
    """Show every voucher, those that can be used on top."""
    today = _today(request)
    rows = [(voucher, voucher.state_on(today)) for voucher in vouchers_of(request.member.account)]
    ready = [row for row in rows if row[1] == VoucherState.ISSUED]
    past = [row for row in rows if row[1] != VoucherState.ISSUED]
    return page(request, "members/portal/vouchers.html", {"ready": ready, "past": past})


@require_safe
@member_page
def voucher(request: MemberRequest, voucher: UUID) -> HttpResponse:
    """Show one voucher with its code, to be held up at the counter."""
    found = voucher_of(request.member.account, voucher)
    state = found.state_on(_today(request))
    values = {
        "voucher": found,
        "grouped": codes.grouped(found.code),
        "state": state,
        "ready": state == VoucherState.ISSUED,
    }
    return page(request, "members/portal/voucher.html", values)


@require_POST
@member_page
def cancel(request: MemberRequest, voucher: UUID) -> HttpResponse:
    """Give an unused voucher back: what it cost returns, each part with its own last day."""
    found = voucher_of(request.member.account, voucher)
    try:
        # The key is made of what is booked: however often the button is pressed, it is given back once.
        redemptions.cancel(voucher=found, key=f"voucher:{found.pk}", by=request.actor, at=timezone.now())
    except RedemptionError:
        messages.error(request, _("This voucher was used or has run out: it cannot be given back."))
        return redirect("members:voucher", business=request.business.slug, voucher=found.public_id)
    given = quantity_in_words(found.redemption.cost, found.redemption.reward.unit, locale())
    messages.success(request, _("Given back: %(quantity)s.") % {"quantity": given})
    return redirect("members:rewards", business=request.business.slug)


def _taken(request: MemberRequest, taken: Redemption) -> HttpResponse:
    slug, voucher = request.business.slug, taken.voucher.public_id
    words = _("Taken: %(reward)s") % {"reward": taken.reward.name}
    undo_url = reverse("members:voucher-cancel", kwargs={"business": slug, "voucher": voucher})
    success_with_undo(request, words, undo_url=undo_url)
    return redirect("members:voucher", business=slug, voucher=voucher)


def _why_not(refused: Exception, reward: Reward) -> str:
    match refused:
        case redemptions.NotEnough(missing=missing):
            quantity = quantity_in_words(missing, reward.unit, locale())
            return _("%(quantity)s to go for %(reward)s.") % {"quantity": quantity, "reward": reward.name}
        case redemptions.OutOfStock():
            return _("The last piece of %(reward)s has just gone.") % {"reward": reward.name}
        case redemptions.LimitReached():
            return _("You have had %(reward)s as often as one member can.") % {"reward": reward.name}
        case AccountClosed():
            return _("This card was closed. Nothing was redeemed.")
        case redemptions.NotAvailable():
            return _("%(reward)s cannot be had online now.") % {"reward": reward.name}
        case _:
            return _("This button was used for something else. Please try it again.")


def _catalogue(request: MemberRequest, refusal: str = "") -> HttpResponse:
    rows = catalogue_for(request.member.account, request.business, _today(request))
    values = {"rows": rows, "refusal": refusal}
    return page(request, "members/portal/rewards.html", values, status=422 if refusal else 200)


def _today(request: MemberRequest) -> date:
    return local_day(timezone.now(), request.business.time_zone)
