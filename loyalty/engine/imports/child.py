"""python -m loyalty.engine.imports.child: reads one foreign file, bounded in memory and time, and ends.

The first line of its input is the order, with its bounds; lines of its output are signs of progress and, last, what
came of it. It ends when its input does: whoever gave the order is gone then. It knows no settings, no database and no
secret, for its surroundings are given empty.
"""

import json
import os
import sys
from threading import Thread, stack_size
from typing import Any

from loyalty.engine import bounded


def main() -> None:
    """Take the order, keep to its bounds, and answer."""
    order = json.loads(sys.stdin.buffer.readline())
    bounds = bounded.Bounds(**order.pop("bounds"))
    bounded.take(bounds)
    _end_with_input()
    # What reads is loaded within the bounds.
    from loyalty.engine.imports.files import NotReadable
    from loyalty.engine.imports.reading import Order, read

    def beat(rows: int) -> None:
        bounded.allow_more_time(bounds)
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


def _end_with_input() -> None:
    stack_size(256 * 1024)

    def watch() -> None:
        while os.read(0, 1024):
            pass
        os._exit(1)

    Thread(target=watch, daemon=True).start()


if __name__ == "__main__":
    main()
