"""python -m loyalty.engine.imports.child: reads one foreign file, bounded in memory and time, and ends.

The first line of its input is the order, with its bounds; lines of its output are signs of progress and, last, what
came of it. It ends when its input does: whoever gave the order is gone then. It knows no settings, no database and no
secret, for its surroundings are given empty.
"""

import json
import os
import sys
from contextlib import suppress
from threading import Thread, stack_size
from typing import Any

from loyalty.engine.imports.limits import Bounds

PATIENT = 10
"""How much less urgent than a till's request the reading is (nice)."""


def main() -> None:
    """Take the order, keep to its bounds, and answer."""
    order = json.loads(sys.stdin.buffer.readline())
    bounds = Bounds(**order.pop("bounds"))
    _bound(bounds)
    _end_with_input()
    # What reads is loaded within the bounds.
    from loyalty.engine.imports.files import NotReadable
    from loyalty.engine.imports.reading import Order, read

    def beat(rows: int) -> None:
        _allow_more_time(bounds)
        _say({"rows": rows})

    try:
        _say({"done": read(Order.from_json(order), beat)})
    except NotReadable as refused:
        _say({"refused": refused.reason, "line": refused.line})
    except MemoryError:
        _say({"refused": "memory", "line": None})


def _say(answer: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


def _bound(bounds: Bounds) -> None:
    """Take the bounds upon this process. Windows knows none: there only the clock bounds it, from outside."""
    with suppress(ImportError, OSError, AttributeError):
        import resource

        os.nice(PATIENT)
        resource.setrlimit(resource.RLIMIT_AS, (bounds.memory, bounds.memory))
        resource.setrlimit(resource.RLIMIT_FSIZE, (bounds.file, bounds.file))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_CPU, (bounds.cpu, bounds.most_cpu))


def _allow_more_time(bounds: Bounds) -> None:
    """After a sign of progress: so many seconds more, to the end of all it may have."""
    with suppress(ImportError, OSError, ValueError):
        import resource

        used = resource.getrusage(resource.RUSAGE_SELF)
        allowed = int(used.ru_utime + used.ru_stime) + bounds.cpu
        resource.setrlimit(resource.RLIMIT_CPU, (min(allowed, bounds.most_cpu), bounds.most_cpu))


def _end_with_input() -> None:
    stack_size(256 * 1024)

    def watch() -> None:
        while os.read(0, 1024):
            pass
        os._exit(1)

    Thread(target=watch, daemon=True).start()


if __name__ == "__main__":
    main()
