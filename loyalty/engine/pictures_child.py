"""python -m loyalty.engine.pictures_child: draws one uploaded picture anew, bounded in memory and time, and ends.

The first line of its input is the order, with its bounds, the rest is the file. The first line of its output says
what came of it, the rest is the new file. It knows no settings, no database and no secret.
"""

import json
import sys

from loyalty.engine import bounded


def main() -> None:
    """Take the order, keep to its bounds, and answer."""
    order = json.loads(sys.stdin.buffer.readline())
    content = sys.stdin.buffer.read()
    bounded.take(bounded.Bounds(**order["bounds"]))
    # What decodes is loaded within the bounds.
    from loyalty.engine.pictures import PictureFault, PictureRefused, Shape, draw

    try:
        _say("", draw(content, order["kind"], Shape(**order["shape"])))
    except PictureRefused as refused:
        _say(refused.fault.value)
    except MemoryError:
        _say(PictureFault.TOO_MANY_PIXELS.value)


def _say(refused: str, content: bytes = b"") -> None:
    sys.stdout.buffer.write(json.dumps({"refused": refused}).encode() + b"\n" + content)


if __name__ == "__main__":
    main()
