"""Every way we know to change a written row, by model, back office, cascade, SQL, fixture and migration: none does.

What is refused is not the point: after each attack every byte of every written row must be what it was. The twin at the
end takes the guards away, and the same statements change and delete.
"""

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from copy import deepcopy
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.apps import apps
from django.core import serializers
from django.core.management import call_command
from django.db import DatabaseError, connection, models, transaction
from django.db.migrations import RunPython
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.migration import Migration
from django.db.models import ProtectedError
from django.urls import reverse

from loyalty import guards
from loyalty.domain import chain, moving
from loyalty.engine.facts import CustomerFacts
from loyalty.models import Lot, PolicyReturn, Sale, UnitPolicy
from loyalty.models.base import AppendOnly, AppendOnlyError
from members.domain.view_log import log_view
from members.models import ConsentEvent
from tests.members.asking import NEWS_MAIL, answer
from tests.plugins.signing_in import show
from tests.rewards.shop import Shop, open_shop
from tests.world import NOW

pytestmark = pytest.mark.django_db

WRITTEN = [model for model in apps.get_models() if issubclass(model, AppendOnly)]
FILLED = {
    "AuditEvent", "ChainLink", "ConsentEvent", "Entry", "Lot", "LotUse", "Notice", "PolicyReturn",
    "Posting", "Purpose", "PurposeUse", "PurposeWording", "RuleUse", "SaleMove", "Seal", "UnitPolicy", "ViewLog",
}  # fmt: skip
REFUSALS = (AppendOnlyError, ProtectedError, DatabaseError)
each_model = pytest.mark.parametrize("model", WRITTEN, ids=lambda model: model.__name__)

type Model = type[models.Model]


@pytest.fixture(scope="module")
def opened(outer_transaction: Callable[[], AbstractContextManager[None]]) -> Shop:
    """A shop in which a row of every written kind is."""
    with outer_transaction():
        return fill(open_shop())


def fill(opened: Shop) -> Shop:
    opened.give(200)
    opened.redeem(opened.reward)
    answer(opened.member, {NEWS_MAIL: True})
    rule = apps.get_model("loyalty.EarningRule").objects.first()
    posting = opened.purchase(1000).posting
    apps.get_model("loyalty.RuleUse").objects.create(
        posting=posting, account=opened.member.account, rule=rule, day=NOW.date(), amount=1
    )
    moving.move(
        sale=opened.purchase(1).sale, target=None, key="m", by=opened.at_counter(), at=NOW, customer=CustomerFacts()
    )
    log_view(member=opened.member, user=opened.platform, business=opened.business, page="test", rows=1, at=NOW)
    policy = UnitPolicy.objects.create(
        business=opened.business, unit=opened.points, expiry=opened.points.expiry, announced_at=NOW
    )
    PolicyReturn.objects.create(
        business=opened.business, policy=policy, key="r", last_good_day=NOW.date(), reason="Sorry", returned_at=NOW
    )
    chain.extend()
    chain.seal(business=opened.business, at=NOW + timedelta(days=1))
    return opened


@pytest.fixture
def shop(opened: Shop, db: None) -> Shop:
    return deepcopy(opened)


def snapshot() -> dict[str, list[tuple[object, ...]]]:
    """Return every byte of the written rows but for the columns that may move."""
    found = {}
    for model in WRITTEN:
        columns = [field.attname for field in model._meta.concrete_fields if field.name not in model.moving_columns]
        found[model.__name__] = list(model._base_manager.order_by("pk").values_list(*columns))
    return found


def withstands(attack: Callable[[], object]) -> None:
    """Let an attack run, in a transaction up to its last check; whatever came of it, nothing written has changed."""
    before = snapshot()
    try:
        with transaction.atomic():
            attack()
            connection.check_constraints()
    except REFUSALS:
        pass
    assert snapshot() == before


