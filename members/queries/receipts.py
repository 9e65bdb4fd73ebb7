"""The proof of consent: the facts of every event, the chain over them, receipts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse

from loyalty.models import Business
from members.engine import records
from members.engine.receipts import NOTE, Addresses, Record, receipt
from members.models import ConsentEvent, Member


def events_of(member: Member) -> QuerySet[ConsentEvent]:
    """Return every event of a member, the first one first, with all that its facts are taken from."""
    return (
        ConsentEvent.objects.filter(member=member)
        .select_related("business", "member", "purpose", "notice", "staff")
        .order_by("pk")
    )


def member_with_proof(business: Business, public_id: UUID) -> Member | None:
    """Return a member of a business, also one whose data was erased: the proof stays under the opaque id."""
    return Member.objects.filter(business=business, public_id=public_id).select_related("business").first()


def events_of_receipt(member: Member, receipt_id: UUID) -> list[ConsentEvent]:
    """Return the events of one act of a member; none if the receipt is not the member's."""
    return list(events_of(member).filter(receipt_id=receipt_id))


def facts(event: ConsentEvent) -> dict[str, Any]:
    """Return what the hash of an event covers: everything that was shown and answered, and nobody's name or address.

    The controller is a business: its name and address are public.
    """
    return _header(event) | _shown(event) | _processing(event) | _parties(event) | _answer(event)


def _header(event: ConsentEvent) -> dict[str, Any]:
    return {
        "record_id": str(event.record_id),
        "schema_version": event.schema_version,
        "receipt_id": str(event.receipt_id),
        "principal_id": str(event.member.public_id),
        "tenant_id": event.business.slug,
    }


def _shown(event: ConsentEvent) -> dict[str, Any]:
    return {
        "notice_id": str(event.notice.public_id),
        "notice_version": event.notice.version,
        "notice_text_sha256": event.notice.text_sha256,
        "language": event.language,
        "consent_text": event.wording,
        "consent_text_version": event.wording_version,
        "ui_version": event.form_version,
    }


def _processing(event: ConsentEvent) -> dict[str, Any]:
    purpose, notice = event.purpose, event.notice
    return {
        "purpose_code": purpose.code,
        "purpose_type": purpose.purpose_type,
        "channel": event.channel,
        "lawful_basis": purpose.lawful_basis,
        "pii_types": records.data_types(purpose.data_types, event.channel),
        "collection_method": event.collection_method,
        "profiling": purpose.profiling,
        "sensitive": False,
        "storage_location": notice.storage_location,
        "retention": notice.retention,
        "recipients": notice.recipients,
        "third_country_transfer": notice.transfers,
        "jurisdiction": notice.jurisdiction,
        "authority": notice.authority,
    }


def _parties(event: ConsentEvent) -> dict[str, Any]:
    notice = event.notice
    return {
        "controller_name": notice.controller_name,
        "address": notice.controller_address,
        "contact": notice.controller_contact,
        "party_role": "controller",
        "data_protection_officer": notice.protection_officer,
        "processor": notice.processor,
    }


def _answer(event: ConsentEvent) -> dict[str, Any]:
    return {
        "event_type": event.kind,
        "event_time": event.at.astimezone(UTC).isoformat(),
        "utc_offset_minutes": event.utc_offset_minutes,
        "actor": event.actor,
        "staff_id": str(event.staff.public_id) if event.staff else None,
        "login_id": event.user_id,
        "evidence": event.evidence,
        "seal": event.seal,
    }


def chain_faults(events: Iterable[ConsentEvent]) -> list[str]:
    """Return what is wrong with a member's chain, the first event first; nothing when it is whole.

    The origin of an answer is checked against its seal as long as it has not been forgotten.
    """
    faults, previous = [], ""
    for event in events:
        if event.previous_hash != previous:
            faults.append(f"{event.record_id}: does not follow the event before it")
        if event.hash != records.chain_hash(event.previous_hash, facts(event)):
            faults.append(f"{event.record_id}: the facts are not those that were hashed")
        if event.seal_salt and event.seal != _seal(event):
            faults.append(f"{event.record_id}: the origin is not the one under seal")
        previous = event.hash
    return faults


def _seal(event: ConsentEvent) -> str:
    return records.seal(event.seal_salt, ip=event.ip, user_agent=event.user_agent)


@dataclass(frozen=True, slots=True)
class Act:
    """What was answered at once, under one receipt. The last event of each box says how it ended."""

    events: list[ConsentEvent]

    @property
    def first(self) -> ConsentEvent:
        return self.events[0]

    @property
    def lines(self) -> list[ConsentEvent]:
        """One event for each box: a yes that was confirmed in the same breath is one line."""
        return list({(event.purpose_id, event.channel): event for event in self.events}.values())


def acts(member: Member) -> list[Act]:
    """Return every act of a member, the newest first. One query."""
    return _in_order(events_of(member))[::-1]


def receipt_of(events: list[ConsentEvent]) -> dict[str, Any]:
    """Return the receipt of one act as JSON-ready values."""
    return receipt([_record(event) for event in events], _addresses(events[0]))


def proof(member: Member) -> dict[str, Any]:
    """Return all that proves a member's consents: every receipt, the texts that were shown, the origins that are still
    kept, and whether the chain is whole. Two queries."""
    events = list(events_of(member))
    notices = {event.notice_id: event.notice for event in events}
    return {
        "note": NOTE,
        "pii_principal_id": str(member.public_id),
        "tenant_id": member.business.slug,
        "chain_faults": chain_faults(events),
        "receipts": [receipt_of(act.events) for act in _in_order(events)],
        "origins": [
            {
                "record_id": str(event.record_id),
                "ip": event.ip,
                "user_agent": event.user_agent,
                "salt": event.seal_salt,
                "seal": event.seal,
            }
            for event in events
        ],
        "notices": [
            {"id": str(notice.public_id), "version": notice.version, "language": notice.language, "text": notice.text}
            for notice in notices.values()
        ],
    }


def _in_order(events: Iterable[ConsentEvent]) -> list[Act]:
    grouped: dict[UUID, list[ConsentEvent]] = {}
    for event in events:
        grouped.setdefault(event.receipt_id, []).append(event)
    return [Act(found) for found in grouped.values()]


def _record(event: ConsentEvent) -> Record:
    return Record(facts(event), event.previous_hash, event.hash)


def _addresses(event: ConsentEvent) -> Addresses:
    slug, version = event.business.slug, event.notice.version
    notice = reverse("members:notice-version", kwargs={"business": slug, "version": version})
    privacy = reverse("members:privacy", kwargs={"business": slug})
    return Addresses(
        notice=settings.BASE_URL + notice, withdrawal=settings.BASE_URL + privacy, rights=settings.BASE_URL + notice
    )
