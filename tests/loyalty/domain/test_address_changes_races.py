"""Changes of one address at the same moment, on PostgreSQL: the locks hold; without them the limit does not."""

from collections import Counter
from datetime import timedelta
from threading import Barrier

import pytest
from allauth.account.models import EmailAddress

from loyalty import log_in_letters as letters
from loyalty.domain import address_changes
from loyalty.domain.actors import Actor
from loyalty.domain.address_changes import TooLate, TooManyChanges
from loyalty.models import AddressChange, Channel, OutboxMessage, User
from tests.loyalty.domain.test_ledger_races import race
from tests.world import NOW, World

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
OLD, NEW = "mia@example.com", "mia@new.example"
BACK = (letters.address_back, letters.address_undone)


def ask(user: User) -> AddressChange:
    by = Actor(Channel.PORTAL, user)
    return address_changes.ask(user=user, address=NEW, write=letters.address_asked, by=by, at=NOW)


def test_five_of_eight_at_once_are_asked_for(world: World) -> None:
    answers = race(lambda _: ask(world.member_user), threads=8)
    assert Counter(type(answer) for answer in answers) == {AddressChange: 5, TooManyChanges: 3}
    assert OutboxMessage.objects.filter(purpose="log_in.address").count() == 5


def test_without_the_lock_more_are(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    meet, plain = Barrier(8), address_changes.may_ask

    def looked(user: User, at: object) -> bool:
        found = plain(user, NOW)
        meet.wait()
        return found

    monkeypatch.setattr(address_changes, "_lock", lambda user: user)
    monkeypatch.setattr(address_changes, "may_ask", looked)
    race(lambda _: ask(world.member_user), threads=8)
    assert AddressChange.objects.count() == 8


def test_a_link_that_is_used_eight_times_at_once_works_once(world: World) -> None:
    change, by = ask(world.member_user), Actor(Channel.PORTAL, world.member_user)
    answers = race(
        lambda _: address_changes.undo(change=change, write_back=BACK, by=by, at=NOW + timedelta(hours=1)), threads=8
    )
    assert Counter(type(answer) for answer in answers) == {AddressChange: 1, TooLate: 7}
    assert OutboxMessage.objects.filter(purpose="log_in.address", recipient=NEW).count() == 1


def test_a_change_that_counts_while_it_is_stopped_ends_with_the_old_address(world: World) -> None:
    """Whichever is first: the page that types the code has given the new address already."""
    user, by = world.member_user, Actor(Channel.PORTAL, world.member_user)
    change, at = ask(user), NOW + timedelta(minutes=5)
    EmailAddress.objects.filter(user=user).update(email=NEW)
    User.objects.filter(pk=user.pk).update(email=NEW)

    def act(number: int) -> object:
        if number:
            return address_changes.undo(change=change, write_back=BACK, by=by, at=at)
        return address_changes.count(
            user=user, before=OLD, after=NEW, write=letters.address_changed, write_back=BACK, by=by, at=at
        )

    race(act, threads=2)
    user.refresh_from_db()
    assert user.email == OLD
    assert list(EmailAddress.objects.filter(user=user).values_list("email", flat=True)) == [OLD]
