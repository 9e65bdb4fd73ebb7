"""The text of a consent event that is hashed, and the chain of these hashes.

Only what must never change, and what may be kept for ever, stands in the text: ids, words shown, times. Where an answer
came from (network address, browser) is in it as a salted digest, the seal, so that it can be forgotten later.
"""

import hashlib
import json
from collections.abc import Mapping
from ipaddress import ip_address
from typing import Any

SCHEMA_VERSION = "regulars-consent-1"


def canonical(facts: Mapping[str, Any]) -> bytes:
    """Return the one way to write facts as bytes: JSON in UTF-8, keys in order, no spaces."""
    return json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def chain_hash(previous: str, facts: Mapping[str, Any]) -> str:
    """Return the SHA-256 of an event's facts and of the hash before it, in hexadecimal."""
    return hashlib.sha256(previous.encode() + b"\n" + canonical(facts)).hexdigest()


def seal(salt: str, *, ip: str | None, user_agent: str) -> str:
    """Return the digest under which an answer's origin stands in the chain."""
    address = ip_address(ip).exploded if ip else ""
    return hashlib.sha256(canonical({"salt": salt, "ip": address, "user_agent": user_agent})).hexdigest()


def text_hash(text: str) -> str:
    """Return the SHA-256 of a text as it was shown, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


# The address that a channel cannot do without.
CHANNEL_DATA = {"email": "email", "sms": "phone", "phone": "phone", "post": "address"}


def data_types(declared: Mapping[str, bool], channel: str) -> list[dict[str, Any]]:
    """Return the kinds of data that a purpose uses on a channel, and whether it needs them."""
    used = dict(declared)
    if channel in CHANNEL_DATA:
        used[CHANNEL_DATA[channel]] = True
    return [{"type": kind, "required": used[kind]} for kind in sorted(used)]
