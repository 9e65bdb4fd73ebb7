"""The list of those who agreed to a purpose, for what the business does with it elsewhere."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from loyalty.models import Role
from loyalty.spreadsheet import csv_response
from loyalty.step_up import fresh_proof
from loyalty.web import BusinessRequest, staff_page
from members.domain.agreed import take_list
from members.domain.consent import NotAsked
from members.queries.notices import purpose_at


@require_POST
@staff_page(Role.OWNER)
@fresh_proof(gettext_lazy("A list of those who agreed"), download=True)
def download(request: BusinessRequest, purpose: UUID, channel: str) -> HttpResponse:
    """Give the list as a CSV file; taking it is noted."""
    found = purpose_at(request.business, purpose)
    if found is None:
        raise Http404
    try:
        rows = take_list(purpose=found, channel=channel, by=request.actor, at=timezone.now())
    except NotAsked:
        raise Http404 from None
    head = [_("Name"), _("Address or number"), _("Agreed on")]
    lines = ((row.name, row.reach, date_format(timezone.localtime(row.since), "Y-m-d")) for row in rows)
    return csv_response(f"agreed-{found.code}-{channel}.csv", head, lines)
