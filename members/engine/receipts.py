"""The receipt of a consent as JSON, for the member to keep and for other programs to read.

Field names follow ISO/IEC TS 27560:2023 and values the W3C Data Privacy Vocabulary, after its guide to that
specification. That makes a receipt readable elsewhere; it is no claim of conformance, and nobody has certified it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

CONTEXT = {
    "dpv": "https://w3id.org/dpv#",
    "pd": "https://w3id.org/dpv/pd#",
    "eu-gdpr": "https://w3id.org/dpv/legal/eu/gdpr#",
}
NOTE = "Field names after ISO/IEC TS 27560:2023 and the W3C DPV guide to it. Not a certified implementation."
BASES = {
    "consent": "eu-gdpr:A6-1-a",
    "contract": "eu-gdpr:A6-1-b",
    "legal_obligation": "eu-gdpr:A6-1-c",
    "legitimate_interest": "eu-gdpr:A6-1-f",
}
DATA = {
    "name": "pd:Name",
    "email": "pd:EmailAddress",
    "phone": "pd:TelephoneNumber",
    "address": "pd:PhysicalAddress",
    "purchases": "pd:Purchase",
    "balance": "points-and-rewards",
}
STATES = {
    "given": "dpv:ConsentGiven",
    "confirmed": "dpv:ConsentGiven",
    "refused": "dpv:ConsentRefused",
    "withdrawn": "dpv:ConsentWithdrawn",
}


@dataclass(frozen=True, slots=True)
class Record:
    """The facts of one event (members/queries/receipts.py) with its place in the chain."""

    facts: Mapping[str, Any]
    previous_hash: str
    hash: str


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the member finds what a receipt speaks of."""

    notice: str
    withdrawal: str
    rights: str


def receipt(records: Sequence[Record], addresses: Addresses) -> dict[str, Any]:
    """Return the receipt of one act: the facts that its records share, then each record."""
    first = records[0].facts
    return {
        "@context": CONTEXT,
        "@type": "dpv:ConsentReceipt",
        "note": NOTE,
        "schema_version": first["schema_version"],
        "receipt_id": first["receipt_id"],
        "pii_principal_id": first["principal_id"],
        "tenant_id": first["tenant_id"],
        "created_at": first["event_time"],
        "party_identification": parties(first),
        "consent_records": [_record(record, addresses) for record in records],
    }


def parties(facts: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return who is answerable for the data: the business, who works for it, who advises it."""
    controller = {
        "party_id": facts["tenant_id"],
        "party_role": "dpv:DataController",
        "party_name": facts["controller_name"],
        "party_address": facts["address"],
        "party_contact": facts["contact"],
    }
    others = {"dpv:DataProcessor": facts["processor"], "dpv:DataProtectionOfficer": facts["data_protection_officer"]}
    return [controller, *({"party_role": role, "party_name": name} for role, name in others.items() if name)]


def _record(record: Record, addresses: Addresses) -> dict[str, Any]:
    facts = record.facts
    return {
        "@type": "dpv:ConsentRecord",
        "record_id": facts["record_id"],
        "privacy_notice": {
            "id": facts["notice_id"],
            "version": facts["notice_version"],
            "url": addresses.notice,
            "text_sha256": facts["notice_text_sha256"],
        },
        "language": facts["language"],
        "purposes": [_purpose(facts, addresses)],
        "event": _event(facts),
        "integrity": {
            "algorithm": "SHA-256",
            "previous_hash": record.previous_hash,
            "hash": record.hash,
            "origin_seal": facts["seal"],
        },
    }


def _purpose(facts: Mapping[str, Any], addresses: Addresses) -> dict[str, Any]:
    return {
        "purpose": facts["purpose_code"],
        "purpose_type": facts["purpose_type"],
        "channel": facts["channel"],
        "lawful_basis": BASES[facts["lawful_basis"]],
        "consent_text": facts["consent_text"],
        "consent_text_version": facts["consent_text_version"],
        "pii_information": [
            {
                "pii_type": DATA[kind["type"]],
                "pii_optional": not kind["required"],
                "sensitive_pii_category": facts["sensitive"],
            }
            for kind in facts["pii_types"]
        ],
        "pii_controllers": [facts["tenant_id"]],
        "collection_method": facts["collection_method"],
        "processing_method": "dpv:Profiling" if facts["profiling"] else "dpv:Use",
        "storage_locations": [facts["storage_location"]],
        "retention_period": facts["retention"],
        "recipient_third_parties": facts["recipients"],
        "third_country_transfer": facts["third_country_transfer"],
        "jurisdictions": [facts["jurisdiction"]],
        "authority_party": facts["authority"],
        "withdrawal_method": addresses.withdrawal,
        "privacy_rights": addresses.rights,
        "ui_version": facts["ui_version"],
    }


def _event(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "event_type": facts["event_type"],
        "event_state": STATES[facts["event_type"]],
        "event_time": facts["event_time"],
        "utc_offset_minutes": facts["utc_offset_minutes"],
        "entity_id": facts["staff_id"] or facts["principal_id"],
        "actor": facts["actor"],
        "evidence": facts["evidence"],
    }
