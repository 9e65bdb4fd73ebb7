"""./regulars oracle: so many operations in the product and in the model, compared after each of them.

Seasons of 200 operations, each with two businesses of its own and drawn from the seed and its number: the same seed
tells the same story on any database and with any number of processes. Only answers are compared, not what outlives a
crash: PostgreSQL is asked not to wait for its disk.
"""

import argparse
import multiprocessing
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field
from random import Random

from tests.campaigns import stand

STEPS = 200
PROVE = 10


@dataclass
class Outcome:
    """What came of a season: how often each kind of operation was done, or where the stories part."""

    number: int
    counts: Counter[str] = field(default_factory=Counter)
    mismatch: str = ""
    history: list[str] = field(default_factory=list)


def play_season(seed: int, number: int, steps: int) -> Outcome:
    """Play one season; in every tenth the product proves the books of its businesses, too."""
    from tests.oracle.driver import Mismatch
    from tests.oracle.play import play

    try:
        driver = play(Random(f"{seed}:{number}"), steps, prove=number % PROVE == 0)
    except Mismatch as mismatch:
        return Outcome(number, mismatch=str(mismatch), history=mismatch.history)
    return Outcome(number, driver.counts)


def set_up() -> None:
    """Make a process ready to play on the database that its environment names."""
    import django

    django.setup()
    from django.db import connection

    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET synchronous_commit TO off")


def seasons(seed: int, operations: int, processes: int, first: int) -> Iterator[Outcome]:
    """Yield the outcome of every season, as they end."""
    sizes = [STEPS] * (operations // STEPS) + ([operations % STEPS] if operations % STEPS else [])
    if processes == 1:
        set_up()
        yield from (play_season(seed, number, size) for number, size in enumerate(sizes, first))
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, mp_context=context, initializer=set_up) as pool:
        played = [pool.submit(play_season, seed, number, size) for number, size in enumerate(sizes, first)]
        yield from (each.result() for each in as_completed(played))


def main(words: list[str]) -> int:
    """Run the campaign; return the exit code."""
    options = arguments().parse_args(words)
    database = "sqlite" if options.sqlite else options.database
    print(f"oracle: seed {options.seed}", flush=True)
    counts: Counter[str] = Counter()
    with stand.stand(database):
        start = said = time.monotonic()
        wrong = []
        for outcome in seasons(options.seed, options.operations, options.processes, options.season):
            counts += outcome.counts
            if outcome.mismatch:
                wrong.append(outcome)
                say(outcome)
                break
            if time.monotonic() - said > 20:
                said = time.monotonic()
                print(f"     {done(counts)} operations, {done(counts) / (said - start):.0f} a second", flush=True)
        seconds = time.monotonic() - start
        wrong_books = stand.faults()
    for kind, number in sorted(counts.items(), key=lambda each: -each[1]):
        print(f"     {number:>7} {kind}")
    print(f"FAIL verify: {wrong_books[:5]}" if wrong_books else "ok   verify: the books hold")
    print(
        f"oracle: {done(counts)} operations, {len(wrong)} mismatches, {done(counts) / seconds:.0f} operations/s; "
        f"seed {options.seed}"
    )
    return 1 if wrong or wrong_books else 0


def arguments() -> argparse.ArgumentParser:
    parser = stand.arguments("oracle", "Does everything in the product and in a model of it, and compares.")
    parser.add_argument("--operations", type=int, default=4000, help="default: 4000; the full form: 100000")
    parser.add_argument("--processes", type=int, default=1, help=f"default: 1; this machine has {os.cpu_count()} cores")
    parser.add_argument("--season", type=int, default=0, metavar="N", help="begin with this season (default: 0)")
    parser.add_argument("--sqlite", action="store_true", help="the same as --database sqlite")
    return parser


def done(counts: Counter[str]) -> int:
    """Return how many operations there were; those refused are counted under their kind as well."""
    return counts.total() - counts["refused"]


def say(outcome: Outcome) -> None:
    """Print where the stories part, and what had happened to the accounts in question."""
    print(f"FAIL season {outcome.number}: {outcome.mismatch}")
    print("\n".join(f"     {line}" for line in outcome.history[-40:]), flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
