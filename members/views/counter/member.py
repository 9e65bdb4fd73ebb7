"""A customer at the till: what is there, a purchase or visit to record, a reward to hand over."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from loyalty.domain.ledger import AccountClosed, KeyReused
from loyalty.queries.explain import quantity_in_words
from loyalty.queries.ledger import balances_of
from loyalty.queries.reasons import locale
from loyalty.till import shared_till
from loyalty.toasts import success_with_undo
from members.domain import counter
from members.domain.view_log import log_view
from members.domain.visits import OwnMembership
from members.forms.counter import KeyForm
from members.forms.recording import PurchaseForm, VisitForm, bare_visit
from members.queries.find import card_code, find
from members.queries.slips import question
from members.queries.till import Customer, Forecast, MemberPage, Terms, at_till, forecast, reward_at
from members.views.counter.guard import CounterRequest, counter_page, open_found, till_page
from members.views.counter.recording import OWN, REFUSED, Refused, card_closed, own_membership, purchase_form, record
from rewards.domain.redemptions import LimitReached, NotAvailable, NotEnough, OutOfStock, RedemptionError
from rewards.models import Reward

PAGE = "member.html"


@require_http_methods(["GET", "HEAD", "POST"])
@counter_page
def show(request: CounterRequest, account: UUID) -> HttpResponse:
    """Show a customer, which is noted; POST records a purchase or a visit."""
    customer, terms = _at_till(request, account)
    if request.method == "POST":
        return _record(request, customer, terms)
    if customer.member and request.method == "GET":
        log_view(
            member=customer.member,
            user=request.role.user,
            business=request.business,
            page="members:counter-member",
            at=timezone.now(),
        )
    return _page(request, customer, terms)


def _at_till(request: CounterRequest, account: UUID) -> tuple[Customer, Terms | None]:
    found = at_till(request.business, account)
    if found is None:
        raise Http404
    return found


def _record(request: CounterRequest, customer: Customer, terms: Terms | None) -> HttpResponse:
    scanned = card_code(request.POST.get("amount", ""))
    if scanned:
        # The next card was scanned while the cursor stood in the amount.
        opened = open_found(request, find(request.business, scanned))
        if opened:
            return opened
    form = VisitForm(request.POST) if "visit" in request.POST else purchase_form(request, terms)
    if not form.is_bound:
        return _page(request, customer, terms, form=form)
    if not form.is_valid():
        return _page(request, customer, terms, form=form, status=REFUSED)
    try:
        return record(request, form, customer.account)
    except Refused as refused:
        return _page(request, customer, terms, form=form, status=refused.status, earlier=refused.earlier)


def _page(
    request: CounterRequest,
    customer: Customer,
    terms: Terms | None,
    *,
    form: PurchaseForm | VisitForm | None = None,
    status: int = 200,
    **more: object,
) -> HttpResponse:
    shown = MemberPage(customer, terms, timezone.now())
    purchase = form if isinstance(form, PurchaseForm) else PurchaseForm(business=request.business, terms=terms)
    visit = form if isinstance(form, VisitForm) else VisitForm()
    if visit.question:
        purchase.leave_cursor()
    values = {
        "shown": shown,
        "customer": customer,
        "own": customer.is_own(request.role),
        "may_manage": counter.is_manager(request.actor) and not shared_till(request),
        "form": form or purchase,
        "purchase_form": purchase,
        "visit_form": visit,
        "visit": _visit_forecast(shown),
        "key_form": KeyForm(),
    }
    return till_page(request, PAGE, values | more, status=status)


def _visit_forecast(shown: MemberPage) -> Forecast | None:
    """Return what a visit without a purchase would earn, where visits count."""
    if shown.terms is None or not shown.terms.visits:
        return None
    return forecast(shown.account, bare_visit(timezone.now()), shown.terms.program, shown.held)


@require_POST
@counter_page
def preview(request: CounterRequest, account: UUID) -> HttpResponse:
    """Say what a purchase would earn, while its amount is being typed."""
    customer, terms = _at_till(request, account)
    form = PurchaseForm(request.POST, business=request.business, terms=terms)
    values: dict[str, object] = {"customer": customer}
    if terms and form.is_valid():
        now = timezone.now()
        sale, held = form.sale(now), balances_of(customer.account, now)
        values["forecast"] = forecast(customer.account, sale, terms.program, held)
        values["question"] = question(
            request.business, customer.account, sale, by=request.actor, at=now, instead=form.instead
        )
    elif form.has_barcode:
        values["problem"] = form.errors["amount"][0]
    return till_page(request, "preview.html", values)


@require_POST
@counter_page
def hand_out(request: CounterRequest, account: UUID, reward: UUID) -> HttpResponse:
    """Hand a reward over, paid from the customer's balance."""
    (customer, terms), wanted = _at_till(request, account), reward_at(request.business, reward)
    if wanted is None:
        raise Http404
    form = KeyForm(request.POST)
    if not form.is_valid():
        return _page(request, customer, terms, problem=_("This page is too old. Please try once more."), status=REFUSED)
    try:
        redemption = counter.hand_out(
            reward=wanted, account=customer.account, key=form.booking_key, by=request.actor, at=timezone.now()
        )
    except OwnMembership:
        return _page(request, customer, terms, problem=own_membership(), status=OWN)
    except AccountClosed:
        return _page(request, customer, terms, problem=card_closed(), status=REFUSED)
    except KeyReused:
        return _page(request, customer, terms, problem=_("This page is too old. Please try once more."), status=REFUSED)
    except RedemptionError as error:
        return _page(request, customer, terms, problem=_in_words(error, wanted), status=REFUSED)
    slug, voucher = request.business.slug, redemption.voucher.public_id
    undo = reverse("members:counter-voucher-undo", kwargs={"business": slug, "voucher": voucher})
    success_with_undo(request, _("Hand over: %(reward)s") % {"reward": wanted.name}, undo_url=undo)
    return redirect("members:counter-voucher", business=slug, voucher=voucher)


def _in_words(error: RedemptionError, reward: Reward) -> str:
    match error:
        case NotEnough():
            missing = quantity_in_words(error.missing, reward.unit, locale())
            return _("%(missing)s are missing for %(reward)s.") % {"missing": missing, "reward": reward.name}
        case OutOfStock():
            return _("%(reward)s is sold out: the last one was just taken.") % {"reward": reward.name}
        case LimitReached():
            return _("This customer has had %(reward)s as often as one member may.") % {"reward": reward.name}
        case NotAvailable():
            return _("%(reward)s is not in the catalogue today.") % {"reward": reward.name}
    return _("This reward cannot be handed out.")
