"""What members took: redemptions and their vouchers, and the manager's undo. Looks at names are noted."""

from collections.abc import Iterable, Mapping
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from loyalty import people
from loyalty.domain.ledger import LedgerError
from loyalty.engine.days import local_day
from loyalty.forms.reasons import ReasonForm
from loyalty.models import Role
from loyalty.people import Holder
from loyalty.toasts import success_with_undo
from loyalty.web import BusinessRequest, page, staff_page
from rewards.domain import redemptions as domain
from rewards.domain.undoing import OwnAccount, ReasonMissing
from rewards.models import Redemption, VoucherState
from rewards.queries.listing import redemptions as redemptions_of
from rewards.queries.takings import redemption_at

STATES = (VoucherState.ISSUED, VoucherState.USED, VoucherState.EXPIRED, VoucherState.CANCELLED)


@require_safe
@staff_page(Role.MANAGER)
def redemptions(request: BusinessRequest) -> HttpResponse:
    """List redemptions, the newest first, of one state of their vouchers or of all."""
    wanted = request.GET.get("state", "")
    state = VoucherState(wanted) if wanted in VoucherState.values else None
    now = timezone.now()
    today = local_day(now, request.business.time_zone)
    marks = {name: request.GET.get(name, "") for name in ("before", "after")}
    found = redemptions_of(request.business, state=state, today=today, **marks)
    filtered = f"&state={state.value}" if state else ""
    holders = _holders(request, found.rows)
    context = {
        "rows": [
            (row, row.voucher.state_on(today), domain.needs_reason(row, row.voucher, now), holders.get(row.account_id))
            for row in found.rows
        ],
        "newer": found.newer and found.newer + filtered,
        "older": found.older and found.older + filtered,
        "all": state is None,
        "states": [(each, each == state) for each in STATES],
    }
    return page(request, "rewards/console/redemptions.html", context)


def _holders(request: BusinessRequest, rows: Iterable[Redemption]) -> Mapping[int, Holder]:
    """Return who took these, by account. The look at their names is noted."""
    assert request.actor.user is not None
    return people.holders(
        business=request.business, accounts={row.account_id for row in rows}, user=request.actor.user,
        page="rewards:redemptions", at=timezone.now(),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(Role.MANAGER)
def undo(request: BusinessRequest, public_id: UUID) -> HttpResponse:
    """Undo a redemption: what it cost goes back, the piece returns to the stock. Late, this asks why."""
    redemption = redemption_at(request.business, public_id)
    if request.method != "POST":
        return _ask_why(request, redemption, ReasonForm())
    form = ReasonForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    try:
        domain.undo(
            redemption=redemption, key=f"console:{_key(request)}", by=request.actor, at=timezone.now(), any_time=True,
            reason=reason,
        )  # fmt: skip
    except ReasonMissing:
        return _ask_why(request, redemption, form)
    except OwnAccount:
        messages.error(request, _("This is your own membership. A colleague has to do this for you."))
    except LedgerError:
        messages.error(request, _("This was undone already."))
    else:
        undo_url = reverse(
            "rewards:redemption-redo", kwargs={"business": request.business.slug, "public_id": public_id}
        )
        success_with_undo(request, _("“%(name)s” is given back.") % {"name": redemption.reward.name}, undo_url=undo_url)
    return redirect("rewards:redemptions", business=request.business.slug)


def _ask_why(request: BusinessRequest, redemption: Redemption, form: ReasonForm) -> HttpResponse:
    holder = _holders(request, [redemption]).get(redemption.account_id)
    context = {"row": redemption, "form": form, "holder": holder}
    return page(request, "rewards/console/redemption_undo.html", context, status=422 if form.is_bound else 200)


@require_POST
@staff_page(Role.MANAGER)
def redo(request: BusinessRequest, public_id: UUID) -> HttpResponse:
    """Undo an undo: the redemption stands again, at the price of then."""
    redemption = redemption_at(request.business, public_id)
    try:
        domain.redo(redemption=redemption, by=request.actor, at=timezone.now(), any_time=True)
    except OwnAccount:
        messages.error(request, _("This is your own membership. A colleague has to do this for you."))
    except domain.UndoTooLate:
        messages.error(request, _("It is too late to undo this."))
    except domain.NotEnough:
        messages.error(
            request,
            _("What was given back has been spent or has run out since: the balance does not cover it any more."),
        )
    except domain.RedemptionError:
        messages.error(request, _("This has changed since: there is nothing to undo."))
    else:
        messages.success(request, _("“%(name)s” stands again.") % {"name": redemption.reward.name})
    return redirect("rewards:redemptions", business=request.business.slug)


def _key(request: BusinessRequest) -> UUID:
    try:
        return UUID(request.POST.get("key", ""))
    except ValueError:
        return uuid4()
