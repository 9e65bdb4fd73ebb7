"""./regulars races: twenty at once on PostgreSQL, and the same without the locks, where it must go wrong.

Each scenario runs three times: as the product is; without the locks; without the locks and without the UNIQUE and
CHECK constraints that stand behind them. The first must never go wrong, the other two must in 95 of 100 rounds.
"""

import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from enum import Enum
from random import Random
from typing import TYPE_CHECKING

from tests.campaigns import stand

if TYPE_CHECKING:
    from tests.campaigns.hammer import Hammer
    from tests.campaigns.race_scenarios import Scenario

SEEN = 0.95


class Guard(Enum):
    """Which guards a run leaves in place."""

    ALL = "as it is"
    CONSTRAINTS = "no locks"
    NONE = "no locks, no constraints"


@dataclass
class Tally:
    """What became of the rounds of one scenario under one guard."""

    scenario: str
    guard: Guard
    rounds: int = 0
    overspent: int = 0
    broken: int = 0
    deadlocks: int = 0
    unsettled: int = 0
    drifted: int = 0
    seconds: float = 0.0
    first: str = field(default="", repr=False)

    @property
    def holds(self) -> bool:
        """Whether the rounds show what they must."""
        if self.guard is Guard.ALL:
            return not (self.overspent or self.broken or self.unsettled or self.drifted)
        wrong = self.overspent if self.guard is Guard.NONE else self.unsettled
        return wrong >= SEEN * self.rounds

    def line(self) -> str:
        """Return the figures of the run in a line of the report."""
        return (
            f"{'ok  ' if self.holds else 'FAIL'} {self.scenario:<13} {self.guard.value:<25} {self.rounds:>5} rounds  "
            f"overspent {self.overspent}, raw errors {self.broken}, deadlocks {self.deadlocks}, "
            f"wrong outcome {self.unsettled}, drift {self.drifted}  ({self.seconds:.1f} s)"
            + (f"\n     {self.first}" if self.first and not self.holds else "")
        )


def run(scenario: "Scenario", guard: Guard, rounds: int, hammer: "Hammer") -> Tally:
    """Run rounds of a scenario and judge each of them."""
    from tests.campaigns.books_in_sql import drifted

    tally, start = Tally(scenario.name, guard), time.monotonic()
    for _ in range(rounds):
        acts = scenario.prepare()
        answers = hammer.strike(acts, unlocked=guard is not Guard.ALL)
        shown = scenario.shown(answers)
        tally.rounds += 1
        tally.overspent += scenario.harmed(answers)
        tally.broken += bool(shown)
        tally.deadlocks += any("deadlock" in str(error) for error in shown)
        tally.unsettled += bool(shown) or not scenario.settled(answers)
        tally.drifted += drifted(scenario.accounts) > 0
        tally.first = tally.first or (repr(shown[0]) if shown else "")
    tally.seconds = time.monotonic() - start
    return tally


def campaign(names: list[str], rounds: int, twins: int, seed: int) -> list[Tally]:
    """Run all scenarios under all guards; print each tally as it comes."""
    from tests.campaigns.books_in_sql import take_constraints_out
    from tests.campaigns.hammer import Hammer
    from tests.campaigns.race_scenarios import SCENARIOS
    from tests.rewards.shop import open_shop

    rng = Random(seed)
    shop, hammer, tallies = open_shop(), Hammer(rng), []
    try:
        for guard in Guard:
            if guard is Guard.NONE:
                print(f"     {take_constraints_out()} constraints of the books are taken out", flush=True)
            for name in names:
                scenario = SCENARIOS[name](shop, rng)
                tallies.append(run(scenario, guard, rounds if guard is Guard.ALL else twins, hammer))
                print(tallies[-1].line(), flush=True)
            if guard is Guard.ALL:
                found = stand.faults()
                print(f"FAIL verify: {found[:5]}" if found else "ok   verify: the books hold", flush=True)
                tallies[-1].drifted += len(found)
    finally:
        hammer.close()
    return tallies


def over_http(database: str, rounds: int, seed: int) -> int:
    """Race through a server; return the exit code."""
    with stand.stand(database) as folder:
        from django.db import connection

        from tests.campaigns.race_http import campaign

        tallies = campaign(folder, rounds, seed)
        vendor = connection.vendor
    answers = sum((tally.statuses for tally in tallies), Counter[int]())
    faults = [fault for tally in tallies for fault in tally.faults]
    print(
        f"races over HTTP: {vendor}, {sum(tally.rounds for tally in tallies)} rounds, {answers.total()} requests, "
        f"{sum(number for status, number in answers.items() if status == 500)} answered 500, {answers[503]} told 503, "
        f"{len(faults)} faults; seed {seed}"
    )
    return 1 if faults else 0


def main(words: list[str]) -> int:
    """Run the campaign; return the exit code."""
    parser = stand.arguments("races", "Lets twenty threads race for the same thing, with and without the locks.")
    parser.add_argument("--rounds", type=int, default=50, help="of each scenario (default: 50; the full form: 1000)")
    parser.add_argument("--twin-rounds", type=int, help="without locks (default: a tenth of the rounds, at least 5)")
    parser.add_argument("--scenario", action="append", metavar="NAME", help="only this one; may be given again")
    parser.add_argument("--http", action="store_true", help="through gunicorn with 4 workers; also on SQLite")
    options = parser.parse_args(words)
    if not options.http and options.database.startswith(stand.SQLITE):
        parser.error("threads race on PostgreSQL only: SQLite has one writer. Add --http to race through the server.")
    twins = options.twin_rounds or max(5, options.rounds // 10)
    print(f"races: seed {options.seed}", flush=True)
    if options.http:
        return over_http(options.database, options.rounds, options.seed)
    with stand.stand(options.database):
        from tests.campaigns.race_scenarios import SCENARIOS

        names = options.scenario or list(SCENARIOS)
        if unknown := set(names) - set(SCENARIOS):
            parser.error(f"there is no scenario {', '.join(sorted(unknown))}: there are {', '.join(SCENARIOS)}")
        tallies = campaign(names, options.rounds, twins, options.seed)
    kept = [tally for tally in tallies if tally.guard is Guard.ALL]
    bare = [tally for tally in tallies if tally.guard is Guard.NONE]
    print(
        f"races: {sum(t.rounds for t in kept)} rounds, {sum(t.overspent for t in kept)} overspent, "
        f"{sum(t.deadlocks for t in kept)} deadlocks, {sum(t.broken for t in kept)} raw errors; without guards "
        f"{sum(t.overspent for t in bare)} of {sum(t.rounds for t in bare)} overspent; seed {options.seed}"
    )
    return 0 if all(tally.holds for tally in tallies) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
