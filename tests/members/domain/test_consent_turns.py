"""How often one question may be answered with yes again: a no has no limit."""

from datetime import timedelta

import pytest

from members.domain.consent import TooManyTurns
from members.models import ConsentEvent
from members.queries.consent import may_contact
from tests.members.asking import FITTING, NEWS_MAIL, answer
from tests.world import NOW


class TestTurningOnAndOff:
    @pytest.fixture
    def turned(self, world):
        """A member who has turned one switch on and off ten times within a day."""
        for minute in range(10):
            answer(world.member, {NEWS_MAIL: True}, at=NOW + timedelta(minutes=minute))
            answer(world.member, {NEWS_MAIL: False}, at=NOW + timedelta(minutes=minute))
        return world.member

    def test_the_eleventh_yes_within_a_day_is_refused(self, turned):
        before = ConsentEvent.objects.count()
        with pytest.raises(TooManyTurns):
            answer(turned, {NEWS_MAIL: True}, at=NOW + timedelta(hours=23))
        assert ConsentEvent.objects.count() == before

    def test_a_day_after_the_first_it_is_taken(self, turned):
        answer(turned, {NEWS_MAIL: True}, at=NOW + timedelta(hours=24))
        assert may_contact(turned, *NEWS_MAIL)

    def test_another_question_is_not_affected(self, turned):
        answer(turned, {FITTING: True}, at=NOW + timedelta(hours=1))
        assert may_contact(turned, *FITTING)

    def test_a_no_is_taken_after_ever_so_many(self, world):
        for minute in range(9):
            answer(world.member, {NEWS_MAIL: True}, at=NOW + timedelta(minutes=minute))
            answer(world.member, {NEWS_MAIL: False}, at=NOW + timedelta(minutes=minute))
        answer(world.member, {NEWS_MAIL: True}, at=NOW + timedelta(minutes=10))
        answer(world.member, {NEWS_MAIL: False}, at=NOW + timedelta(minutes=10))
        assert not may_contact(world.member, *NEWS_MAIL)

    def test_a_form_with_one_switch_too_many_writes_nothing_of_it(self, turned):
        with pytest.raises(TooManyTurns):
            answer(turned, {NEWS_MAIL: True, FITTING: True}, at=NOW + timedelta(hours=1))
        assert not may_contact(turned, *FITTING)
