"""Eight connections to gunicorn, each sending one request after the other from a thread of one process."""

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from urllib.parse import urlencode
from uuid import uuid4

from loyalty.engine.amounts import parse_amount

CONNECTIONS = 8
PORT = 8977
TOKEN = "a" * 32
"""What the browser and the form say alike, so that the check against forgery has to be made."""


@contextmanager
def gunicorn() -> Iterator[None]:
    """Serve the database of the surroundings with two workers until done."""
    workers = ("--workers=2", "--worker-class=gthread", "--threads=4", "--log-level=error", "--no-control-socket")
    server = subprocess.Popen(  # noqa: S603
        [sys.executable, "-m", "gunicorn", *workers, f"--bind=127.0.0.1:{PORT}", "benchmarks.bare_wsgi"],
        env=os.environ.copy(),
    )
    try:
        _wait()
        yield
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(30)


def _wait() -> None:
    for _ in range(300):
        with suppress(OSError):
            connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=10)
            connection.request("GET", "/empty-page/")
            connection.getresponse()
            return
        time.sleep(0.1)
    raise TimeoutError("gunicorn does not answer")


type Make = Callable[[], bytes]


def at_once(make: Make, seconds: float, expected: int) -> float:
    """Return how many requests a second are answered as expected. Raises AssertionError for any other answer."""
    end = time.monotonic() + seconds

    def visitor(_number: int) -> int:
        count = 0
        with socket.create_connection(("127.0.0.1", PORT), timeout=60) as line:
            while time.monotonic() < end:
                status = send(line, make())
                assert status == expected, f"answered {status}"
                count += 1
        return count

    with ThreadPoolExecutor(CONNECTIONS) as pool:
        return sum(pool.map(visitor, range(CONNECTIONS))) / seconds


def send(line: socket.socket, request: bytes) -> int:
    """Send a request and read its answer to the end; return the status. As lean as can be: it shares the cores."""
    line.sendall(request)
    answer = line.recv(65536)
    while b"\r\n\r\n" not in answer:
        answer += line.recv(65536)
    head, _, body = answer.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)content-length: (\d+)", head)
    left = int(length[1]) - len(body) if length else 0
    while left > 0:
        left -= len(line.recv(65536))
    return int(head[9:12])


def look(cookies: str) -> bytes:
    """Return a request for the empty page by somebody who is logged in."""
    return f"GET /empty-page/ HTTP/1.1\r\nHost: localhost\r\nCookie: {cookies}\r\n\r\n".encode()


def buy(cookies: str, path: str, amount: str) -> bytes:
    """Return a request that records a purchase at the till, as its form does once it was asked about a twin."""
    meant = str(parse_amount(amount, currency="EUR", locale="en"))
    body = urlencode({"key": str(uuid4()), "amount": amount, "confirmed": meant, "csrfmiddlewaretoken": TOKEN})
    form = f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}"
    return f"POST {path} HTTP/1.1\r\nHost: localhost\r\nCookie: {cookies}\r\n{form}\r\n\r\n{body}".encode()
