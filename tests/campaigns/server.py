"""Gunicorn, and whatever else an installation runs, started on a stand and found again by its processes."""

import http.client
import os
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from config.processes import Children

HOST = "127.0.0.1"
RECOVERY = 60.0
"""Seconds within which the service must be back without hand work."""


class Server:
    """A gunicorn on a free port of this machine, with its output in server.log of a folder."""

    def __init__(self, folder: Path, *, workers: int, threads: int) -> None:
        self.children, self.workers, self.threads = Children(folder), workers, threads
        with socket.socket() as probe:
            probe.bind((HOST, 0))
            self.port: int = probe.getsockname()[1]

    def start(self) -> None:
        """Start it and wait until it answers."""
        self.children.start(
            "server", "gunicorn", "config.wsgi", f"--bind={HOST}:{self.port}", f"--workers={self.workers}",
            "--worker-class=gthread", f"--threads={self.threads}", "--no-control-socket", "--log-level=critical",
        )  # fmt: skip
        if not self.children.answers(HOST, self.port):
            log = (self.children.logs / "server.log").read_text()
            raise RuntimeError(f"the server did not start: {log[-2000:]}")

    @property
    def master(self) -> int:
        """The id of gunicorn's first process."""
        return self.children.running["server"].pid

    def working(self) -> list[int]:
        """Return the ids of the worker processes that there are now."""
        with suppress(OSError):
            return [int(pid) for pid in Path(f"/proc/{self.master}/task/{self.master}/children").read_text().split()]
        return []

    def kill_all(self) -> None:
        """Kill the master and its workers, as a machine that loses its power does."""
        for pid in [self.master, *self.working()]:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.children.wait("server")

    def seconds_until_healthy(self) -> float:
        """Wait until /health/ answers 200; return how long it took. Raises TimeoutError after a minute."""
        start = time.monotonic()
        while time.monotonic() - start < RECOVERY:
            with suppress(OSError, http.client.HTTPException):
                connection = http.client.HTTPConnection(HOST, self.port, timeout=5)
                connection.request("GET", "/health/", headers={"Host": "localhost"})
                if connection.getresponse().status == http.client.OK:
                    return time.monotonic() - start
            time.sleep(0.05)
        raise TimeoutError(f"the service is not back after {RECOVERY:.0f} s")


@contextmanager
def serving(folder: Path, *, workers: int = 2, threads: int = 4) -> Iterator[Server]:
    """Yield a running server; it has ended afterwards."""
    server = Server(folder, workers=workers, threads=threads)
    try:
        server.start()
        yield server
    finally:
        server.children.stop()
