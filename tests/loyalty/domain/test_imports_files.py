"""The files of imports: what is kept, refused and removed when two acts on them meet, or one comes too late."""

import io
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.core.files.storage import FileSystemStorage

from loyalty.domain import imports
from loyalty.domain.imports import DiskFull, OtherBeingRead, QuotaReached, WrongState, reading
from loyalty.engine.imports.columns import Field
from loyalty.engine.imports.files import NotReadable, Unreadable
from loyalty.engine.imports.rows import Choices
from loyalty.models import AuditEvent, BatchState, ImportBatch
from loyalty.queries.imports import stage_path
from tests.loyalty.imports import FILE, NOW, Desk
from tests.uploads import kept_in

pytestmark = pytest.mark.django_db

type Committing = Callable[..., AbstractContextManager[object]]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path) -> Iterator[Path]:
    """A folder of its own, in which imported files are kept."""
    with kept_in(tmp_path, "private"):
        yield tmp_path


def files(folder: Path) -> list[str]:
    """Return the names of all files that are kept, sorted."""
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def state_of_all() -> tuple[list[dict[str, object]], int]:
    """Return every batch as it stands, and how many acts are audited: a refusal leaves both as they were."""
    return list(ImportBatch.objects.order_by("pk").values()), AuditEvent.objects.count()


def send(desk: Desk, content: io.BytesIO, key: UUID | None = None, **more: int) -> ImportBatch:
    """Upload a file; nobody has looked into it yet."""
    return imports.upload(
        business=desk.role.business, key=key or uuid4(), content=content, name="x.csv", by=desk.by, at=NOW, **more
    )


class Slow(io.BytesIO):
    """A file during whose storing something else happens: once it has been measured and is read again."""

    def __init__(self, content: bytes, meanwhile: Callable[[], object]) -> None:
        super().__init__(content)
        self.meanwhile: Callable[[], object] | None = meanwhile
        self.measured = False

    def read(self, size: int | None = -1, /) -> bytes:
        block = super().read(size)
        if self.measured and self.meanwhile:
            meanwhile, self.meanwhile = self.meanwhile, None
            meanwhile()
        self.measured = self.measured or not block
        return block


