from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def media(settings: Any, tmp_path: Path) -> Path:
    """An empty store of pictures, for one test."""
    settings.MEDIA_ROOT = tmp_path
    return tmp_path
