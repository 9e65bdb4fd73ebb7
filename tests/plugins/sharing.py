"""One world for all tests of a module: made once inside a transaction, copied for each test, rolled back at the end.

A test asks for a world by its name (`world`, `shop`, `books`, `desk`, `role`) and may do with it whatever it likes:
what it writes is rolled back, and the objects that it holds are its own. A module shares one where its tests ask for no
other and none of them commits: its rows are then there for each of them, in whatever order they come. Elsewhere each
test makes its own.
"""

from collections.abc import Callable, Iterator
from pickle import dumps, loads
from typing import Any

import pytest
from django.db import transaction

from loyalty.models import StaffRole
from tests.loyalty.books import Books, open_books
from tests.loyalty.imports import Desk, open_desk
from tests.rewards.shop import Shop, open_shop
from tests.world import World, make_world, open_newcomer

# A module's own fixture of the name `world` may ask for `world` and add to it, or be something else: what tells is
# whether the world below was asked for.
BUILDERS: dict[str, Callable[[], Any]] = {
    "made_world": make_world,
    "made_shop": open_shop,
    "made_books": open_books,
    "made_desk": open_desk,
    "made_role": open_newcomer,
}
LONGEST = ("tests/fuzz/", "tests/campaigns/", "tests/journeys/", "tests/oracle/", "tests/realdata/")
SHARED = pytest.StashKey[dict[str, str]]()
BUILT = pytest.StashKey[bytes]()
"""The objects of a module's world as a text: to read that takes a quarter of the time of a deep copy."""


def is_transactional(item: pytest.Item) -> bool:
    """Return whether a test commits: it, or what it starts, looks at the rows through a connection of its own."""
    marker = item.get_closest_marker("django_db")
    asked = bool(marker and marker.kwargs.get("transaction"))
    return asked or "transactional_db" in item.fixturenames or "live_server" in item.fixturenames


def shareable(items: list[pytest.Item]) -> str | None:
    """Return the name of the world that a module's tests can share, if there is one."""
    asked = {name for item in items for name in BUILDERS.keys() & set(item.fixturenames)}
    return asked.pop() if len(asked) == 1 and not any(map(is_transactional, items)) else None


def by_module(items: list[pytest.Item]) -> dict[str, list[pytest.Item]]:
    """Return the tests by module, modules and tests in the order in which they came."""
    found: dict[str, list[pytest.Item]] = {}
    for item in items:
        found.setdefault(item.nodeid.partition("::")[0], []).append(item)
    return found


def stage(path: str) -> int:
    """Return a place in the queue: what takes minutes begins first, and what shares one walk stays together."""
    return next((number for number, folder in enumerate(LONGEST) if path.startswith(folder)), len(LONGEST))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep the tests of a module together, the longest first, and note which modules share."""
    modules = by_module(items)
    items[:] = [item for path in sorted(modules, key=stage) for item in modules[path]]
    config.stash[SHARED] = {path: name for path, module in modules.items() if (name := shareable(module))}


@pytest.fixture(scope="module")
def outer_transaction(django_db_setup: None, django_db_blocker: Any) -> Iterator[Callable[[], Any]]:
    """A transaction around a module's tests: what its fixtures write in `with outer_transaction():` is there for each.

    Between them the database stays closed to tests that do not ask for it: their rows would reach the next test.
    """
    outer = transaction.atomic()
    with django_db_blocker.unblock():
        outer.__enter__()
    yield django_db_blocker.unblock
    with django_db_blocker.unblock():
        transaction.set_rollback(True)
        outer.__exit__(None, None, None)


@pytest.fixture(scope="module", autouse=True)
def _shared_world(request: pytest.FixtureRequest) -> Iterator[None]:
    name = request.config.stash[SHARED].get(request.node.nodeid)
    if name:
        with request.getfixturevalue("outer_transaction")():
            request.node.stash[BUILT] = dumps(BUILDERS[name]())
    yield
    if name:
        del request.node.stash[BUILT]


def own(request: pytest.FixtureRequest, name: str) -> Any:
    """Return a test's own copy of its module's world, or a world made for it alone."""
    module = request.node.getparent(pytest.Module)
    shared = module is not None and BUILT in module.stash
    return loads(module.stash[BUILT]) if shared else BUILDERS[name]()  # noqa: S301 - what this very run wrote


@pytest.fixture
def made_world(request: pytest.FixtureRequest, db: None) -> World:
    return own(request, "made_world")


@pytest.fixture
def made_shop(request: pytest.FixtureRequest, db: None) -> Shop:
    return own(request, "made_shop")


@pytest.fixture
def made_books(request: pytest.FixtureRequest, db: None) -> Books:
    return own(request, "made_books")


@pytest.fixture
def made_desk(request: pytest.FixtureRequest, db: None) -> Desk:
    return own(request, "made_desk")


@pytest.fixture
def made_role(request: pytest.FixtureRequest, db: None) -> StaffRole:
    return own(request, "made_role")


@pytest.fixture
def world(made_world: World) -> World:
    """A café with a program, its people, and somebody else's salon."""
    return made_world


@pytest.fixture
def shop(made_shop: Shop) -> Shop:
    """The world, with the verbs of a catalogue: give, add, enrol, redeem."""
    return made_shop


@pytest.fixture
def books(made_books: Books) -> Books:
    """A shop that gives a point per 1.00, one account, and the verbs of the ledger."""
    return made_books


@pytest.fixture
def desk(made_desk: Desk) -> Desk:
    """A shop that gives a point per 1.00, and its owner who imports files."""
    return made_desk


@pytest.fixture
def role(made_role: StaffRole) -> StaffRole:
    """The owner of a shop that has just been opened and has no program yet."""
    return made_role
