"""Many clients at once, each a process of its own: one hot account on PostgreSQL, eight writers on SQLite."""

import multiprocessing
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.connection import Connection
from tempfile import NamedTemporaryFile

from benchmarks.anchors import AMOUNT, WHY_TEXT, one_statement
from benchmarks.client import Done, Order, client
from benchmarks.rounds import Goal, Result, Round, play
from benchmarks.scratch import dsn
from benchmarks.shop import Shop, hot_account

CLIENTS = 8
HEAD_START = 0.3
"""Seconds in which every client gets ready."""


type Ask = Callable[[int, float, bool, bool], list[Done]]


@contextmanager
def clients(number: int, url: str) -> Iterator[Ask]:
    """Start clients; yield what has the first n of them book at once and returns what each got done."""
    spawn = multiprocessing.get_context("spawn")
    pipes: list[Connection] = []
    running = []
    for _ in range(number):
        ours, theirs = spawn.Pipe()
        process = spawn.Process(target=client, args=(theirs, url), daemon=True)
        process.start()
        pipes.append(ours)
        running.append(process)
    for pipe in pipes:
        pipe.recv()

    def ask(first: int, seconds: float, product: bool, hot: bool) -> list[Done]:
        order = Order(time.time() + HEAD_START, seconds, product, hot)
        for pipe in pipes[:first]:
            pipe.send(order)
        return [pipe.recv() for pipe in pipes[:first]]

    try:
        yield ask
    finally:
        for pipe in pipes:
            pipe.send(None)
        for process in running:
            process.join(10)


def one_hot_account(shop: Shop, url: str, *, rounds: int, seconds: float) -> list[Result]:
    """Eight clients of the product, then eight of pgbench with the bare statement, on the same account."""
    if not shutil.which("pgbench"):
        print("one hot account: left out, there is no pgbench")
        return []
    with clients(CLIENTS, url) as ask:

        def one_round() -> Round:
            rate = sum(done.count for done in ask(CLIENTS, seconds, True, True)) / seconds
            return Round(product=rate, anchor=pgbench(shop, url, seconds))

        work = "one hot account, 8 clients, postgresql (per second)"
        return [play(work, Goal(0.60), one_round, rounds=rounds)]


def pgbench(shop: Shop, url: str, seconds: float) -> float:
    """Return how many purchases of one account a second pgbench books with the bare statement."""
    values = {
        "business": shop.business.pk, "account": hot_account(shop).pk, "staff": shop.role.pk,
        "user": shop.role.user_id, "unit": shop.unit.pk, "sale_id": "gen_random_uuid()",
        "posting_id": "gen_random_uuid()", "key": "gen_random_uuid()::text", "fingerprint": "repeat('0', 64)",
        "points": "(:total / 100)", "at": "now()", "last_good_day": "now()::date + 365",
        "why": f"replace('{WHY_TEXT}', '{AMOUNT}', (:total / 100)::text)::jsonb",
        "data": "jsonb_build_object('total', :total)",
    }  # fmt: skip
    statement = one_statement()
    for name in sorted(values, key=len, reverse=True):
        statement = re.sub(rf"(?<!:):{name}\b", lambda _found, name=name: str(values[name]), statement)
    statement = re.sub(r":total\b", ":total::bigint", statement)
    with NamedTemporaryFile("w", suffix=".sql") as script:
        script.write(f"\\set total random(100, 20000)\n{' '.join(statement.split())};\n")
        script.flush()
        command = ["pgbench", "-n", "-c", str(CLIENTS), "-j", "2", "-M", "prepared", "-T", str(max(int(seconds), 1))]
        said = subprocess.run([*command, "-f", script.name, dsn(url)], capture_output=True, text=True)  # noqa: S603
    found = re.search(r"tps = ([0-9.]+)", said.stdout)
    assert found, said.stderr
    return float(found[1])


def eight_writers(shop: Shop, url: str, *, rounds: int, seconds: float) -> list[Result]:
    """Eight writers of the product beside one of it, and their worst wait beside that of eight bare ones."""
    waits: list[Round] = []
    with clients(CLIENTS, url) as ask:

        def one_round() -> Round:
            alone = ask(1, seconds, True, False)
            together = ask(CLIENTS, seconds, True, False)
            others = ask(CLIENTS, seconds, False, False)
            waits.append(Round(product=worst(together), anchor=worst(others)))
            return Round(product=rate(together, seconds), anchor=rate(alone, seconds))

        result = play("8 writers, sqlite, beside one (per second)", Goal(0.90), one_round, rounds=rounds)
    # The longest of many waits differs from round to round by its nature: none of them is void.
    return [result, Result("worst wait of 8 writers, sqlite (seconds)", Goal(1.0, at_most=True), tuple(waits[1:]), 0)]


def rate(done: Sequence[Done], seconds: float) -> float:
    return sum(each.count for each in done) / seconds


def worst(done: Sequence[Done]) -> float:
    return max(each.worst for each in done)
