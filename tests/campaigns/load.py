"""Tills that record purchases over HTTP without pause, and remember what was acknowledged to them."""

import http.client
import time
from collections.abc import Mapping
from http import HTTPStatus
from random import Random
from threading import Event, Lock, Thread
from uuid import UUID

from loyalty.models import Sale
from tests.campaigns.clients import Answer, Browser, counter
from tests.rewards.shop import Shop

PAUSE = 0.05
ASKED = 200


class Load:
    """Some tills. What is not answered, or with 503, is sent again under its key, as a cashier does."""

    def __init__(self, shop: Shop, port: int, rng: Random, tills: int = 2) -> None:
        self.shop = shop
        self.acknowledged: dict[str, str] = {}
        self.checked: set[str] = set()
        self.faults: list[str] = []
        self.asked_again = self.turned_away = 0
        self.last_answer = time.monotonic()
        self.longest_silence = 0.0
        self.lock, self.over = Lock(), Event()
        # Signed in before anything breaks.
        browsers = [Browser(port, shop.manager) for _ in range(tills)]
        self.threads = [Thread(target=self._serve, args=[each, Random(rng.getrandbits(32))]) for each in browsers]

    def start(self) -> None:
        """Let the tills begin."""
        for thread in self.threads:
            thread.start()

    def stop(self) -> None:
        """Let each till finish the purchase in its hands."""
        self.over.set()
        for thread in self.threads:
            thread.join()

    def wait_for_one(self, patience: float) -> float:
        """Wait until something is acknowledged that was not yet; return the seconds. Raises TimeoutError."""
        start, before = time.monotonic(), len(self.acknowledged)
        while len(self.acknowledged) == before:
            if time.monotonic() - start > patience:
                raise TimeoutError(f"nothing was booked for {patience:.0f} s")
            time.sleep(0.01)
        return time.monotonic() - start

    def _serve(self, till: Browser, rng: Random) -> None:
        path = counter("member", account=self.shop.member.account.public_id)
        while not self.over.is_set():
            key = str(UUID(int=rng.getrandbits(128), version=4))
            total = rng.randrange(100, 9999)
            form = {"key": key, "amount": f"{total / 100:.2f}", "receipt": "", "confirmed": f"{total}"}
            self._record(till, path, form)

    def _record(self, till: Browser, path: str, form: Mapping[str, str]) -> None:
        while True:
            answer = self._ask(till, path, form)
            if answer and answer.status == HTTPStatus.FOUND:
                with self.lock:
                    now = time.monotonic()
                    self.longest_silence = max(self.longest_silence, now - self.last_answer)
                    self.last_answer = now
                    self.acknowledged[f"till:{form['key']}"] = answer.last_id
                return
            if answer and answer.status != HTTPStatus.SERVICE_UNAVAILABLE:
                self.faults.append(f"answered {answer.status}: {answer.body[-300:]!r}")
                return
            self.asked_again += 1
            self.turned_away += answer is not None
            time.sleep(PAUSE)

    def _ask(self, till: Browser, path: str, form: Mapping[str, str]) -> Answer | None:
        try:
            return till.post(path, form)
        except (OSError, http.client.HTTPException):
            return None

    def lost(self) -> list[str]:
        """Return the keys that were acknowledged since the last look and are not in the books as they were told."""
        with self.lock:
            fresh = {key: sale for key, sale in self.acknowledged.items() if key not in self.checked}
        self.checked |= fresh.keys()
        keys, found = list(fresh), {}
        for first in range(0, len(keys), ASKED):
            rows = Sale.objects.filter(business=self.shop.business, key__in=keys[first : first + ASKED])
            found |= {key: str(public_id) for key, public_id in rows.values_list("key", "public_id")}
        return [key for key, sale in fresh.items() if found.get(key) != sale]
