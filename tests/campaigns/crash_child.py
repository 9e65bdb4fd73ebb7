"""Work that is going to be killed: a process that does one kind of it, by the product's own tasks and jobs, to its end.

    python -m tests.campaigns.crash_child import|expiry|outbox|migrate [--torn N]

Says "working" when it begins. --torn: every statement commits by itself, as if nobody had thought of transactions, and
after N of them that write the process is killed.
"""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import psycopg


def book_imports() -> None:
    """Be the worker after the heartbeat of the killed one has been missed."""
    from django.utils import timezone

    from loyalty.domain import imports
    from loyalty.models import BatchState, ImportBatch
    from loyalty.tasks import work_on_import

    imports.revive(at=timezone.now() + timedelta(minutes=3))
    for batch in ImportBatch.objects.filter(state=BatchState.RUNNING):
        work_on_import.call(batch.pk)


def expire() -> None:
    """Be the job that lets lots run out."""
    from django.utils import timezone

    from loyalty.jobs import expire_lots

    expire_lots(timezone.now())


def send() -> None:
    """Be the worker that sends messages, also those that a killed one had taken."""
    from django.utils import timezone

    from loyalty.domain import outbox
    from loyalty.models import MessageState, OutboxMessage
    from loyalty.tasks import send_message

    later = timezone.now() + timedelta(minutes=5)
    taken = OutboxMessage.objects.filter(state=MessageState.WAITING, next_attempt_at__gt=timezone.now())
    taken.update(next_attempt_at=timezone.now())
    for message_id in outbox.due_ids(at=later, limit=1_000_000):
        send_message.call(message_id)


def migrate() -> None:
    """Bring the database up to date."""
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)


def tear_transactions() -> None:
    """Let every statement commit by itself."""
    from django.db.models import QuerySet
    from django.db.transaction import Atomic

    Atomic.__enter__ = lambda self: None  # type: ignore[method-assign]
    Atomic.__exit__ = lambda self, *error: None  # type: ignore[method-assign]
    # A lock needs a transaction around it.
    QuerySet.select_for_update = lambda self, **options: self  # type: ignore[method-assign]


def die_after(writes: int) -> None:
    """Let this process be killed, as by kill -9, when it has sent so many statements that write."""
    from django.db import connection

    left = writes

    def written() -> None:
        nonlocal left
        left -= 1
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)

    def count(execute: Callable[..., object], sql: str, *rest: object) -> object:
        answer = execute(sql, *rest)
        if sql.startswith(("INSERT", "UPDATE")):
            written()
        return answer

    @contextmanager
    def counted(cursor: Any, *words: Any) -> Iterator[Any]:
        with copy(cursor, *words) as rows:
            yield rows
        written()

    # COPY goes past the wrappers of Django.
    copy = psycopg.Cursor.copy
    psycopg.Cursor.copy = counted  # type: ignore[assignment,method-assign]
    connection.execute_wrappers.append(count)


WORK: dict[str, Callable[[], None]] = {"import": book_imports, "expiry": expire, "outbox": send, "migrate": migrate}


def main(words: list[str]) -> None:
    """Do the work that is named."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.campaigns.settings")
    django.setup()
    if "--torn" in words:
        tear_transactions()
        die_after(int(words[-1]))
    print("working", flush=True)
    WORK[words[0]]()


if __name__ == "__main__":
    main(sys.argv[1:])
