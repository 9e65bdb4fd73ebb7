"""Typed readers for the environment; every name read here is described in docs/deployment.md."""

import os
from collections.abc import Collection
from enum import StrEnum
from pathlib import Path
from typing import cast
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

env = environ.Env()

NAMES = """
    ALLOWED_HOSTS BASE_URL DATABASE_CONN_MAX_AGE DATABASE_POOLER DATABASE_URL DATA_DIR DEBUG DEFAULT_FROM_EMAIL
    EMAIL_HOST EMAIL_PASSWORD EMAIL_PORT EMAIL_TLS EMAIL_USER HSTS_PRELOAD HSTS_SECONDS
    HSTS_SUBDOMAINS HTTPS IMPORT_QUOTA_MB LOG_LEVEL MAINTENANCE REDIS_URL REGULARS_MODE
    SECRET_KEY SECRET_KEY_FALLBACKS SMS_URL STAFF_IDLE_MINUTES TRUSTED_PROXIES
"""
"""The variables that the settings read."""

YEAR = 31_536_000
SAMPLE_SECRET = "sample-secret-change-me"  # noqa: S105 - refused in production


def clear() -> None:
    """Forget the variables of the surroundings: a demo or a test run must not touch the installation they describe."""
    for name in NAMES.split():
        os.environ.pop(name, None)


class Mode(StrEnum):
    """What an installation is run for. Anything but PRODUCTION is for one machine only."""

    PRODUCTION = "production"
    DEMO = "demo"
    DEVELOPMENT = "development"
    TEST = "test"


def read_mode() -> Mode:
    """Return the mode from REGULARS_MODE (default: production); raise ImproperlyConfigured if unknown."""
    name = env.str("REGULARS_MODE", default=Mode.PRODUCTION.value)
    try:
        return Mode(name)
    except ValueError:
        allowed = ", ".join(Mode)
        raise ImproperlyConfigured(f"REGULARS_MODE is {name!r}; it must be one of: {allowed}.") from None


def read_secret(mode: Mode) -> str:
    """Return SECRET_KEY; in production it must be set, long, and not the sample."""
    secret: str = env.str("SECRET_KEY", default="")
    if mode is Mode.PRODUCTION:
        if not secret or secret == SAMPLE_SECRET or len(secret) < 40:
            raise ImproperlyConfigured(
                "SECRET_KEY must be set to a random text of at least 40 characters in production. "
                'Make one with: python -c "import secrets; print(secrets.token_urlsafe(50))"'
            )
        return secret
    return secret or SAMPLE_SECRET


def read_hosts(mode: Mode) -> list[str]:
    """Return ALLOWED_HOSTS; in production it must be set and must not hold a wildcard."""
    local = ["localhost", "127.0.0.1", "[::1]", "testserver"]
    hosts: list[str] = env.list("ALLOWED_HOSTS", default=[] if mode is Mode.PRODUCTION else local)
    if mode is Mode.PRODUCTION and (not hosts or any(host.startswith(("*", ".")) for host in hosts)):
        raise ImproperlyConfigured(
            "ALLOWED_HOSTS must list the exact host names of this installation, without a wildcard, "
            "for example: ALLOWED_HOSTS=loyalty.example.com"
        )
    return hosts


def read_base_url(mode: Mode, *, hosts: Collection[str], https: bool) -> str:
    """Return BASE_URL without a slash at its end; in production it must be set, and be an address that is answered.

    Links in mails and printed QR codes begin with it: one that leads nowhere is noticed by those who receive them only.
    """
    url: str = env.str("BASE_URL", default="" if mode is Mode.PRODUCTION else "http://localhost:8000").rstrip("/")
    if mode is not Mode.PRODUCTION:
        return url
    host, schemes = _host_of(url), ("https",) if https else ("https", "http")
    if not host or url.partition("://")[0] not in schemes:
        raise ImproperlyConfigured(
            f"BASE_URL is {url!r}; it must say where people reach this installation, "
            "for example: BASE_URL=https://loyalty.example.com"
        )
    if host not in {name.lower() for name in hosts}:
        raise ImproperlyConfigured(
            f"BASE_URL leads to {host}, which ALLOWED_HOSTS does not name: links in mails would open nothing. "
            f"Correct one of the two, for example: ALLOWED_HOSTS={host}"
        )
    return url


