"""Child processes that end with whoever started them."""

import ctypes
import http.client
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

LONGEST_START = 60.0
LONGEST_STOP = 10.0
PR_SET_PDEATHSIG = 1


class Children:
    """Python modules run side by side, each with its output in <name>.log of one folder."""

    def __init__(self, logs: Path) -> None:
        self.logs = logs
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str, *module: str) -> None:
        """Start a module with its arguments, out of reach of the terminal's Ctrl-C: stop() tells it once."""
        with (self.logs / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(
                [sys.executable, "-m", *module],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=end_with_parent,
            )

    def wait(self, name: str) -> int:
        """Wait until one has done its work; return its exit code, 0 for success."""
        return self.running.pop(name).wait()

    def fallen(self) -> str:
        """Return the name of one that has ended by itself, or an empty text."""
        return next((name for name, child in self.running.items() if child.poll() is not None), "")

    def answers(self, host: str, port: int) -> bool:
        """Wait for an answer to HTTP; return False when a child ends before, or after a minute without."""
        end = time.monotonic() + LONGEST_START
        while time.monotonic() < end and not self.fallen():
            with suppress(OSError, http.client.HTTPException):
                connection = http.client.HTTPConnection(host, port, timeout=LONGEST_START)
                connection.request("GET", "/", headers={"Host": "localhost"})
                connection.getresponse()
                return True
            time.sleep(0.1)
        return False

    def stop(self) -> None:
        """Ask all to end and wait for it; end those, with all that they started, that take longer than ten seconds."""
        for child in self.running.values():
            child.terminate()
        end = time.monotonic() + LONGEST_STOP
        for child in self.running.values():
            try:
                child.wait(max(0.0, end - time.monotonic()))
            except subprocess.TimeoutExpired:
                os.killpg(child.pid, signal.SIGKILL)
                child.wait()


def end_with_parent() -> None:
    """Ask Linux to stop this process when its parent dies, even by a signal that cannot be caught."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
