"""Files of tests lie where they were aimed, and nowhere else afterwards."""

from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.files.storage import storages
from django.test import override_settings

from loyalty.models import ImportBatch
from tests.uploads import kept_in


@pytest.mark.parametrize("storage", ["default", "private"])
class TestKeptIn:
    def test_a_storage_keeps_its_files_in_the_folder(self, tmp_path: Path, storage: str):
        with kept_in(tmp_path, storage):
            assert storages[storage].path("a") == str(tmp_path / "a")

    def test_another_media_root_in_between_changes_nothing(self, tmp_path: Path, storage: str):
        with kept_in(tmp_path, storage):
            with override_settings(MEDIA_ROOT="/elsewhere"):
                pass
            assert storages[storage].path("a") == str(tmp_path / "a")

    def test_afterwards_it_keeps_them_where_it_did(self, tmp_path: Path, storage: str):
        before = storages[storage].path("a")
        with kept_in(tmp_path, storage):
            pass
        assert storages[storage].path("a") == before


def test_a_column_keeps_its_files_there_too_after_storages_were_made_anew(tmp_path: Path, settings: LazySettings):
    with override_settings(STORAGES={**settings.STORAGES}):
        pass
    with kept_in(tmp_path, "private"):
        assert ImportBatch(file="a").file.path == str(tmp_path / "a")
