"""Where a storage of the site keeps its files for a while."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.files.storage import DefaultStorage, storages
from django.db.models import FileField


@contextmanager
def kept_in(folder: Path, storage: str) -> Iterator[None]:
    """Let a storage, "default" or "private", keep its files in a folder, whatever settings a test changes meanwhile.

    A change of MEDIA_ROOT makes a storage forget the place that it had worked out, not the one that it was given. After
    a change of STORAGES a column keeps the storage it has, which is then another one than storages knows.
    """
    found = [storages[storage], *(_of_columns() if storage == "private" else [])]
    with ExitStack() as stack:
        for each in {id(one): one for one in found}.values():
            stack.enter_context(_aimed(each, folder))
        yield


def _of_columns() -> list[Any]:
    """Return the storages that columns have of their own."""
    fields = [field for model in apps.get_models() for field in model._meta.concrete_fields]
    return [
        field.storage
        for field in fields
        if isinstance(field, FileField) and not isinstance(field.storage, DefaultStorage)
    ]


@contextmanager
def _aimed(found: Any, folder: Path) -> Iterator[None]:
    _ = found.location
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(found, "_location", str(folder))
        patch.delitem(found.__dict__, "base_location")
        patch.delitem(found.__dict__, "location")
        yield
