"""What every test may use; what else pytest is taught is in tests/plugins."""

import os
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.core.cache import cache
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from tests.browser import EVERY_LOOK, LOOKS, NO_BROWSER, Visitor, chromium
from tests.uploads import kept_in

pytest_plugins = (
    "tests.plugins.databases",
    "tests.plugins.tiers",
    "tests.plugins.sharing",
    "tests.plugins.report",
    "tests.plugins.signing_in",
    "tests.plugins.garbage",
)

# The build asks the same of every commit, however busy its machine is; drawing anew is what the campaigns are for.
# A test that names health checks of its own names too_slow as well.
hypothesis_settings.register_profile(
    "build", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis_settings.load_profile("build")

# Playwright's synchronous interface keeps an event loop running, in which Django would refuse to query.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


def pytest_report_header() -> list[str]:
    database = settings.DATABASES["default"]
    engine = database["ENGINE"].rpartition(".")[2]
    place = f"{database['HOST']}:{database['PORT']}" if database["HOST"] else database["TEST"]["NAME"]
    return [f"database: {engine} ({place})", f"browser: {chromium() or 'none; browser tests are left out'}"]


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("browser") and not chromium():
        pytest.skip(NO_BROWSER)
    if item.get_closest_marker("race") and "sqlite" in settings.DATABASES["default"]["ENGINE"]:
        pytest.skip("Races need PostgreSQL: set TEST_DATABASE_URL")


@pytest.fixture(autouse=True)
def _nothing_remembered() -> Iterator[None]:
    """Rate limits and other cached facts of one test do not reach the next."""
    yield
    cache.clear()


@pytest.fixture(autouse=True, scope="session")
def _files_are_read_here() -> Iterator[None]:
    """Read imported files in the test's own process: starting another for each takes longer than most tests do."""
    from loyalty.domain.imports import reading
    from loyalty.engine.imports.reading import read

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reading, "read", read)
        yield


@pytest.fixture
def readers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have imported files read as the worker does, by a process of its own."""
    from loyalty.domain.imports import reading

    monkeypatch.setattr(reading, "read", reading.in_child)


@pytest.fixture(autouse=True, scope="session")
def _tokens_spell_no_word() -> Iterator[None]:
    """Keep the random tokens of forms from containing, once in many runs, the name that a page must not show."""
    from django.middleware import csrf

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(csrf, "CSRF_ALLOWED_CHARS", "bcdfghjk")
        yield


@pytest.fixture(autouse=True, scope="session")
def _uploads_lie_aside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep what tests upload out of the data of the test run."""
    with kept_in(tmp_path_factory.mktemp("private"), "private"):
        yield


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, object]) -> dict[str, object]:
    arguments = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--disable-background-networking"]
    return {**browser_type_launch_args, "executable_path": chromium(), "args": arguments}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, object]) -> dict[str, object]:
    return {**browser_context_args, "locale": "en-GB", "reduced_motion": "reduce"}


@pytest.fixture
def visitor(page: object, live_server: object, request: pytest.FixtureRequest) -> Visitor:
    """Somebody with a browser and JavaScript."""
    return Visitor(page, live_server.url, EVERY_LOOK if request.config.getoption("--all") else LOOKS)
