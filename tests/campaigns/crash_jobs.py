"""Work in the background that is killed in the middle, again and again, and what must have become of it at the end."""

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from itertools import count
from pathlib import Path
from random import Random

from django.utils import timezone

from loyalty.domain import ledger, outbox
from loyalty.domain.accounts import open_accounts
from loyalty.domain.outbox import Letter
from loyalty.engine.days import local_day
from loyalty.models import BatchState, Entry, EntryKind, ImportBatch, MessageState, OutboxMessage, PostingKind, Sale
from tests.campaigns import stand
from tests.laws.tree import ROOT
from tests.loyalty.imports import Desk, open_desk, table
from tests.rewards.shop import Shop

PIECE = 400
"""Lots, messages or receipts that are laid out at a time."""
LONGEST = 0.6
WRITES = 5
"""So many statements write a piece of what has run out."""
LONGEST_MIGRATION = 4.0


def child(*words: str, **surroundings: str) -> subprocess.Popen[str]:
    """Start a process that does some work; return once it has begun."""
    command = [sys.executable, "-m", "tests.campaigns.crash_child", *words]
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, **surroundings},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout
    process.stdout.readline()
    return process


def killed(*words: str, after: float, **surroundings: str) -> bool:
    """Let a process do some work, kill it after some seconds; return whether it was still at it."""
    process = child(*words, **surroundings)
    time.sleep(after)
    at_it = process.poll() is None
    process.send_signal(signal.SIGKILL)
    process.communicate()
    return at_it


def finished(*words: str, **surroundings: str) -> bool:
    """Let a process do some work to its end; return whether it succeeded."""
    process = child(*words, **surroundings)
    process.communicate()
    return process.returncode == 0


class Jobs:
    """An import, lots that have run out and messages: more is laid out whenever a kind has nothing left to do."""

    def __init__(self, shop: Shop, rng: Random, server: str, folder: Path) -> None:
        self.shop, self.rng, self.server, self.folder = shop, rng, server, folder
        self.desk: Desk = open_desk()
        self.numbers, self.receipts, self.lots, self.messages, self.kills = count(), 0, 0, 0, 0

    def kill(self, kind: str) -> bool:
        """Kill one kind of work somewhere in its middle; return whether it was still at it."""
        self.kills += 1
        if kind == "migrate":
            return self._kill_migration()
        getattr(self, f"_lay_out_{kind}")()
        return killed(kind, after=self.rng.random() * LONGEST)

    def _lay_out_import(self) -> None:
        if ImportBatch.objects.filter(state=BatchState.RUNNING).exists():
            return
        numbers = [next(self.numbers) for _ in range(PIECE)]
        rows = [f"R{n},2026-01-05 09:00,c{n % 50},tea,Tea,1,{n % 90 + 10}.00" for n in numbers]
        self.desk.start(table(*rows))
        self.receipts += PIECE

    def _lay_out_expiry(self) -> None:
        now = timezone.now()
        yesterday = local_day(now, self.shop.business.time_zone) - timedelta(days=1)
        customers = {f"X{next(self.numbers)}": now for _ in range(PIECE // 4)}
        accounts = open_accounts(business=self.shop.business, customers=customers)
        ledger.award_many(
            [
                (
                    ledger.Booking(
                        account=account, key=f"crash:{next(self.numbers)}", kind=PostingKind.GIFT, at=now,
                        booked_at=now, by=self.shop.at_counter(),
                    ),
                    [ledger.AwardLine(self.shop.points, 10, yesterday)],
                )
                for account in accounts
            ]
        )  # fmt: skip
        self.lots += len(accounts)

    def _lay_out_outbox(self) -> None:
        letter = Letter("Hello.", subject="Hello")
        for _ in range(PIECE // 4):
            outbox.queue(
                business=None, recipient="a@example.com", letter=letter, purpose="crash.test", at=timezone.now()
            )
            self.messages += 1

    def _kill_migration(self) -> bool:
        with stand.own_database(self.server, self.folder / "migration") as url:
            Path(self.folder / "migration").mkdir(exist_ok=True)
            at_it = killed("migrate", after=self.rng.random() * LONGEST_MIGRATION, DATABASE_URL=url)
            if not finished("migrate", DATABASE_URL=url):
                raise RuntimeError("a killed migration needs work by hand")
            for file in (self.folder / "migration").iterdir():
                file.unlink()
        return at_it

    def tear(self, kills: int) -> int:
        """Let the expiry job die so often between any two of its writes, each of which commits by itself; return
        after how many drift shows. A batch that was torn is the first that the next job comes to: it may add nothing.
        """
        seen = 0
        for _ in range(kills):
            self._lay_out_expiry()
            assert not finished("expiry", "--torn", f"{self.rng.randrange(1, WRITES)}")
            seen += bool(stand.faults())
        return seen

    def finish(self) -> list[str]:
        """Let all work come to its end undisturbed; return, in words, what is not as it must be."""
        found = [f"{kind} did not come to its end" for kind in ("import", "expiry", "outbox") if not finished(kind)]
        sales = Sale.objects.filter(business=self.desk.role.business).count()
        expired = Entry.objects.filter(business=self.shop.business, kind=EntryKind.EXPIRE).count()
        mine = OutboxMessage.objects.filter(purpose="crash.test")
        unsent = mine.exclude(state=MessageState.SENT).count()
        mails = [mail for file in (self.folder / "mail").glob("*") for mail in message_ids(file)]
        missing = sum(f"{public_id}" not in set(mails) for public_id in mine.values_list("public_id", flat=True))
        if sales != self.receipts:
            found.append(f"{sales} sales of {self.receipts} receipts")
        if expired != self.lots:
            found.append(f"{expired} of {self.lots} lots have run out")
        if unsent or missing:
            found.append(f"{unsent} messages are unsent, {missing} never left")
        if len(mails) - len(set(mails)) > self.kills:
            found.append(f"{len(mails) - len(set(mails))} mails left twice in {self.kills} kills")
        return found


def message_ids(file: Path) -> list[str]:
    """Return the stable ids of the mails in a file."""
    lines = file.read_text().splitlines()
    return [line.partition("<")[2].partition("@")[0] for line in lines if line.startswith("Message-ID:")]
