"""Tests that share a world cannot tell: what one of them does, no other sees."""

from types import SimpleNamespace
from typing import Any

import pytest

from loyalty.models import Business
from tests.plugins.sharing import by_module, shareable
from tests.world import World


@pytest.mark.parametrize("turn", [1, 2])
def test_a_row_that_a_test_changes_is_the_next_one_s_as_it_was(world: World, turn: int) -> None:
    assert Business.objects.get(pk=world.business.pk).name == "Café Luna"
    Business.objects.filter(pk=world.business.pk).update(name="Changed")


@pytest.mark.parametrize("turn", [1, 2])
def test_an_object_that_a_test_changes_is_its_own(world: World, turn: int) -> None:
    assert world.owner_role.business.name == "Café Luna"
    world.owner_role.business.name = "Changed"


def test_a_test_that_asks_for_no_database_gets_none() -> None:
    with pytest.raises(RuntimeError, match="Database access not allowed"):
        Business.objects.count()


def test_what_stands_for_one_row_in_a_world_is_one_object(world: World) -> None:
    assert world.owner_role.business is world.business


def item(*fixtures: str, transaction: bool = False, nodeid: str = "m.py::t", database: bool = True) -> Any:
    """Return what sharing looks at of a test."""
    marker = SimpleNamespace(kwargs={"transaction": transaction}) if database else None
    return SimpleNamespace(fixturenames=fixtures, nodeid=nodeid, get_closest_marker=lambda name: marker)


def test_a_module_whose_tests_ask_for_one_world_shares_it() -> None:
    assert shareable([item("made_world"), item("made_world", "till")]) == "made_world"


@pytest.mark.parametrize("database", [True, False])
def test_tests_that_ask_for_no_world_do_not_count(database: bool) -> None:
    assert shareable([item("made_world"), item(database=database)]) == "made_world"


def test_a_module_that_asks_for_no_world_shares_none() -> None:
    assert shareable([item(), item("till")]) is None


@pytest.mark.parametrize(
    "other",
    [item("made_shop"), item("made_world", "made_books"), item("made_world", transaction=True),
     item("made_world", "live_server")],
    ids=["another", "two", "it commits", "a server looks"],
)  # fmt: skip
def test_one_test_that_differs_keeps_a_module_from_sharing(other: Any) -> None:
    assert shareable([item("made_world"), other]) is None


def test_a_module_s_tests_are_kept_together() -> None:
    found = by_module([item(nodeid="b.py::x"), item(nodeid="a.py::y"), item(nodeid="b.py::z")])
    assert {path: len(items) for path, items in found.items()} == {"b.py": 2, "a.py": 1}
