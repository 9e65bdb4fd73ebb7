"""./regulars retries: each request is sent 1 to 20 times, answers get lost, and everything is booked once.

Purchases and rewards at the counter, rewards in the portal, refunds, undos and vouchers given back, over HTTP. Some
copies go out at once, some answers are never read, some copies come late, after the customer has gone on.
"""

import sys
import time
from collections import Counter
from collections.abc import Generator, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from tests.campaigns import stand

if TYPE_CHECKING:
    from tests.campaigns.clients import Answer, Browser
    from tests.rewards.shop import Shop

MOST = 20
USUAL = 3.0
TILLS = 4
"""Customers who are served at the same time."""
LATE = 0.2
SHORT = 0.03
STORY = 9
"""Requests of one visit."""


@dataclass(frozen=True, slots=True)
class Request:
    """One logical request: what it is, who sends it where, and the form."""

    kind: str
    browser: "Browser"
    path: str
    form: Mapping[str, object]


@dataclass
class Record:
    """What was sent and answered."""

    requests: Counter[str] = field(default_factory=Counter)
    sent: int = 0
    unread: int = 0
    faults: list[str] = field(default_factory=list)


class Sender:
    """Sends each request of one customer many times and holds every answer against the first.

    fresh_keys gives each copy a key of its own, as if there were none: then the campaign must find faults.
    """

    def __init__(self, rng: Random, record: Record, *, fresh_keys: bool) -> None:
        self.rng, self.record, self.fresh_keys = rng, record, fresh_keys
        self.pool = ThreadPoolExecutor(MOST)

    def send(self, request: Request, copies: int | None = None) -> "Answer":
        """Send copies of a request in groups, those of a group at once; return the answer that all gave."""
        left = copies or min(MOST, 1 + int(self.rng.expovariate(1 / USUAL)))
        answers: list[Answer] = []
        while left or not answers:
            group = self.rng.randint(1, max(1, left))
            left = max(0, left - group)
            waits = [self.rng.random() * SHORT if self.rng.random() < 0.4 else None for _ in range(group)]
            answers += [answer for answer in self.pool.map(lambda w: self._once(request, w), waits) if answer]
        first = answers[0]
        if first.status != HTTPStatus.FOUND:
            self.record.faults.append(f"{request.kind}: answered {first.status}: {first.body[-300:]!r}")
        if any(answer != first for answer in answers):
            seen = sorted({(answer.status, answer.location) for answer in answers})
            self.record.faults.append(f"{request.kind}: copies were answered in different ways: {seen}")
        return first

    def _once(self, request: Request, leave_after: float | None) -> "Answer | None":
        form = {**request.form, "key": uuid4()} if self.fresh_keys and "key" in request.form else request.form
        self.record.sent += 1
        if leave_after is None:
            return request.browser.post(request.path, form)
        self.record.unread += 1
        request.browser.post_and_leave(request.path, form, leave_after)
        return None


class Stories:
    """Customers who buy, redeem, bring things back and change their minds."""

    def __init__(self, shop: "Shop", port: int, record: Record, *, fresh_keys: bool) -> None:
        from tests.campaigns.clients import Browser

        self.shop, self.port, self.record, self.fresh_keys = shop, port, record, fresh_keys
        self.till = Browser(port, shop.manager)
        self.coffee = shop.add("Coffee", cost=10)

    def customer(self, number: int) -> tuple[Any, "Browser"]:
        """Enrol somebody who may sign in."""
        from loyalty.domain.actors import Actor
        from loyalty.models import Channel
        from members.domain import enrolment
        from tests.campaigns.clients import Browser
        from tests.world import NOW, make_user

        user = make_user(f"guest{number}")
        member = enrolment.claim(
            member=self.shop.enrol(f"Guest{number}"), user=user, at=NOW, by=Actor(Channel.PORTAL, user)
        )
        return member.account, Browser(self.port, user)

    def tell(self, account: Any, own: "Browser", rng: Random) -> Generator[Request, "Answer"]:
        """Yield the requests of one visit; each is sent the answer to it."""
        from tests.campaigns.clients import counter, portal

        def key() -> UUID:
            return UUID(int=rng.getrandbits(128), version=4)

        bill = rng.randrange(30_00, 90_00)
        purchase = {"key": key(), "amount": f"{bill / 100:.2f}", "receipt": "", "confirmed": f"{bill}"}
        bought = yield Request("purchase", self.till, counter("member", account=account.public_id), purchase)
        out = counter("hand-out", account=account.public_id, reward=self.coffee.public_id)
        yield Request("reward at the counter", self.till, out, {"key": key()})
        take = portal("redeem", reward=self.coffee.public_id)
        taken = yield Request("reward in the portal", own, take, {"key": key()})
        back = {"key": key(), "amount": f"{rng.randrange(1_00, 9_00) / 100:.2f}"}
        yield Request("refund", self.till, counter("refund", sale=bought.last_id), back)
        yield Request("voucher given back", own, portal("voucher-cancel", voucher=taken.last_id), {})
        shown = yield Request("reward in the portal", own, take, {"key": key()})
        use = counter("voucher-use", voucher=shown.last_id)
        yield Request("voucher handed over", self.till, use, {"key": key()})
        wrong = {"key": key(), "amount": "12.00", "receipt": "", "confirmed": "1200"}
        mistake = yield Request("purchase", self.till, counter("member", account=account.public_id), wrong)
        yield Request("undo", self.till, counter("sale-undo", sale=mistake.last_id), {})

    def serve(self, number: int, stories: int, seed: int) -> None:
        """Let one customer come so many times; some copies of what was sent come late."""
        rng = Random(seed)
        sender = Sender(rng, self.record, fresh_keys=self.fresh_keys)
        account, own = self.customer(number)
        for visit in range(stories):
            told = list(self._visit(sender, self.tell(account, own, rng)))
            for request, answer in told:
                if rng.random() < LATE and sender.send(request, copies=1) != answer:
                    self.record.faults.append(f"{request.kind}: a late copy was answered in another way")
            if number == 0 and visit % 25 == 0:
                print(f"     visit {visit + 1} of {stories}, {self.record.sent} sent", flush=True)

    def _visit(self, sender: Sender, story: Generator[Request, "Answer"]) -> Iterator[tuple[Request, "Answer"]]:
        with suppress(StopIteration):
            request = next(story)
            while True:
                answer = sender.send(request)
                self.record.requests[request.kind] += 1
                yield request, answer
                if answer.status != HTTPStatus.FOUND:
                    return
                request = story.send(answer)


