"""The digest of a link: fixed bytes, so that a chain written today can be checked for ever, also by others."""

import hashlib
from datetime import UTC, datetime, timedelta, timezone

from loyalty.engine.chain import START, EntryBooked, LotOpened, PostingBooked, digest, micros

LOT = LotOpened(id=4, amount=70, first_good_day=None, last_good_day="2026-02-04", moved_from=None, at=1767614400000000)
EARNED = EntryBooked(
    id=9, unit=2, kind="award", amount=70, owed_change=0, forgiven=0, seq=3, balance_after=95, at=1767614400000000,
    lot=LOT, uses=[],
)  # fmt: skip
SETTLED = EntryBooked(
    id=10, unit=2, kind="settle", amount=-5, owed_change=-5, forgiven=0, seq=4, balance_after=90, at=1767614400000000,
    lot=None, uses=[(4, 5)],
)  # fmt: skip
BOOKED = PostingBooked(
    id=7, business=1, account=3, key="sale:12", fingerprint="f" * 64, kind="purchase", channel="counter", sale=12,
    refund=None, reverses=None, staff=5, location=None, at=1767614400000000, booked_at=1767614400000000,
    entries=[EARNED, SETTLED],
)  # fmt: skip
BYTES = (
    b"0" * 64 + b"\nregulars-chain-1\n"
    b'[7,1,3,"sale:12","' + b"f" * 64 + b'","purchase","counter",12,null,null,5,null,1767614400000000,1767614400000000,'
    b'[[9,2,"award",70,0,0,3,95,1767614400000000,[4,70,null,"2026-02-04",null,1767614400000000],[]],'
    b'[10,2,"settle",-5,-5,0,4,90,1767614400000000,null,[[4,5]]]]]'
)


def test_the_bytes_are_those_of_the_docs():
    assert digest(START, BOOKED) == hashlib.sha256(BYTES).hexdigest()


def test_the_digest_before_counts():
    assert digest("1" * 64, BOOKED) != digest(START, BOOKED)


def test_a_key_of_any_letters_is_plain_ascii_in_the_bytes():
    snow = BOOKED._replace(key="☃")
    assert digest(START, snow) == hashlib.sha256(BYTES.replace(b"sale:12", rb"\u2603")).hexdigest()


def test_a_moment_is_the_same_number_in_every_zone():
    noon = datetime(2026, 1, 5, 12, 0, 0, 1, tzinfo=UTC)
    assert micros(noon) == 1767614400000001
    assert micros(noon.astimezone(timezone(timedelta(hours=9)))) == micros(noon)
