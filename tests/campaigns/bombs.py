"""Eight bombs at once, uploaded by eight owners, while a till records: who pays for them, and how much."""

import http.client
import os
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from secrets import token_hex
from threading import Event, Thread
from typing import TYPE_CHECKING
from uuid import uuid4

from tests import bombs
from tests.campaigns import stand

if TYPE_CHECKING:
    from tests.campaigns.clients import Browser
    from tests.campaigns.load import Load

THROWN = (
    "a row at the end of a sheet", "a row beyond every sheet", "a million blank rows", "two million shared texts",
    "a shared text without end", "a cell without end", "a quotation mark that never ends", "laughs",
)  # fmt: skip
PATIENCE = 300.0
WEB_SECONDS, CHILD_SECONDS, CHILD_MEGABYTES = 1.0, 30.0, 300
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Watch:
    """What the readers of a worker use, looked at many times a second; by process id."""

    worker: int
    seconds: dict[int, float] = field(default_factory=dict)
    megabytes: dict[int, int] = field(default_factory=dict)
    at_once: int = 0
    over: Event = field(default_factory=Event)

    def run(self) -> None:
        """Look until it is over."""
        while not self.over.wait(0.02):
            found = readers(self.worker)
            self.at_once = max(self.at_once, len(found))
            for pid in found:
                with suppress(OSError, ValueError):
                    self.seconds[pid] = max(self.seconds.get(pid, 0), computed(pid))
                    self.megabytes[pid] = max(self.megabytes.get(pid, 0), peak(pid))


def readers(worker: int) -> list[int]:
    """Return the processes that a worker has started, by any of its threads."""
    found: list[int] = []
    for thread in Path(f"/proc/{worker}/task").glob("*/children"):
        with suppress(OSError):
            found += [int(pid) for pid in thread.read_text().split()]
    return found


def computed(pid: int) -> float:
    """Return the seconds that a process has computed."""
    cells = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(cells[11]) + int(cells[12])) / TICKS


