"""The recurring jobs of this app, registered at start."""

import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.core.management import call_command
from django.utils.translation import gettext_lazy as _

from loyalty import schedule
from loyalty.domain import address_changes, announcements, chain, expiry, imports, invitations, outbox, tries
from loyalty.models import Business, PolicyReturn
from loyalty.queries.verify import verify
from loyalty.schedule import HEAVY, JobSpec
from loyalty.tasks import BREATH, revive_imports

LINKS_AT_ONCE = 50_000
PROOF = "verify-ledger"
RETURNED_LATELY = timedelta(days=7)


def expire_lots(at: datetime) -> Mapping[str, Any]:
    """Book what has run out, in every business by its own calendar."""
    breathe = partial(time.sleep, BREATH)
    businesses = Business.objects.order_by("pk")
    return {"lots": sum(expiry.expire_due(business=business, at=at, between=breathe) for business in businesses)}


def extend_chain(at: datetime) -> Mapping[str, Any]:
    """Link what was booked since the last minute; the next run goes on where a long one stops."""
    return {"postings": chain.extend(at_most=LINKS_AT_ONCE)}


def resume_returns(at: datetime) -> Mapping[str, Any]:
    """Go on with what is given back of a change, where a worker was killed: acts of the last days."""
    recent = PolicyReturn.objects.filter(returned_at__gte=at - RETURNED_LATELY).order_by("pk")
    rows = recent.select_related("policy__business", "returned_by__user")
    return {"postings": sum(announcements.carry_out(row, at=at) for row in rows)}


def seal_books(at: datetime) -> Mapping[str, Any]:
    """Seal yesterday in every business, by its own calendar, once all that was booked is linked."""
    chain.extend(everything=True)
    return {"sealed": sum(chain.seal(business=business, at=at) is not None for business in Business.objects.all())}


def verify_ledger(at: datetime) -> Mapping[str, Any]:
    """Prove the books of the whole installation."""
    chain.extend(everything=True)
    findings = list(verify(at=at))
    broken = {finding.invariant: finding.number for finding in findings if finding.number}
    return {"invariants": len(findings), "broken": broken}


def resume_imports(at: datetime) -> Mapping[str, Any]:
    """Go on with imports whose worker was killed."""
    return {"imports": revive_imports()}


def clean(at: datetime) -> Mapping[str, Any]:
    """Throw away what is no longer needed: old messages, sessions and the records of finished tasks."""
    invitations.forget_letters(at=at)
    address_changes.clean(at=at)
    call_command("clearsessions")
    call_command("prune_db_task_results", min_age_days=7, queue_name="*", verbosity=0)
    return {"messages": outbox.clean(at=at), "files": imports.clean(at=at), "counts": tries.clean(at=at)}


def register() -> None:
    """Called when the app is ready."""
    schedule.register(
        JobSpec("resume-imports", _("Go on with imports"), timedelta(minutes=1), resume_imports),
        JobSpec("expire-lots", _("Let points and stamps expire"), timedelta(minutes=15), expire_lots, HEAVY),
        JobSpec("resume-returns", _("Give back what a change took"), timedelta(hours=1), resume_returns, HEAVY),
        JobSpec("extend-chain", _("Chain what was booked"), timedelta(minutes=1), extend_chain),
        JobSpec("seal-books", _("Seal the books of yesterday"), timedelta(hours=1), seal_books, HEAVY),
        JobSpec(PROOF, _("Prove the ledger"), timedelta(days=1), verify_ledger, HEAVY),
        JobSpec("clean", _("Clean up"), timedelta(days=1), clean),
    )