def _host_of(url: str) -> str:
    """Return the host of an address without a path, a query or a name to log in with; an empty text for any other."""
    try:
        parts = urlsplit(url)
        plain = parts.port is None or parts.port > 0
    except ValueError:
        return ""
    bare = not (parts.path or parts.query or parts.fragment or "@" in parts.netloc)
    host = parts.hostname or ""
    return (f"[{host}]" if ":" in host else host) if plain and bare else ""


def read_hsts(*, https: bool) -> tuple[int, bool, bool]:
    """Return for how many seconds browsers insist on HTTPS, whether on subdomains too, and whether lists may carry it.

    An hour, and this host alone, until the operator says more: a browser forgets neither before its time.
    """
    seconds: int = env.int("HSTS_SECONDS", default=3600)
    subdomains: bool = env.bool("HSTS_SUBDOMAINS", default=False)
    preload: bool = env.bool("HSTS_PRELOAD", default=False)
    if preload and not (subdomains and seconds >= YEAR):
        raise ImproperlyConfigured(
            f"HSTS_PRELOAD needs HSTS_SUBDOMAINS=true and HSTS_SECONDS of a year or more ({YEAR}): the lists that "
            "browsers ship with take nothing less, and a host stays in them for months."
        )
    return (seconds, subdomains, preload) if https else (0, False, False)


def read_debug(mode: Mode) -> bool:
    """Return DEBUG (default: on in development only); refuse it in production."""
    debug: bool = env.bool("DEBUG", default=mode is Mode.DEVELOPMENT)
    if debug and mode is Mode.PRODUCTION:
        raise ImproperlyConfigured("DEBUG must be off in production: it shows secrets to visitors.")
    return debug


def read_data_dir(root: Path) -> Path:
    """Return DATA_DIR (default: var/ in the project): the database file, uploads and local mail."""
    return Path(env.str("DATA_DIR", default=str(root / "var"))).resolve()


def read_database(data_dir: Path) -> dict[str, object]:
    """Return the default database from DATABASE_URL, with the options that keep bookings safe."""
    database: dict[str, object] = env.db_url("DATABASE_URL", default=f"sqlite:///{data_dir / 'regulars.sqlite3'}")
    if database["ENGINE"] == "django.db.backends.sqlite3":
        database["ENGINE"] = "config.sqlite3"
        database["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": (
                "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA foreign_keys=ON;"
                "PRAGMA recursive_triggers=ON;"  # without it INSERT OR REPLACE goes round a delete trigger
                "PRAGMA cache_size=-64000;PRAGMA temp_store=MEMORY;PRAGMA journal_size_limit=67108864;"
            ),
        }
        return database
    database["CONN_MAX_AGE"] = env.int("DATABASE_CONN_MAX_AGE", default=60)
    database["CONN_HEALTH_CHECKS"] = True
    pooler = database["DISABLE_SERVER_SIDE_CURSORS"] = env.bool("DATABASE_POOLER", default=False)
    if not pooler:
        # The statement that books a purchase is parsed and planned once for each connection.
        options = cast(dict[str, object], database.setdefault("OPTIONS", {}))
        options.setdefault("prepare_threshold", 1)
    return database


def read_caches() -> dict[str, dict[str, object]]:
    """Return the cache: Redis where REDIS_URL is set, else a table (rate limits are shared by all workers)."""
    redis = env.str("REDIS_URL", default="")
    if redis:
        return {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": redis}}
    return {"default": {"BACKEND": "config.cache.KeptCache", "LOCATION": "cache"}}
