"""What members took: redemptions and their vouchers, by card code, and the manager's undo."""

from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from loyalty.domain.ledger import LedgerError
from loyalty.engine.days import local_day
from loyalty.models import Role
from loyalty.web import BusinessRequest, page, staff_page
from rewards.domain import redemptions as domain
from rewards.models import VoucherState
from rewards.queries.listing import redemptions as redemptions_of
from rewards.queries.takings import redemption_at

STATES = (VoucherState.ISSUED, VoucherState.USED, VoucherState.EXPIRED, VoucherState.CANCELLED)


@require_GET
@staff_page(Role.MANAGER)
def redemptions(request: BusinessRequest) -> HttpResponse:
    """List redemptions, the newest first, of one state of their vouchers or of all."""
    wanted = request.GET.get("state", "")
    state = VoucherState(wanted) if wanted in VoucherState.values else None
    today = local_day(timezone.now(), request.business.time_zone)
    marks = {name: request.GET.get(name, "") for name in ("before", "after")}
    found = redemptions_of(request.business, state=state, today=today, **marks)
    filtered = f"&state={state.value}" if state else ""
    context = {
        "rows": [(row, row.voucher.state_on(today)) for row in found.rows],
        "newer": found.newer and found.newer + filtered,
        "older": found.older and found.older + filtered,
        "all": state is None,
        "states": [(each, each == state) for each in STATES],
    }
    return page(request, "rewards/console/redemptions.html", context)


@require_POST
@staff_page(Role.MANAGER)
def undo(request: BusinessRequest, public_id: UUID) -> HttpResponse:
    """Undo a redemption, whenever it was: what it cost goes back, the piece returns to the stock."""
    redemption = redemption_at(request.business, public_id)
    try:
        domain.undo(
            redemption=redemption, key=f"console:{_key(request)}", by=request.actor, at=timezone.now(), any_time=True
        )
    except LedgerError:
        messages.error(request, _("This was undone already."))
    else:
        messages.success(request, _("“%(name)s” is given back.") % {"name": redemption.reward.name})
    return redirect("rewards:redemptions", business=request.business.slug)


def _key(request: BusinessRequest) -> UUID:
    try:
        return UUID(request.POST.get("key", ""))
    except ValueError:
        return uuid4()
