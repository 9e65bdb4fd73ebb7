"""A prepared question finds what its queryset finds, column by column, and PostgreSQL plans it once."""

from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.db import OperationalError, close_old_connections, connection
from django.db.models import BigIntegerField, Model

from loyalty.domain.accounts import open_account
from loyalty.models import Account, Adjustment, Business, Location, Role, StaffRole
from loyalty.queries import access, program
from loyalty.queries.prepared import Given, Prepared
from members.domain import merging
from members.queries import till
from tests.world import NOW, World

pytestmark = pytest.mark.django_db


def by_the_orm(question: Prepared, **values: Any) -> Model | None:
    """Ask the queryset of a question, each Given being its value."""

    def value(given: Given, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        return "%s", [given.output_field.get_db_prep_value(values[given.name], connection)]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Given, "as_sql", value)
        related = [path for path in question._paths if path]
        rows = question._rows()
        return (rows.select_related(*related) if related else rows).first()


def told(instance: Model | None, seen: frozenset[int] = frozenset()) -> Any:
    """Return all that is known without a query: columns, annotations, and the same of what hangs on it."""
    if instance is None or id(instance) in seen:
        return type(instance).__name__
    state, seen = instance._state, seen | {id(instance)}
    known = {name: value for name, value in vars(instance).items() if name != "_state"}
    related = {name: told(other, seen) for name, other in state.fields_cache.items()}
    return type(instance).__name__, state.db, state.adding, known, related


def both(question: Prepared, **values: Any) -> Model | None:
    """Return what a question finds, and assert that the ORM finds the same."""
    found = question.one(**values)
    assert told(found) == told(by_the_orm(question, **values))
    return found


def at_a_branch(world: World) -> None:
    branch = Location.objects.create(business=world.business, name="Harbour", address="Pier 1")
    StaffRole.objects.filter(user=world.cashier).update(location=branch, pin_digest="d" * 64)


def ask_to_adjust(world: World) -> None:
    Adjustment.objects.create(
        business=world.business, account=world.member.account, unit=world.points, amount=5, reason="kind",
        asked_by=world.manager_role, asked_at=NOW, key="k",
    )  # fmt: skip


def test_a_business_at_its_address(world: World) -> None:
    assert both(access._BUSINESS, slug="luna") == world.business
    assert both(access._BUSINESS, slug="nowhere") is None
    Business.objects.update(closed_at=NOW)
    assert both(access._BUSINESS, slug="luna") is None


@pytest.mark.parametrize("happened", [lambda world: None, at_a_branch, ask_to_adjust])
def test_a_role_with_its_business_and_branch(world: World, happened: Any) -> None:
    happened(world)
    for user in (world.owner, world.manager, world.cashier, world.stranger, world.other_owner):
        for slug, business in (("luna", world.business), ("sol", world.other_business)):
            there = both(access._STAFF, slug=slug, user=user.pk)
            assert both(access._ROLE, business=business.pk, user=user.pk) == there
    asked = happened is ask_to_adjust
    assert access.staff_at("luna", world.owner).waiting == ({access.ADJUSTMENTS} if asked else set())
    assert access.staff_at("luna", world.manager).waiting == set()


def test_a_role_is_read_anew_each_time(world: World) -> None:
    role = access.staff_at("luna", world.cashier)
    assert (role, role.user, role.business, role.role) == (
        world.cashier_role, world.cashier, world.business, Role.CASHIER
    )  # fmt: skip
    StaffRole.objects.filter(pk=role.pk).update(role=Role.MANAGER)
    assert access.staff_at("luna", world.cashier).role == Role.MANAGER
    StaffRole.objects.filter(pk=role.pk).update(ended_at=NOW)
    assert access.staff_at("luna", world.cashier) is None
    type(world.owner).objects.filter(pk=world.owner.pk).update(is_active=False)
    assert access.staff_at("luna", world.owner) is None
    Business.objects.update(closed_at=NOW)
    assert access.staff_at("luna", world.manager) is None


def test_the_version_that_is_live(world: World) -> None:
    assert both(program._LIVE, business=world.business.pk).number == 1
    assert both(program._LIVE, business=0) is None


def test_a_customer_with_and_without_a_name_and_when_merged(world: World) -> None:
    business = world.business
    nameless = open_account(business=business, at=NOW)
    source, target = (till.customer_of(each, business) for each in (nameless, world.member.account))
    for _merged in (False, True):
        for account in (world.member.account, nameless, world.other_member.account):
            both(till._ACCOUNT, business=business.pk, public_id=account.public_id)
        if not _merged:
            merging.merge(source=source, target=target, key=str(uuid4()), by=world.at_console(), at=NOW)
    assert till.customer_at(business, nameless.public_id).member == world.member
    Account.objects.update(closed_at=NOW)
    assert both(till._ACCOUNT, business=business.pk, public_id=nameless.public_id) is None


def test_the_comparison_notices_a_difference(world: World) -> None:
    found = access._STAFF.one(slug="luna", user=world.cashier.pk)
    StaffRole.objects.filter(pk=found.pk).update(display_name="Cleo at the till")
    assert told(found) != told(by_the_orm(access._STAFF, slug="luna", user=world.cashier.pk))


def test_what_hangs_on_it_is_compared_too(world: World) -> None:
    bare = Prepared(access._STAFF._rows, "location")
    values = {"slug": "luna", "user": world.cashier.pk}
    assert told(bare.one(**values)) != told(by_the_orm(access._STAFF, **values))


def test_each_is_one_query(world: World, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        role = access.staff_at("luna", world.cashier)
        assert (role.business.slug, role.location, role.user.email) == ("luna", None, "cleo@example.com")
    till.at_till(world.business, world.member.account.public_id)
    with django_assert_num_queries(1):
        customer, terms = till.at_till(world.business, world.member.account.public_id)
        assert (customer.name, terms.program.version.business, terms.purchases) == ("Mia Moon", world.business, True)


def test_the_till_asks_for_what_holds_now(world: World) -> None:
    program.live_version(world.business).__class__.objects.update(state="retired")
    assert till.at_till(world.business, world.member.account.public_id)[1] is None


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite keeps no plans to count")
def test_a_question_is_planned_once_whatever_is_asked(world: World) -> None:
    question = Prepared(lambda: Account.objects.filter(pk=Given("pk", BigIntegerField()), card_code="once"))
    for pk in (1, 70_000, 5_000_000_000, 1, 2, 3):
        assert question.one(pk=pk) is None
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%card_code_ = $1%'")
        assert cursor.fetchone() == (1,)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_a_connection_that_died_meanwhile_is_replaced_with_the_next_request(world: World) -> None:
    assert access.business_at("luna") == world.business
    settings = connection.settings_dict
    address = f"postgres://{settings['USER']}@{settings['HOST']}:{settings['PORT']}/{settings['NAME']}"
    with psycopg.connect(address, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s)", [connection.connection.info.backend_pid])
    with pytest.raises(OperationalError):
        access.business_at("luna")
    close_old_connections()
    assert access.business_at("luna") == world.business
