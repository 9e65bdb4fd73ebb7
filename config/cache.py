"""The cache in the database, where django-allauth counts log-ins and keeps the codes of an app that were used."""

from datetime import datetime
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.db import DatabaseCache
from django.db import connections, router
from django.utils import timezone


class KeptCache(DatabaseCache):
    """Django's, but nothing is dropped before its time, and one alone adds what another let expire.

    Django's drops a third of its rows once there are 300: who asks from 300 addresses would start every count again.
    """

    def add(self, key: str, value: Any, timeout: float | None = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """Keep a value under a key that has none and return True; False where there is one."""
        self._delete_expired(self.make_and_validate_key(key, version=version))
        return bool(super().add(key, value, timeout, version))

    def _delete_expired(self, key: str = "") -> None:
        db = router.db_for_write(self.cache_model_class)
        connection = connections[db]
        table = connection.ops.quote_name(self._table)  # type: ignore[attr-defined]
        now = connection.ops.adapt_datetimefield_value(timezone.now().replace(microsecond=0))
        where, values = ("expires < %s AND cache_key = %s", [now, key]) if key else ("expires < %s", [now])
        with connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {table} WHERE {where}", values)  # noqa: S608 - the names are ours

    def _cull(self, db: str, cursor: Any, now: datetime, num: int) -> None:
        self._delete_expired()
