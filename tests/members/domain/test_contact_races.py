"""Twenty forms that ask for a code at the same moment, on both databases: three codes leave, and no more."""

from collections import Counter
from threading import Barrier

import pytest

from loyalty.domain import tries
from loyalty.domain.outbox import Letter
from loyalty.models import MessageChannel, OutboxMessage
from members.domain import contact
from members.domain.contact import TooManyCodes
from members.models import ContactCode
from tests.loyalty.domain.test_ledger_races import race
from tests.world import NOW, World

pytestmark = pytest.mark.django_db(transaction=True)

THREADS = 20


def ask(world: World) -> ContactCode:
    return contact.send_code(
        business=world.business, channel=MessageChannel.EMAIL, address="ana@example.com", purpose="join", at=NOW,
        write=Letter,
    )  # fmt: skip


def test_three_of_twenty_are_sent(world: World) -> None:
    answers = race(lambda _: ask(world), THREADS)
    assert Counter(type(answer) for answer in answers) == {ContactCode: 3, TooManyCodes: 17}
    assert (ContactCode.objects.count(), OutboxMessage.objects.count()) == (3, 3)


@pytest.mark.race
def test_without_the_lock_more_leave(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    everybody = Barrier(THREADS)
    monkeypatch.setattr(tries, "count", lambda **of: everybody.wait())
    race(lambda _: ask(world), THREADS)
    assert OutboxMessage.objects.count() > 3
