"""What was shown and answered stays written: by model, queryset, cascade and raw SQL, in every column."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import ProtectedError

from loyalty import guards
from loyalty.models.base import AppendOnlyError
from members.domain.view_log import log_view
from members.models import ConsentEvent, Notice, Purpose, PurposeWording, ViewLog
from tests.members.asking import NEWS_MAIL, answer
from tests.world import NOW, World

MODELS = [Notice, Purpose, PurposeWording, ConsentEvent, ViewLog]
MOVING = {Purpose: {"retired_at"}, ConsentEvent: {"ip", "user_agent", "seal_salt"}}


@pytest.fixture(autouse=True)
def world(world: World) -> World:
    """A row of each kind that is written once."""
    answer(world.member, {NEWS_MAIL: True})
    log_view(member=world.member, user=world.cashier, business=world.business, page="members:counter-member", at=NOW)
    return world


@pytest.mark.parametrize("model", MODELS)
class TestThroughTheModel:
    def test_save(self, model):
        with pytest.raises(AppendOnlyError):
            model.objects.first().save()

    def test_delete(self, model):
        with pytest.raises(AppendOnlyError):
            model.objects.first().delete()

    def test_update(self, model):
        with pytest.raises(AppendOnlyError):
            model.objects.update(pk=1)

    def test_bulk_update(self, model):
        with pytest.raises(AppendOnlyError):
            model.objects.bulk_update(list(model.objects.all()), ["id"])

    def test_delete_of_many(self, model):
        with pytest.raises(AppendOnlyError):
            model.objects.all().delete()


@pytest.mark.parametrize("owner", ["member", "user", "business"])
def test_nothing_above_can_be_deleted(world, owner):
    row = {"member": world.member, "user": world.cashier, "business": world.business}[owner]
    with pytest.raises(ProtectedError):
        row.delete()
    assert ConsentEvent.objects.count() == 2


@pytest.mark.parametrize("model", MODELS)
def test_raw_sql_changes_no_column_but_the_moving_ones(model):
    refused = {column for column in columns(model) if is_refused(f"UPDATE {table(model)} SET {column} = {column}")}
    assert columns(model) - refused == MOVING.get(model, set())


@pytest.mark.parametrize("model", MODELS)
def test_raw_sql_deletes_nothing(model):
    assert is_refused(f"DELETE FROM {table(model)}")


@pytest.mark.parametrize("model", MODELS)
def test_without_the_triggers_raw_sql_would_change_and_delete(model):
    guards.remove(connection)
    assert not any(is_refused(f"UPDATE {table(model)} SET {column} = {column}") for column in columns(model))
    guards.install(connection)
    assert is_refused(f"UPDATE {table(model)} SET id = id")


def test_two_events_cannot_follow_the_same_one(world):
    event = ConsentEvent.objects.order_by("pk").last()
    event.pk, event._state.adding = None, True
    event.record_id = world.member.public_id
    with pytest.raises(DatabaseError, match=r"(?i)unique"), transaction.atomic():
        event.save()


def table(model):
    return model._meta.db_table


def columns(model):
    return {field.column for field in model._meta.concrete_fields}


def is_refused(statement):
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    except DatabaseError as error:
        return "written once" in str(error)
    return False
