"""Members' accounts for owners and managers: finding one, its statement, and each of its movements.

Every look at a person's record is noted.
"""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from loyalty.models import Role
from loyalty.queries.merging import standing_merges
from loyalty.queries.reinstating import can_be_given_again
from loyalty.spreadsheet import csv_response
from loyalty.step_up import fresh_proof
from loyalty.web import BusinessRequest, page, staff_page
from members.domain.view_log import log_view
from members.models import Member
from members.queries.accounts import AccountHead, account_at, accounts, searched
from members.queries.find import LONGEST
from members.queries.statement import all_rows, movement_in, statement
from members.queries.statement_table import heads, lines
from members.queries.till import owner_of

PAGE = 25
ON_PAPER = 1000
LIST, ACCOUNT, MOVEMENT = "members:console-accounts", "members:console-account", "members:console-movement"


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(Role.MANAGER)
def listing(request: BusinessRequest) -> HttpResponse:
    """List the accounts, those opened last first; POST looks for somebody, so that no name stands in an address."""
    text, now = request.POST.get("q", "").strip()[:LONGEST], timezone.now()
    context: dict[str, object] = {"text": text}
    if text:
        found, rows = searched(request.business, text, now)
        context |= {"rows": rows, "found": found}
    else:
        asked = request.GET
        owing = asked.get("show") == "owing"
        shown = accounts(
            request.business, now, size=PAGE, before=asked.get("before", ""), after=asked.get("after", ""), owing=owing
        )
        rows = shown.rows
        kept = "&show=owing" if owing else ""
        newer, older = (query and f"{query}{kept}" for query in (shown.newer, shown.older))
        context |= {"rows": rows, "newer": newer, "older": older, "owing": owing}
    _note(request, LIST, rows=sum(row.hit.member is not None for row in rows))
    return page(request, "members/console/accounts.html", context, part="list")


@require_safe
@staff_page(Role.MANAGER)
def account(request: BusinessRequest, account: UUID) -> HttpResponse:
    """Show what an account holds, and a month of its statement."""
    head, asked = _head(request, account), request.GET
    found = statement(
        head.account,
        timezone.now(),
        unit=asked.get("unit", ""),
        month=asked.get("month", ""),
        upto=asked.get("upto", ""),
    )
    merges = standing_merges(head.account)
    context = {"head": head, "customer": head.customer, "statement": found, "for_staff": True, "merges": merges}
    return page(request, "members/console/account.html", context)


@require_safe
@staff_page(Role.MANAGER)
@fresh_proof(gettext_lazy("A statement of a customer"))
def sheet(request: BusinessRequest, account: UUID) -> HttpResponse:
    """Show a whole month of an account as it goes on paper, for the customer who asks for it."""
    head, now = _head(request, account), timezone.now()
    unit, month = request.GET.get("unit", ""), request.GET.get("month", "")
    found = statement(head.account, now, unit=unit, month=month, size=ON_PAPER)
    back = reverse(ACCOUNT, kwargs={"business": request.business.slug, "account": account})
    context = {"statement": found, "now": now, "holder": head.customer.member, "back_url": back, "theme": "light"}
    return page(request, "members/statement/sheet.html", context)


@require_safe
@staff_page(Role.MANAGER)
@fresh_proof(gettext_lazy("A download of the transactions of a customer"), download=True)
def download(request: BusinessRequest, account: UUID) -> HttpResponse:
    """Give the movements of an account as a CSV file, with staff, device and key."""
    rows = all_rows(_head(request, account).account, month=request.GET.get("month", ""))
    return csv_response("statement.csv", heads(for_staff=True), lines(rows, for_staff=True))


@require_safe
@staff_page(Role.MANAGER)
def movement(request: BusinessRequest, movement: UUID) -> HttpResponse:
    """Show one booking with everything behind it: why, who, where, which device, which lots."""
    found = movement_in(request.business, movement)
    if found is None:
        raise Http404
    member = owner_of(found.posting.account)
    if member:
        _note(request, MOVEMENT, member=member)
    may_give_again = can_be_given_again(found.posting, request.business, timezone.now())
    context = {"movement": found, "member_of": member, "for_staff": True, "may_give_again": may_give_again}
    return page(request, "members/console/movement.html", context)


def _head(request: BusinessRequest, account: UUID) -> AccountHead:
    """Return the account that an address names; looking at it is noted."""
    head = account_at(request.business, account, timezone.now())
    if head is None:
        raise Http404
    if head.customer.member:
        _note(request, ACCOUNT, member=head.customer.member)
    return head


def _note(request: BusinessRequest, name: str, *, member: Member | None = None, rows: int = 1) -> None:
    assert request.actor.user is not None
    log_view(member=member, user=request.actor.user, business=request.business, page=name, rows=rows, at=timezone.now())
