"""Settings of the test run: config.settings in test mode, with the database of TEST_DATABASE_URL."""

import os
from typing import Any

from config.env import clear

clear()
os.environ["REGULARS_MODE"] = "test"
os.environ["DATA_DIR"] = "var/test"
os.environ["DATABASE_URL"] = os.environ.get("TEST_DATABASE_URL", "sqlite:///:memory:")

from config.settings import *  # noqa: E402, F403

STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # noqa: F405
database: dict[str, Any] = DATABASES["default"]  # noqa: F405
if database["ENGINE"].endswith("sqlite3"):
    # A file, as in life: server, threads and tests each have a connection of their own. One per process, none kept.
    DATA_DIR.mkdir(parents=True, exist_ok=True)  # noqa: F405
    database["TEST"] = {"NAME": str(DATA_DIR / f"{os.getpid()}.sqlite3")}  # noqa: F405
    # A live server that starts before the test database would share an in-memory connection between its threads.
    database["NAME"] = str(DATA_DIR / "never-opened.sqlite3")  # noqa: F405
    database["OPTIONS"]["init_command"] += "PRAGMA synchronous=OFF;"
else:
    database["TEST"] = {"NAME": f"test_{database['NAME']}"}
    database["OPTIONS"]["options"] = "-c synchronous_commit=off"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
TASKS = {"default": {"BACKEND": "django.tasks.backends.dummy.DummyBackend", "QUEUES": TASKS["default"]["QUEUES"]}}  # noqa: F405