def other(field: models.Field) -> object:
    """Return a value for a column that no row has there."""
    if isinstance(field, models.DateTimeField):
        return NOW - timedelta(days=999)
    values = {"DateField": date(2001, 1, 1), "JSONField": {"x": 1}, "CharField": "x", "TextField": "x"}
    return values.get(field.get_internal_type(), 999)


def a_column(model: Model) -> models.Field:
    """Return a column whose value no constraint minds: a moment, a day, words or, where there is none, a number."""
    columns = [f for f in model._meta.concrete_fields if not (f.primary_key or f.is_relation or f.unique or f.choices)]
    free = [f for f in columns if f.name not in model.moving_columns]
    kinds = ("DateTimeField", "DateField", "CharField", "TextField", "JSONField")
    return next((f for kind in kinds for f in free if f.get_internal_type() == kind), free[0])


def test_a_row_of_every_kind_is_there(shop):
    assert {name for name, rows in snapshot().items() if rows} == FILLED
    assert {model.__name__ for model in WRITTEN} == FILLED


@each_model
class TestThroughTheModel:
    def test_save(self, shop, model):
        row = model._base_manager.first()
        setattr(row, a_column(model).attname, other(a_column(model)))
        withstands(row.save)
        withstands(lambda: row.save_base(raw=True))
        withstands(lambda: models.Model.save(row))

    def test_delete(self, shop, model):
        row = model._base_manager.first()
        withstands(row.delete)
        withstands(lambda: models.Model.delete(row))

    def test_querysets(self, shop, model):
        column = a_column(model)
        value = {column.attname: other(column)}
        rows = list(model._base_manager.all())
        for row in rows:
            setattr(row, column.attname, other(column))
        withstands(lambda: model.objects.update(**value))
        withstands(lambda: models.QuerySet(model).update(**value))
        withstands(lambda: models.QuerySet(model).bulk_update(rows, [column.name]))
        withstands(lambda: models.QuerySet(model).update_or_create(pk=rows[0].pk, defaults=value))
        withstands(lambda: model.objects.all().delete())
        withstands(lambda: models.QuerySet(model).delete())
        withstands(lambda: models.QuerySet(model)._raw_delete("default"))

    def test_writing_it_again_over_itself(self, shop, model):
        column = a_column(model)
        rows = list(model._base_manager.all())
        for row in rows:
            setattr(row, column.attname, other(column))
        unique = {"update_conflicts": True, "unique_fields": ["pk"], "update_fields": [column.name]}
        withstands(lambda: models.QuerySet(model).bulk_create(rows, **unique))

    def test_a_fixture(self, shop, model, tmp_path: Path):
        row = model._base_manager.first()
        setattr(row, a_column(model).attname, other(a_column(model)))
        file = tmp_path / "attack.json"
        file.write_text(serializers.serialize("json", [row]))
        assert len(json.loads(file.read_text())) == 1
        withstands(lambda: call_command("loaddata", str(file), verbosity=0))

    def test_sql(self, shop, model):
        for statement in statements(model):
            withstands(lambda statement=statement: execute(statement))

    def test_a_migration(self, shop, model):
        def forwards(state_apps, editor) -> None:
            past = state_apps.get_model(model._meta.app_label, model.__name__)
            past.objects.update(**{a_column(model).attname: other(a_column(model))})

        state = MigrationExecutor(connection).loader.project_state()
        migration = Migration("attack", model._meta.app_label)
        migration.operations = [RunPython(forwards)]
        # Inside the test's transaction the checks of constraints are the migration's own business.
        withstands(lambda: apply(migration, state))

    def test_the_back_office(self, shop, model, client):
        client.force_login(shop.platform)
        show(client, shop.platform, "mfa")
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        row = model._base_manager.first()
        value = {a_column(model).name: other(a_column(model)), "_save": "Save"}
        act = {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"}
        withstands(lambda: client.post(reverse(f"{name}_change", args=[row.pk]), value))
        withstands(lambda: client.post(reverse(f"{name}_delete", args=[row.pk]), {"post": "yes"}))
        withstands(lambda: client.post(reverse(f"{name}_changelist"), act))


@pytest.mark.parametrize(
    "parent", ["member", "user", "reward", "business", "account", "sale", "unit", "posting", "rule", "role"]
)
class TestFromAbove:
    def row(self, shop: Shop, parent: str) -> models.Model:
        posting = apps.get_model("loyalty.Posting").objects.first()
        rows = {
            "member": shop.member, "user": shop.owner, "reward": shop.reward, "business": shop.business,
            "account": shop.member.account, "sale": Sale.objects.first(), "unit": shop.points, "posting": posting,
            "rule": apps.get_model("loyalty.EarningRule").objects.first(), "role": shop.cashier_role,
        }  # fmt: skip
        return rows[parent]

    def test_a_cascade(self, shop, parent):
        row = self.row(shop, parent)
        withstands(row.delete)
        withstands(lambda: type(row)._base_manager.filter(pk=row.pk).delete())

    def test_sql(self, shop, parent):
        row = self.row(shop, parent)
        withstands(lambda: execute(f"DELETE FROM {row._meta.db_table} WHERE {row._meta.pk.column} = {row.pk}"))


def apply(migration: Migration, state: object) -> None:
    with connection.schema_editor(atomic=False, collect_sql=False) as editor:
        migration.apply(state, editor)


def statements(model: Model) -> list[str]:
    """Return SQL that changes, deletes, replaces or empties."""
    table, column = model._meta.db_table, a_column(model).column
    found = [f'UPDATE {table} SET "{column}" = "{column}"', f"DELETE FROM {table}"]
    if connection.vendor == "sqlite":
        columns = [f'"{field.column}"' for field in model._meta.concrete_fields]
        values = [each if each != f'"{column}"' else f"{'NULL' if a_column(model).null else 1}" for each in columns]
        return [
            *found,
            f"INSERT OR REPLACE INTO {table} ({', '.join(columns)}) SELECT {', '.join(values)} FROM {table}",
        ]
    return [*found, f"TRUNCATE {table}", f"TRUNCATE {table} CASCADE"]


def execute(statement: str) -> int:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(statement)
        return cursor.rowcount


def test_what_may_move_moves(shop):
    assert execute("UPDATE loyalty_lot SET remaining = remaining") == Lot.objects.count()
    assert execute("UPDATE members_consentevent SET user_agent = ''") == ConsentEvent.objects.count()


class TestTwin:
    """Without the guards the same statements do what they say: so it is the guards that withstand."""

    @each_model
    def test_sql_changes_the_row(self, shop, model):
        guards.remove(connection)
        rows = model._base_manager.count()
        assert execute(statements(model)[0]) == rows > 0

    @each_model
    def test_models_of_a_migration_change_the_row(self, shop, model):
        before = snapshot()[model.__name__]
        guards.remove(connection)
        column = a_column(model)
        models.QuerySet(model).filter(pk=before[0][0]).update(**{column.attname: other(column)})
        assert snapshot()[model.__name__] != before

    @pytest.mark.parametrize("table", ["loyalty_lotuse", "loyalty_chainlink", "loyalty_seal", "loyalty_auditevent"])
    def test_sql_deletes_the_row(self, shop, table):
        guards.remove(connection)
        assert execute(f"DELETE FROM {table}") > 0

    def test_sqlite_replaces_where_triggers_do_not_answer_to_it(self, shop):
        if connection.vendor != "sqlite":
            pytest.skip("INSERT OR REPLACE is SQLite's")
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA recursive_triggers=OFF")
        model = apps.get_model("loyalty.AuditEvent")
        before = snapshot()
        execute(statements(model)[2])
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA recursive_triggers=ON")
        assert snapshot() != before
