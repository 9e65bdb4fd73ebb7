"""What an owner or manager gives a member for good will: a debt forgiven, what ran out given again."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from loyalty.domain.expiry import TooLate
from loyalty.domain.ledger import AccountClosed, AlreadyReinstated, KeyReused, NotOwed
from loyalty.engine.days import local_day
from loyalty.models import Posting, Role
from loyalty.queries.accounts import current
from loyalty.queries.ledger import changes_in_words, debt_of
from loyalty.queries.reasons import day_in_words
from loyalty.queries.reinstating import can_be_given_again, expiry_at
from loyalty.web import BusinessRequest, page, staff_page
from members.domain import goodwill
from members.domain.view_log import log_view
from members.domain.visits import OwnMembership
from members.forms.goodwill import ForgiveForm, ReinstateForm
from members.queries.till import Customer, customer_at, customer_of

OWN = 403
REFUSED = 422


def _customer(request: BusinessRequest, account: UUID) -> Customer:
    customer = customer_at(request.business, account)
    if customer is None:
        raise Http404
    return customer


def _page(
    request: BusinessRequest, name: str, customer: Customer, context: dict[str, Any], status: int
) -> HttpResponse:
    """Show a form of this topic; that a person was looked at is noted."""
    if customer.member and request.role and request.method == "GET":
        user, at = request.role.user, timezone.now()
        log_view(member=customer.member, user=user, business=request.business, page=f"members:console-{name}", at=at)
    context = {"customer": customer, **context}
    return page(request, f"members/console/{name}.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(Role.MANAGER)
def forgive(request: BusinessRequest, account: UUID, unit: str) -> HttpResponse:
    """Forgive what an account owes of a unit, or a part of it."""
    customer = _customer(request, account)
    debt = debt_of(customer.account, unit)
    if debt is None:
        raise Http404
    if not debt.owed:
        messages.info(request, _("Nothing is owed any more."))
        return redirect("members:console-account", business=request.business.slug, account=account)
    form = ForgiveForm(request.POST if request.method == "POST" else None, unit=debt.unit, owed=debt.owed)
    status = REFUSED if form.is_bound else 200
    if form.is_valid():
        status = _forgive(request, customer, form)
        if status == 200:
            messages.success(request, _("Forgiven. The member sees it, and why."))
            return redirect("members:console-account", business=request.business.slug, account=account)
    return _page(request, "forgive", customer, {"form": form, "debt": debt}, status)


def _forgive(request: BusinessRequest, customer: Customer, form: ForgiveForm) -> int:
    """Forgive what a valid form says; return 200, or what to answer when the form says why not."""
    try:
        goodwill.forgive(
            customer=customer,
            unit=form.unit,
            amount=form.cleaned_data["amount"],
            reason=form.cleaned_data["reason"],
            key=form.booking_key,
            by=request.actor,
            at=timezone.now(),
        )
    except OwnMembership:
        form.add_error(None, _("This is your own membership. A colleague has to do this for you."))
        return OWN
    except NotOwed:
        form.add_error("amount", _("So much is not owed any more: something was earned, or forgiven, meanwhile."))
        return REFUSED
    except KeyReused:
        form.add_error(None, _("This page is too old. Please try once more."))
        return REFUSED
    return 200


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(Role.MANAGER)
def reinstate(request: BusinessRequest, movement: UUID) -> HttpResponse:
    """Give again what ran out: that is asked for beside the movement that booked it."""
    expired = expiry_at(request.business, movement)
    if expired is None:
        raise Http404
    customer = customer_of(current(expired.account), request.business)
    now = timezone.now()
    form = ReinstateForm(
        request.POST if request.method == "POST" else None, today=local_day(now, request.business.time_zone)
    )
    status = REFUSED if form.is_bound else 200
    if form.is_valid():
        status = _reinstate(request, customer, expired, form)
        if status == 200:
            messages.success(request, _("Given again. The member sees it, and why."))
            account = customer.account.public_id
            return redirect("members:console-account", business=request.business.slug, account=account)
    lost = changes_in_words(list(expired.entries.all()))
    may = can_be_given_again(expired, request.business, now)
    more = {"form": form, "expired": expired, "lost": lost, "may": may}
    return _page(request, "reinstate", customer, more, status)


def _reinstate(request: BusinessRequest, customer: Customer, expired: Posting, form: ReinstateForm) -> int:
    """Give again what a valid form says; return 200, or what to answer when the form says why not."""
    try:
        goodwill.reinstate(
            customer=customer,
            expired=expired,
            last_good_day=form.cleaned_data["last_good_day"],
            reason=form.cleaned_data["reason"],
            key=form.booking_key,
            by=request.actor,
            at=timezone.now(),
        )
    except OwnMembership:
        form.add_error(None, _("This is your own membership. A colleague has to do this for you."))
        return OWN
    except TooLate as late:
        words = _("It could be given again through %(day)s.") % {"day": day_in_words(late.through)}
        form.add_error(None, words)
        return REFUSED
    except AccountClosed:
        form.add_error(None, _("This card was closed. Nothing was changed."))
        return REFUSED
    except AlreadyReinstated:
        form.add_error(None, _("It was given again before, maybe by a colleague just now."))
        return REFUSED
    except KeyReused:
        form.add_error(None, _("This page is too old. Please try once more."))
        return REFUSED
    return 200