def peak(pid: int) -> int:
    """Return the megabytes that a process has held at most."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next((int(line.split()[1]) // 1024 for line in lines if line.startswith("VmHWM")), 0)


def throw(browser: "Browser", slug: str, content: bytes) -> int:
    """Upload a file as its owner does; return the status of the answer."""
    frontier = token_hex(8)
    fields = {"csrfmiddlewaretoken": browser.token, "key": str(uuid4())}
    body = b"".join(
        f'--{frontier}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    )
    body += f'--{frontier}\r\nContent-Disposition: form-data; name="file"; filename="sales.xlsx"\r\n\r\n'.encode()
    body += content + f"\r\n--{frontier}--\r\n".encode()
    connection = http.client.HTTPConnection("127.0.0.1", browser.port, timeout=PATIENCE)
    headers = {**browser.headers, "Content-Type": f"multipart/form-data; boundary={frontier}"}
    connection.request("POST", f"/console/{slug}/imports/", body, headers)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status


def campaign(folder: Path, seed: int) -> list[str]:
    """Throw the bombs; print the figures and return all faults."""
    from loyalty.models import BatchState, ImportBatch
    from tests import world
    from tests.campaigns.clients import Browser
    from tests.campaigns.load import Load
    from tests.campaigns.server import serving
    from tests.rewards.shop import open_shop

    made = {name: bombs.HEADS[name][0]() for name in THROWN}
    with serving(folder) as server:
        server.children.start("worker", "django", "worker", "--interval=0.2")
        load = Load(open_shop(), server.port, Random(seed), tills=1)
        owners = [world.open_shop(world.make_user(f"o{n}"), f"Shop {n}", f"shop-{n}") for n in range(len(made))]
        browsers = [Browser(server.port, owner.user) for owner in owners]
        watch = Watch(server.children.running["worker"].pid)
        watching = Thread(target=watch.run)
        load.start()
        watching.start()
        try:
            load.wait_for_one(PATIENCE)
            before = len(load.acknowledged)
            idle = {pid: computed(pid) for pid in server.working()}
            begun = time.monotonic()
            rate = sold(load, 5.0)
            alone = {pid: computed(pid) - idle[pid] for pid in idle}
            spent = time.monotonic() - begun
            statuses = at_once(browsers, owners, made)
            thrown = time.monotonic()
            while ImportBatch.objects.filter(state=BatchState.READING).exists():
                if time.monotonic() - thrown > PATIENCE:
                    break
                time.sleep(0.1)
            took = time.monotonic() - thrown
            with_bombs = {pid: computed(pid) - idle[pid] - alone[pid] for pid in idle}
            passed = time.monotonic() - begun - spent
            load.wait_for_one(PATIENCE)
        finally:
            watch.over.set()
            load.stop()
            watching.join()
        return judged(load, watch, statuses, Figures(alone, spent, with_bombs, passed, took, rate, before), owners)


@dataclass(frozen=True)
class Figures:
    """Seconds of computing of each web worker in a while without bombs and in one with them, and what was sold."""

    alone: dict[int, float]
    spent: float
    with_bombs: dict[int, float]
    passed: float
    took: float
    rate: float
    before: int

    @property
    def for_bombs(self) -> dict[int, float]:
        """What each web worker computed beyond what the till asked of it in as long a time."""
        return {pid: used - self.alone[pid] / self.spent * self.passed for pid, used in self.with_bombs.items()}


def sold(load: "Load", seconds: float) -> float:
    """Return how many purchases a second a till records."""
    before = len(load.acknowledged)
    time.sleep(seconds)
    return (len(load.acknowledged) - before) / seconds


def at_once(browsers: list["Browser"], owners: list, made: dict[str, bytes]) -> list[int]:
    """Let all owners upload their bomb at the same moment; return the statuses of the answers."""
    statuses: list[int] = []

    def upload(browser: "Browser", slug: str, content: bytes) -> None:
        statuses.append(throw(browser, slug, content))

    threads = [
        Thread(target=upload, args=[browser, owner.business.slug, content])
        for browser, owner, content in zip(browsers, owners, made.values(), strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return statuses


def judged(load: "Load", watch: Watch, statuses: list[int], figures: Figures, owners: list) -> list[str]:
    """Print what was measured; return, in words, what is not as it must be."""
    from loyalty.models import ImportBatch

    found = dict(ImportBatch.objects.values_list("business__slug", "error"))
    reasons = [found.get(owner.business.slug, "") for owner in owners]
    expected = [bombs.HEADS[name][1].value for name in THROWN]
    web = max(figures.for_bombs.values())
    during = len(load.acknowledged) - figures.before
    print(
        f"bombs: {len(THROWN)} at once read in {figures.took:.1f} s, a reader took "
        f"{max(watch.seconds.values(), default=0):.1f} s and {max(watch.megabytes.values(), default=0)} MB at most, "
        f"{watch.at_once} at once; "
        f"web workers {web:.2f} s more than the till alone asked of them; "
        f"{during} purchases meanwhile, {figures.rate:.0f} a second before"
    )
    faults = list(load.faults) + [f"lost: {key}" for key in load.lost()]
    faults += [f"answered {status}" for status in statuses if status != http.client.FOUND]
    told = zip(THROWN, reasons, expected, strict=True)
    faults += [f"{name}: {was} instead of {due}" for name, was, due in told if was != due]
    faults += ["a web worker computed too long"] if web >= WEB_SECONDS else []
    faults += ["a reader computed too long"] if max(watch.seconds.values(), default=99) >= CHILD_SECONDS else []
    faults += ["a reader held too much"] if max(watch.megabytes.values(), default=999) >= CHILD_MEGABYTES else []
    return faults + ([] if during else ["nothing was sold meanwhile"])


def main(words: list[str]) -> int:
    """Run the campaign on one database; return the exit code."""
    options = stand.arguments("bombs", "Uploads eight bombs at once while a till records.").parse_args(words)
    with stand.stand(options.database) as folder:
        faults = campaign(folder, options.seed)
    for fault in faults[:20]:
        print(f"FAIL {fault}")
    print(f"bombs: {len(faults)} faults; seed {options.seed}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