class TestUpload:
    def test_of_the_same_form_sent_twice_at_once_the_faster_is_kept(self, desk: Desk) -> None:
        key, faster = uuid4(), []
        batch = send(desk, Slow(b"a,b\n1,2\n", lambda: faster.append(send(desk, io.BytesIO(b"a,b\n"), key))), key)
        assert ([batch], list(ImportBatch.objects.all())) == (faster, faster)

    def test_the_file_of_the_slower_is_removed(self, desk: Desk, folder: Path) -> None:
        key = uuid4()
        batch = send(desk, Slow(b"a,b\n1,2\n", lambda: send(desk, io.BytesIO(b"a,b\n"), key)), key)
        assert files(folder) == [Path(batch.file.path).name]
        assert Path(batch.file.path).read_bytes() == b"a,b\n"

    def test_of_two_files_sent_at_once_the_slower_is_refused(self, desk: Desk, folder: Path) -> None:
        content = Slow(b"a,b\n1,2\n", lambda: send(desk, io.BytesIO(b"a,b\n")))
        with pytest.raises(OtherBeingRead):
            send(desk, content)
        only = ImportBatch.objects.get()
        assert (only.state, files(folder)) == (BatchState.READING, [Path(only.file.path).name])

    def test_while_another_is_read_a_file_is_refused(self, desk: Desk, folder: Path) -> None:
        send(desk, io.BytesIO(b"a,b\n"))
        before, kept = state_of_all(), files(folder)
        with pytest.raises(OtherBeingRead):
            send(desk, io.BytesIO(b"c,d\n"))
        assert (state_of_all(), files(folder)) == (before, kept)

    def test_beyond_the_quota_a_file_is_refused_with_what_is_left(self, desk: Desk, folder: Path) -> None:
        before = state_of_all()
        with pytest.raises(QuotaReached) as refused:
            send(desk, io.BytesIO(b"a,b\n1,2\n"), quota=7)
        assert (refused.value.left, state_of_all(), files(folder)) == (7, before, [])

    def test_a_disk_without_room_keeps_neither_row_nor_file(
        self, desk: Desk, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def full(*given: object) -> str:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(FileSystemStorage, "_save", full)
        before = state_of_all()
        with pytest.raises(DiskFull):
            send(desk, io.BytesIO(b"a,b\n"))
        assert (state_of_all(), files(folder)) == (before, [])


class TestTooLate:
    def test_the_columns_are_not_chosen_while_another_file_is_read(self, desk: Desk) -> None:
        batch = desk.upload(FILE)
        send(desk, io.BytesIO(b"a,b\n"))
        before = state_of_all()
        with pytest.raises(OtherBeingRead):
            imports.choose(batch=batch, columns={Field.DATE: 1}, choices=Choices(), by=desk.by, at=NOW)
        assert state_of_all() == before

    @pytest.mark.parametrize("verb", [imports.resume, imports.undo])
    def test_what_failed_before_it_was_started_cannot(self, desk: Desk, verb: Callable[..., object]) -> None:
        batch = desk.check(FILE)
        ImportBatch.objects.filter(pk=batch.pk).update(state=BatchState.FAILED)
        before = state_of_all()
        with pytest.raises(WrongState):
            verb(batch=batch, by=desk.by, at=NOW)
        assert state_of_all() == before

    def test_what_has_lost_its_file_is_not_resumed(self, desk: Desk) -> None:
        batch = desk.start(FILE)
        imports.cancel(batch=batch, by=desk.by, at=NOW)
        ImportBatch.objects.filter(pk=batch.pk).update(file="")
        before = state_of_all()
        with pytest.raises(WrongState):
            imports.resume(batch=batch, by=desk.by, at=NOW)
        assert state_of_all() == before

    def test_a_file_is_removed_once(self, desk: Desk) -> None:
        batch = desk.run(FILE)
        imports.remove_file(batch=batch, by=desk.by, at=NOW)
        before = state_of_all()
        with pytest.raises(WrongState):
            imports.remove_file(batch=batch, by=desk.by, at=NOW)
        assert state_of_all() == before


class TestRemoval:
    def test_a_file_that_is_removed_takes_its_stage_with_it(
        self, desk: Desk, folder: Path, django_capture_on_commit_callbacks: Committing
    ) -> None:
        batch = desk.run(FILE)
        name = Path(batch.file.path).name
        assert files(folder) == [name, f"{name}.stage"]
        with django_capture_on_commit_callbacks(execute=True):
            imports.remove_file(batch=batch, by=desk.by, at=NOW)
        assert files(folder) == []

    def test_what_readers_that_were_killed_left_goes_with_the_file(
        self, desk: Desk, folder: Path, django_capture_on_commit_callbacks: Committing
    ) -> None:
        batch, other = desk.check(FILE), desk.check(FILE)
        for path, left in ((stage_path(batch), "a1"), (stage_path(batch), "b2"), (stage_path(other), "c3")):
            path.with_name(f"{path.name}.{left}.part").write_bytes(b"half")
        with django_capture_on_commit_callbacks(execute=True):
            imports.discard(batch=batch, by=desk.by, at=NOW)
        name = Path(other.file.path).name
        assert files(folder) == [name, f"{name}.stage", f"{name}.stage.c3.part"]

    def test_an_upload_that_could_not_be_read_is_thrown_away_without_a_file(
        self, desk: Desk, folder: Path, django_capture_on_commit_callbacks: Committing
    ) -> None:
        batch = desk.upload("total\n5\n6\n")
        assert (batch.state, batch.error, batch.file.name, files(folder)) == ("failed", "one_column", "", [])
        with django_capture_on_commit_callbacks(execute=True) as called:
            imports.discard(batch=batch, by=desk.by, at=NOW)
        assert (len(called), ImportBatch.objects.count()) == (1, 0)

    def test_an_upload_that_is_thrown_away_while_it_is_read_stays_away(
        self, desk: Desk, folder: Path, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Committing
    ) -> None:
        batch = send(desk, io.BytesIO(b"total\n5\n6\n"))

        def throw_away(*given: object) -> None:
            with django_capture_on_commit_callbacks(execute=True):
                imports.discard(batch=batch, by=desk.by, at=NOW)
            raise NotReadable(Unreadable.GONE)

        monkeypatch.setattr(reading, "read", throw_away)
        imports.step(batch_id=batch.pk, clock=desk.clock)
        assert (ImportBatch.objects.count(), files(folder)) == (0, [])


def test_a_batch_whose_worker_gives_a_sign_of_life_meanwhile_is_left_to_it(desk: Desk) -> None:
    batch = desk.start(FILE)
    imports.take_up(batch_id=batch.pk, worker="here:1", at=NOW)
    alive = NOW + timedelta(seconds=5)

    def is_gone(worker: str) -> bool:
        imports.take_up(batch_id=batch.pk, worker=worker, at=alive)
        return True

    assert imports.revive(at=alive, is_gone=is_gone) == []
    batch.refresh_from_db()
    assert (batch.worker, batch.heartbeat_at) == ("here:1", alive)