def rows_at_fault(requests: Counter[str], before: Counter[str]) -> list[str]:
    """Return, in words, where the rows are not exactly those of the requests."""
    found = booked()
    found.subtract(before)
    expected = {
        "sales": requests["purchase"],
        "redemptions": requests["reward at the counter"] + requests["reward in the portal"],
        "refunds": requests["refund"],
        "vouchers handed over": requests["voucher handed over"],
        "redemptions undone": requests["voucher given back"],
        "sales undone": requests["undo"],
        "undo postings": requests["voucher given back"] + requests["undo"],
    }
    return [
        f"{name}: {found[name]} rows for {wanted} requests"
        for name, wanted in expected.items()
        if found[name] != wanted
    ]


def booked() -> Counter[str]:
    """Return how many rows there are of everything that is requested here."""
    from loyalty.models import AuditEvent, Posting, PostingKind, Refund, Sale
    from rewards.models import Redemption

    return Counter(
        {
            "sales": Sale.objects.count(),
            "redemptions": Redemption.objects.count(),
            "refunds": Refund.objects.count(),
            "vouchers handed over": AuditEvent.objects.filter(verb="voucher.used").count(),
            "redemptions undone": Redemption.objects.exclude(undone_at=None).count(),
            "sales undone": Sale.objects.exclude(undone_at=None).count(),
            "undo postings": Posting.objects.filter(kind=PostingKind.UNDO).count(),
        }
    )


def campaign(folder: Path, wanted: int, seed: int, *, fresh_keys: bool) -> Record:
    """Serve customers until so many requests were made; return what happened."""
    from tests.campaigns.server import serving
    from tests.rewards.shop import open_shop

    rng, record = Random(seed), Record()
    with serving(folder) as server:
        stories = Stories(open_shop(), server.port, record, fresh_keys=fresh_keys)
        each, seeds = max(1, round(wanted / (TILLS * STORY))), [rng.getrandbits(32) for _ in range(TILLS)]
        before = booked()
        with ThreadPoolExecutor(TILLS) as pool:
            list(pool.map(lambda number: stories.serve(number, each, seeds[number]), range(TILLS)))
    record.faults = rows_at_fault(record.requests, before) + stand.faults() + record.faults
    return record


def main(words: list[str]) -> int:
    """Run the campaign; return the exit code."""
    parser = stand.arguments("retries", "Sends every request 1 to 20 times, loses answers, and counts what is booked.")
    parser.add_argument("--requests", type=int, default=300, help="about so many (default: 300; the full form: 10000)")
    parser.add_argument("--fresh-keys", action="store_true", help="the twin: each copy has its own key, so this fails")
    options = parser.parse_args(words)
    print(f"retries: seed {options.seed}", flush=True)
    start = time.monotonic()
    with stand.stand(options.database) as folder:
        from django.db import connection

        record = campaign(folder, options.requests, options.seed, fresh_keys=options.fresh_keys)
        vendor = connection.vendor
    for fault in record.faults[:20]:
        print(f"FAIL {fault}")
    kinds = ", ".join(f"{number} x {kind}" for kind, number in sorted(record.requests.items()))
    print(f"     {kinds}; {time.monotonic() - start:.0f} s")
    print(
        f"retries: {vendor}, {record.requests.total()} requests sent {record.sent} times, {record.unread} answers "
        f"lost, {len(record.faults)} faults; seed {options.seed}"
    )
    return 1 if record.faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
