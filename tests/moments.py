"""Points in time, written short."""

from datetime import datetime
from zoneinfo import ZoneInfo


def moment(text: str, zone: str = "UTC") -> datetime:
    """Return the aware time of "2026-03-01" or "2026-03-01 09:30" on the clocks of a zone."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))
