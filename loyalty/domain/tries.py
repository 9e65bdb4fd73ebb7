"""Counting tries exactly, however many come at the same moment."""

from datetime import UTC, datetime, timedelta

from django.db import connection, transaction
from django.utils.crypto import salted_hmac

from loyalty.domain import rows
from loyalty.models import TryCount

COUNT = """
INSERT INTO loyalty_trycount (name, who, "window", tries, expires_at) VALUES (%s, %s, %s, 1, %s)
ON CONFLICT (name, who) DO UPDATE SET
    tries = CASE WHEN loyalty_trycount."window" >= excluded."window" THEN loyalty_trycount.tries + 1 ELSE 1 END,
    "window" = CASE WHEN loyalty_trycount."window" >= excluded."window"
        THEN loyalty_trycount."window" ELSE excluded."window" END,
    expires_at = CASE WHEN loyalty_trycount."window" >= excluded."window"
        THEN loyalty_trycount.expires_at ELSE excluded.expires_at END
RETURNING tries
"""


@transaction.atomic
def count(*, name: str, who: object, seconds: int, at: datetime) -> int:
    """Count one more try and return how many there were in this window, this one included.

    Locks the count until the caller's transaction ends: tries of the same who come one after the other.
    """
    window = int(at.timestamp()) // seconds
    ends = datetime.fromtimestamp((window + 1) * seconds, UTC)
    with connection.cursor() as cursor:
        cursor.execute(COUNT, [name, _digest(who), window, rows.moment(ends)])
        return int(cursor.fetchone()[0])


def clean(*, at: datetime) -> int:
    """Delete counts whose window is over; return how many."""
    return TryCount.objects.filter(expires_at__lt=at - timedelta(minutes=1)).delete()[0]


def _digest(who: object) -> str:
    """Return what is stored of an address or id: it means nothing without the secret key."""
    text = str(who).encode(errors="surrogatepass")
    return salted_hmac("loyalty.tries", text, algorithm="sha256").hexdigest()
