"""Where a storage of the site keeps its files for a while."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import storages


@contextmanager
def kept_in(folder: Path, storage: str) -> Iterator[None]:
    """Let a storage, "default" or "private", keep its files in a folder, also after a test changed MEDIA_ROOT.

    Such a change makes a storage forget the place that it had worked out, not the one that it was given.
    """
    found: Any = storages[storage]
    _ = found.location
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(found, "_location", str(folder))
        patch.delitem(found.__dict__, "base_location")
        patch.delitem(found.__dict__, "location")
        yield
