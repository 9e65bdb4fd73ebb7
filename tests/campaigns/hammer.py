"""Threads that strike at the same moment, and what they find when the locks are taken out of their SQL."""

import re
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from random import Random
from threading import Barrier, Condition, local
from typing import Any

import psycopg
from django.db import connection

type Act = Callable[[], object]

THREADS = 20
JITTER = 0.002
PATIENCE = 30.0
LOCK = re.compile(r"\s+FOR (NO KEY )?UPDATE(\s+OF\s+[\w\", ]+)?")
WRITE = re.compile(r"\s*(INSERT|UPDATE|DELETE|WITH\b.*\b(INSERT|UPDATE|DELETE))\b", re.DOTALL)


class Gate:
    """Lets nobody through before everybody has come: all have read before any of them writes."""

    def __init__(self, threads: int) -> None:
        self.missing = threads
        self.condition = Condition()

    def come(self) -> None:
        """Be counted, and go on."""
        with self.condition:
            self.missing -= 1
            self.condition.notify_all()

    def wait(self) -> None:
        """Be counted, and wait for all others."""
        self.come()
        with self.condition:
            if not self.condition.wait_for(lambda: self.missing <= 0, PATIENCE):
                raise TimeoutError("somebody has neither written nor given up")


class Unlocked:
    """Takes the locks out of one act's SQL and holds its first write until all others have read, too."""

    def __init__(self, gate: Gate) -> None:
        self.gate, self.counted = gate, False

    def __call__(self, execute: Callable[..., object], sql: str, params: object, many: bool, context: Any) -> object:
        if WRITE.match(sql):
            self.write()
        return execute(LOCK.sub("", sql), params, many, context)

    def write(self) -> None:
        """Hold the first write back; later ones go on."""
        if not self.counted:
            self.counted = True
            self.gate.wait()

    def leave(self) -> None:
        """An act that has not written, because it was refused, keeps nobody waiting."""
        if not self.counted:
            self.gate.come()


RACING = local()
"""The Unlocked of the act that a thread is at."""


@contextmanager
def copies_count() -> Iterator[None]:
    """Let COPY, which no wrapper of Django's sees, be a write like any other."""
    copy = psycopg.Cursor.copy

    def noticed(cursor: Any, *words: Any, **more: Any) -> Any:
        racing: Unlocked | None = getattr(RACING, "act", None)
        if racing:
            racing.write()
        return copy(cursor, *words, **more)

    psycopg.Cursor.copy = noticed  # type: ignore[method-assign]
    try:
        yield
    finally:
        psycopg.Cursor.copy = copy  # type: ignore[method-assign]


class Hammer:
    """So many threads, each with a connection that it keeps from round to round."""

    def __init__(self, rng: Random, threads: int = THREADS) -> None:
        self.rng, self.threads = rng, threads
        self.pool = ThreadPoolExecutor(threads)
        self.barrier = Barrier(threads)

    def strike(self, acts: Sequence[Act], *, unlocked: bool = False) -> list[object]:
        """Run as many acts as there are threads at once; return each answer, or the error that it raised."""
        gate = Gate(self.threads) if unlocked else None
        waits = [self.rng.random() * JITTER for _ in acts]
        with copies_count():
            return list(self.pool.map(lambda act, wait: self._act(act, wait, gate), acts, waits))

    def _act(self, act: Act, wait: float, gate: Gate | None) -> object:
        self.barrier.wait(PATIENCE)
        time.sleep(wait)
        wrapper = RACING.act = Unlocked(gate) if gate else None
        try:
            with connection.execute_wrapper(wrapper) if wrapper else nullcontext():
                return act()
        except Exception as error:  # noqa: BLE001 - the error is the answer
            return error
        finally:
            if wrapper:
                wrapper.leave()

    def close(self) -> None:
        """Close the connections and end the threads."""
        self.strike([connection.close] * self.threads)
        self.pool.shutdown()
