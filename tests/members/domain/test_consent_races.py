"""Two answers of one member at once, on PostgreSQL, follow each other; without the lock the database refuses one."""

from threading import Barrier

import pytest
from django.db import IntegrityError

from members.domain import consent
from members.models import ConsentEvent, Member
from members.queries.receipts import chain_faults, events_of
from tests.loyalty.domain.test_ledger_races import PATIENCE, race
from tests.members.asking import BOXES, NEWS_MAIL, NEWS_SMS, answer
from tests.world import make_world

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

HURRIED = 6


def test_answers_at_once_make_one_chain():
    world = make_world()
    answers = race(lambda number: answer(world.member, {BOXES[number % 3]: number < 3}), HURRIED)
    assert [found for found in answers if isinstance(found, Exception)] == []
    assert chain_faults(events_of(world.member)) == []


def test_the_same_answer_at_once_is_written_once():
    world = make_world()
    race(lambda _: answer(world.member, {NEWS_MAIL: True}), HURRIED)
    assert list(ConsentEvent.objects.order_by("pk").values_list("kind", flat=True)) == ["given", "confirmed"]


def test_without_the_lock_the_chain_still_cannot_fork(monkeypatch):
    world = make_world()
    both_have_looked = Barrier(2)

    class MetAtItsEnd(consent._Chain):
        def __init__(self, *args):
            super().__init__(*args)
            both_have_looked.wait(timeout=PATIENCE)

    monkeypatch.setattr(consent, "_lock", lambda member: Member.objects.select_related("business").get(pk=member.pk))
    monkeypatch.setattr(consent, "_Chain", MetAtItsEnd)
    answers = race(lambda number: answer(world.member, {(NEWS_MAIL, NEWS_SMS)[number]: False}), 2)
    assert sum(isinstance(found, IntegrityError) for found in answers) == 1
    assert chain_faults(events_of(world.member)) == []
