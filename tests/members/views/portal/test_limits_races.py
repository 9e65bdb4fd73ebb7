"""Twenty requests of one visitor at the same moment: the limits of the pages hold to the last one."""

from collections import Counter

import pytest
from django.test import Client

from loyalty.models import OutboxMessage
from members.domain import contact
from tests.loyalty.domain.test_ledger_races import race
from tests.members.newcomer import Newcomer
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)

THREADS = 20


def test_three_of_twenty_forms_to_one_address_mail_a_code(world: World) -> None:
    statuses = race(lambda _: Newcomer(world.business).fill_in().status_code, THREADS)
    assert Counter(statuses) == {302: contact.CODES_PER_HOUR, 429: THREADS - contact.CODES_PER_HOUR}
    assert OutboxMessage.objects.filter(purpose="contact.join").count() == contact.CODES_PER_HOUR


def test_ten_of_twenty_card_numbers_are_looked_at(world: World) -> None:
    visitors = [Newcomer(world.business, Client()) for _ in range(THREADS)]
    for visitor in visitors:
        visitor.client.force_login(world.member.user)
    card = {"card": "AAAA-AAAA-AAAA"}
    statuses = race(lambda number: visitors[number].post("claim-card", card).status_code, THREADS)
    assert Counter(statuses) == {422: 10, 429: 10}
