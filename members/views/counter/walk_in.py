"""Sales to people who are no members: they are the comparison."""

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from members.forms.recording import PurchaseForm
from members.queries.slips import question
from members.queries.till import terms_of
from members.views.counter.guard import CounterRequest, counter_page, till_page
from members.views.counter.recording import REFUSED, Refused, purchase_form, record


@require_http_methods(["GET", "HEAD", "POST"])
@counter_page
def walk_in(request: CounterRequest) -> HttpResponse:
    """Record a purchase without a member."""
    terms = terms_of(request.business)
    form = purchase_form(request, terms)
    values = {"form": form, "terms": terms}
    if not form.is_bound:
        return till_page(request, "walk_in.html", values)
    if not form.is_valid():
        return till_page(request, "walk_in.html", values, status=REFUSED)
    try:
        return record(request, form, None)
    except Refused as refused:
        return till_page(request, "walk_in.html", values | {"earlier": refused.earlier}, status=refused.status)


@require_POST
@counter_page
def preview(request: CounterRequest) -> HttpResponse:
    """Ask, while an amount is being typed, what would be asked before it is recorded."""
    form = PurchaseForm(request.POST, business=request.business, terms=terms_of(request.business))
    values: dict[str, object] = {}
    if form.is_valid():
        now = timezone.now()
        sale = form.sale(now)
        values["question"] = question(request.business, None, sale, by=request.actor, at=now, instead=form.instead)
    elif form.has_barcode:
        values["problem"] = form.errors["amount"][0]
    return till_page(request, "preview.html", values)
