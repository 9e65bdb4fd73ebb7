"""Twenty people sign in while the mail server answers after nine seconds, refuses, or is down, and a mailing waits.

    ./regulars mail-test [--seed N] [--database SERVER] [--in-request]

A real gunicorn and a real worker; the mail server is one of our own on this machine. --in-request is the twin: mails
are sent in the request, as django-allauth does by itself, so the campaign must fail.
"""

import http.client
import os
import re
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path
from statistics import median, quantiles
from threading import Event
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from tests.campaigns import stand
from tests.smtp import Mailbox, mail_server

if TYPE_CHECKING:
    from tests.campaigns.server import Server
    from tests.rewards.shop import Shop

HOST = "127.0.0.1"
PEOPLE = 20
SLOW = 9.0
MAILING = 100
"""News that wait in the outbox before anybody signs in."""
AT_REST = 60
"""How often each page is asked while nothing else is."""
TIMES = 3.0
"""How much slower than at rest a page may become, by the median; what 95 of 100 take is said, not judged."""
PROMPT = 3.0
"""Seconds within which a log-in is answered, and every page meanwhile."""
TOLD = 30.0 + 2 * 2.0
"""Seconds within which somebody is told that a code is late: the product's own, and two looks of a browser."""
LONGEST = 90.0
PAUSE = 0.05
LOOK = 2.0
"""Seconds between two looks of a browser at how far its code is."""
PROGRESS = re.compile(rb'data-progress="(\w+)"')


class Person:
    """A browser on a machine of its own."""

    def __init__(self, port: int, number: int) -> None:
        self.port, self.address, self.ip = port, f"person{number}@example.com", f"203.0.113.{number + 1}"
        self.cookies: dict[str, str] = {"csrf": "c" * 32}

    def ask(self, method: str, path: str, form: dict[str, str] | None = None) -> tuple[int, bytes]:
        """Ask a page; return status and body."""
        connection = http.client.HTTPConnection(HOST, self.port, timeout=LONGEST)
        headers = {
            "Host": "localhost", "X-Forwarded-For": self.ip, "Content-Type": "application/x-www-form-urlencoded",
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
        }  # fmt: skip
        body = urlencode({**form, "csrfmiddlewaretoken": self.cookies["csrf"]}) if form is not None else None
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            for cookie in answer.headers.get_all("Set-Cookie", []):
                name, _, value = cookie.partition(";")[0].partition("=")
                self.cookies[name] = value
            return answer.status, answer.read()
        finally:
            connection.close()

    def sign_in(self) -> tuple[int, float]:
        """Ask for a code; return the status and the seconds that it took."""
        begun = time.monotonic()
        status, _ = self.ask("POST", "/accounts/login/", {"login": self.address})
        return status, time.monotonic() - begun

    def progress(self) -> str:
        """Return how far the page says that the code is."""
        found = PROGRESS.search(self.ask("GET", "/start/code/")[1])
        return found.group(1).decode() if found else ""

    def wait_for(self, *wanted: str) -> tuple[str, float]:
        """Look until the page says one of these; return it and the seconds. An empty text after a minute and a half."""
        begun = time.monotonic()
        while time.monotonic() - begun < LONGEST:
            if (found := self.progress()) in wanted:
                return found, time.monotonic() - begun
            time.sleep(LOOK)
        return "", LONGEST


@dataclass
class Pages:
    """What is asked meanwhile, and how long each answer took, in seconds."""

    asks: dict[str, Callable[[], int]]
    took: dict[str, list[float]] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    def look(self, stop: Callable[[int], bool]) -> dict[str, list[float]]:
        """Ask each in turn until told to stop; return the times."""
        took: dict[str, list[float]] = {name: [] for name in self.asks}
        rounds = 0
        while not stop(rounds):
            rounds += 1
            for name, ask in self.asks.items():
                begun = time.monotonic()
                status = ask()
                took[name].append(time.monotonic() - begun)
                if status != HTTPStatus.OK:
                    self.wrong.append(f"{name} answered {status}")
            time.sleep(PAUSE)
        return took


def high(times: list[float]) -> float:
    """Return what 95 of 100 stay under."""
    return quantiles(times, n=20)[-1]


