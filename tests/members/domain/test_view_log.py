"""Looks at members' personal data are noted."""

from django.db import OperationalError

from members.domain.view_log import log_view
from members.models import ViewLog
from members.queries.view_log import looks_at
from tests.world import NOW


def test_a_look_at_one_member_is_told_to_the_member_by_the_name_at_the_till(world):
    for user, page in ((world.cashier, "members:counter-member"), (world.platform, "admin:members_member_change")):
        log_view(member=world.member, user=user, business=world.business, page=page, at=NOW)
    looks = looks_at(world.member, limit=5)
    assert [(look.who, look.place) for look in looks] == [("Staff of this site", "Back office"), ("Cleo", "Counter")]


def test_a_list_is_noted_with_its_length_and_an_empty_one_is_not(world):
    log_view(member=None, user=world.manager, business=world.business, page="members:console-members", rows=3, at=NOW)
    log_view(member=None, user=world.manager, business=world.business, page="members:console-members", rows=0, at=NOW)
    assert list(ViewLog.objects.values_list("user", "member", "rows")) == [(world.manager.pk, None, 3)]


def test_a_member_who_looks_at_herself_is_nobody_elses_business(world):
    assert log_view(member=world.member, user=world.member_user, business=world.business, page="x", at=NOW) is None
    assert not ViewLog.objects.exists()


def test_a_look_that_cannot_be_noted_is_logged_by_ids_and_shown_all_the_same(world, monkeypatch, caplog):
    def full(*given, **values):
        raise OperationalError("disk full")

    monkeypatch.setattr(ViewLog.objects, "create", full)
    user = world.manager
    assert log_view(member=world.member, user=user, business=world.business, page="x", at=NOW) is None
    (line,) = caplog.messages
    assert f"user {user.pk} saw member {world.member.pk}" in line
    assert world.member.name not in line