class Campaign:
    """One installation, its people, and what was found wrong."""

    def __init__(self, server: "Server", shop: "Shop", mailbox: Mailbox) -> None:
        self.server, self.mailbox = server, mailbox
        self.people = [Person(server.port, number) for number in range(PEOPLE)]
        till = self._till(shop)
        self.pages = Pages({"/health/": lambda: till.ask("GET", "/health/")[0], "till": lambda: self._open(till)})
        self.faults: list[str] = []
        self.said: list[str] = []

    def _till(self, shop: "Shop") -> Person:
        from django.conf import settings
        from django.test import Client

        till, client = Person(self.server.port, PEOPLE), Client()
        client.force_login(shop.manager)
        till.cookies[settings.SESSION_COOKIE_NAME] = client.cookies[settings.SESSION_COOKIE_NAME].value
        return till

    def _open(self, till: Person) -> int:
        from tests.campaigns.clients import counter

        return till.ask("GET", counter("home"))[0]

    def warm_up(self) -> dict[str, list[float]]:
        """Open everything once, then measure at rest."""
        self.pages.look(lambda rounds: rounds == 10)
        return self.pages.look(lambda rounds: rounds == AT_REST)

    def slow(self, at_rest: dict[str, list[float]], *, in_request: bool) -> None:
        """Let twenty sign in at once while the mail server takes nine seconds for each mail and a mailing waits.

        Pages are asked all along: until the last code has left or, where mails are sent in requests, is answered.
        """
        self.mailbox.greets_after = SLOW
        over = Event()
        with ThreadPoolExecutor(PEOPLE + 1) as pool:
            watching = pool.submit(self.pages.look, lambda rounds: over.is_set())
            answers = list(pool.map(lambda person: person.sign_in(), self.people))
            waits = [] if in_request else list(pool.map(lambda person: person.wait_for("sent"), self.people))
            over.set()
            took = watching.result()
        self.mailbox.greets_after = 0.0
        for name, times in took.items():
            self._judge_page(name, at_rest[name], times)
        self._judge_answers("slow", answers)
        left = [seconds for found, seconds in waits if found]
        if len(left) < len(waits):
            self.faults.append(f"slow: {len(waits) - len(left)} codes did not leave")
        slowest, last = max(seconds for _, seconds in answers), max(left, default=0)
        self.said.append(f"{PEOPLE} log-ins answered within {slowest:.2f} s, all codes out after {last:.0f} s")

    def _judge_page(self, name: str, rest: list[float], busy: list[float]) -> None:
        # What hangs for seconds hides in a median and even in a percentile, so the longest is judged by itself.
        times = median(busy) / median(rest), high(busy) / high(rest)
        rests = f"{1000 * median(rest):.1f} ms", f"{1000 * high(rest):.1f} ms"
        self.said.append(
            f"{name} {times[0]:.1f} x {rests[0]} (95 of 100: {times[1]:.1f} x {rests[1]}, longest {max(busy):.2f} s)"
        )
        if max(busy) > PROMPT:
            self.faults.append(f"{name} was once answered after {max(busy):.1f} s")
        if times[0] > TIMES:
            self.faults.append(f"{name} took {times[0]:.1f} times as long")

    def _judge_answers(self, when: str, answers: list[tuple[int, float]]) -> None:
        for status, seconds in answers:
            if status != HTTPStatus.FOUND:
                self.faults.append(f"{when}: a log-in was answered {status}")
            if seconds > PROMPT:
                self.faults.append(f"{when}: a log-in was answered after {seconds:.1f} s")

    def refusing(self, when: str, wanted: str) -> None:
        """Let somebody sign in while mail cannot leave: they are answered, and told so in time."""
        person = Person(self.server.port, 100 + len(self.said))
        self._judge_answers(when, [person.sign_in()])
        found, seconds = person.wait_for(wanted)
        self.said.append(f"{when}: {found or 'nothing'} said after {seconds:.1f} s")
        if found != wanted or seconds > TOLD:
            self.faults.append(f"{when}: {found or 'nothing'} was said after {seconds:.0f} s, not {wanted}")


def queue_mailing() -> None:
    """Let a mailing wait in the outbox."""
    from django.utils import timezone

    from loyalty.domain import outbox
    from loyalty.domain.outbox import Letter
    from loyalty.models import MessagePriority

    for number in range(MAILING):
        outbox.queue(
            business=None, recipient=f"news{number}@example.com", letter=Letter("News."), purpose="mail.test",
            at=timezone.now() - timedelta(hours=1), priority=MessagePriority.BULK,
        )  # fmt: skip


def make_people() -> None:
    """Give half of those who sign in an account: the others are written, too."""
    from loyalty.models import User

    for number in range(0, PEOPLE, 2):
        user = User.objects.create_user(f"person{number}@example.com")
        user.emailaddress_set.create(email=user.email, verified=True, primary=True)


@contextmanager
def started(folder: Path, mailbox: Mailbox, *, in_request: bool) -> Iterator["Server"]:
    """Yield a server that sends to the mail server, with its worker."""
    from tests.campaigns.server import serving

    os.environ |= {"CAMPAIGN_MAIL_PORT": str(mailbox.port), "TRUSTED_PROXIES": "1"}
    if in_request:
        os.environ["CAMPAIGN_MAIL_IN_REQUEST"] = "1"
    with serving(folder) as server:
        server.children.start("worker", "django", "worker")
        yield server


def campaign(folder: Path, *, in_request: bool) -> Campaign:
    """Go through all of it."""
    from tests.rewards.shop import open_shop

    shop = open_shop()
    make_people()
    with mail_server() as mailbox, started(folder, mailbox, in_request=in_request) as server:
        found = Campaign(server, shop, mailbox)
        at_rest = found.warm_up()
        queue_mailing()
        found.slow(at_rest, in_request=in_request)
        if in_request:
            return found
        mailbox.answers = {"RCPT": b"550 5.1.1 no such user"}
        found.refusing("address refused", "failed")
        mailbox.answers = {"": b"554 not today"}
        found.refusing("server refuses", "late")
        mailbox.close()
        found.refusing("server down", "late")
        server.children.running["worker"].terminate()
        found.refusing("worker down", "late")
    found.faults += found.pages.wrong
    return found


def main(words: list[str]) -> int:
    """Run the campaign; return the exit code."""
    parser = stand.arguments("mail-test", "Signs twenty people in while the mail server is slow, refuses, or is down.")
    parser.add_argument("--in-request", action="store_true", help="the twin: mails are sent in the request; this fails")
    options = parser.parse_args(words)
    with stand.stand(options.database) as folder:
        from django.db import connection

        found = campaign(folder, in_request=options.in_request)
        vendor = connection.vendor
    for fault in found.faults[:20]:
        print(f"FAIL {fault}")
    print(f"mail-test: {vendor}, {'; '.join(found.said)}, {len(found.faults)} faults; seed {options.seed}")
    return 1 if found.faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
