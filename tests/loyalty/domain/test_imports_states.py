"""An import that is cancelled, killed, taken over, resumed or thrown away."""

import io
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import transaction

from loyalty.domain import imports
from loyalty.domain.imports import NothingToBook, OtherRunning, WrongState, purchases, reading, steps
from loyalty.engine.imports.columns import guess
from loyalty.engine.imports.rows import Choices
from loyalty.models import BatchState, ImportBatch
from loyalty.queries.imports import stage_path
from tests.loyalty.imports import FILE, NOW, Desk, booked, faults, table
from tests.uploads import kept_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _a_folder_of_its_own(tmp_path: Path) -> Iterator[None]:
    with kept_in(tmp_path, "private"):
        yield


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Book in pieces of two receipts."""
    monkeypatch.setattr(steps, "PURCHASES_AT_ONCE", 2)
    monkeypatch.setattr(steps, "RETURNS_AT_ONCE", 1)


def test_it_goes_on_after_a_cancel(desk: Desk, few: None) -> None:
    batch = desk.start(FILE)
    assert desk.step(batch)
    imports.cancel(batch=batch, by=desk.by, at=desk.clock())
    assert desk.step(batch) is False
    assert (batch.state, batch.position, len(desk.sales())) == (BatchState.CANCELLED, 2, 2)
    imports.resume(batch=batch, by=desk.by, at=desk.clock())
    desk.work(batch)
    assert (batch.state, batch.position, len(desk.sales())) == (BatchState.DONE, 4, 4)
    assert faults() == []


@pytest.fixture
def uninterrupted(desk: Desk) -> dict:
    with transaction.atomic():
        desk.run(FILE)
        rows = booked()
        transaction.set_rollback(True)
    return rows


class Killed(BaseException):
    """As if the process ended here."""


@pytest.mark.parametrize("place", ["_write_sales", "_award"])
@pytest.mark.parametrize("piece", [0, 1])
def test_killed_in_the_middle_it_goes_on_to_the_same_rows(
    desk: Desk, few: None, uninterrupted: dict, monkeypatch: pytest.MonkeyPatch, place: str, piece: int
) -> None:
    batch = desk.start(FILE)
    for _ in range(piece):
        desk.step(batch)
    before = booked()
    work = getattr(purchases, place)

    def die(*args: object, **more: object) -> None:
        work(*args, **more)
        raise Killed

    monkeypatch.setattr(purchases, place, die)
    with pytest.raises(Killed):
        desk.step(batch)
    monkeypatch.setattr(purchases, place, work)
    assert booked() == before
    desk.work(batch)
    assert booked() == uninterrupted
    assert faults() == []


def test_a_stage_that_is_lost_is_made_again(desk: Desk, few: None, uninterrupted: dict) -> None:
    batch = desk.start(FILE)
    desk.step(batch)
    stage_path(batch).unlink()
    desk.work(batch)
    assert booked() == uninterrupted


def test_of_two_workers_one_books(desk: Desk, few: None, uninterrupted: dict, monkeypatch: pytest.MonkeyPatch) -> None:
    batch = desk.start(FILE)
    next_receipts = steps._next_receipts

    def overtaken(stale: ImportBatch, clock: object) -> object:
        receipts = next_receipts(stale, clock)
        with monkeypatch.context() as patch:
            patch.setattr(steps, "_next_receipts", next_receipts)
            imports.step(batch_id=stale.pk, clock=desk.clock)
        return receipts

    with monkeypatch.context() as patch:
        patch.setattr(steps, "_next_receipts", overtaken)
        assert imports.step(batch_id=batch.pk, clock=desk.clock) is False
    desk.work(batch)
    assert booked() == uninterrupted
    assert batch.counts["sales"] == 3


def test_silent_batches_are_taken_over_once(desk: Desk, few: None) -> None:
    batch = desk.start(FILE)
    desk.step(batch)
    assert imports.revive(at=batch.heartbeat_at + timedelta(seconds=30)) == []
    late = batch.heartbeat_at + timedelta(seconds=31)
    assert imports.revive(at=late) == [batch]
    assert imports.revive(at=late) == []
    desk.work(batch)
    assert imports.revive(at=late + timedelta(days=1)) == []


def test_a_batch_whose_worker_is_gone_is_taken_over_at_once(desk: Desk, few: None) -> None:
    batch = desk.start(FILE)
    imports.take_up(batch_id=batch.pk, worker="here:1", at=desk.clock())
    now = desk.clock()
    assert imports.revive(at=now, is_gone=lambda worker: worker != "here:1") == []
    assert imports.revive(at=now, is_gone=lambda worker: worker == "here:1") == [batch]
    assert imports.revive(at=now, is_gone=lambda worker: True) == []


def test_one_import_runs_at_a_time(desk: Desk) -> None:
    first, second = desk.start(FILE), desk.check(table("B1,2026-02-01,c1,tea,Tea,1,8.00"))
    with pytest.raises(OtherRunning):
        imports.start(batch=second, by=desk.by, at=desk.clock())
    desk.work(first)
    imports.start(batch=second, by=desk.by, at=desk.clock())


def test_a_file_of_which_no_row_can_be_used_is_not_started(desk: Desk) -> None:
    batch = desk.check(table("A1,no day,c1,tea,Tea,1,8.00"))
    assert (batch.state, batch.total, batch.report["problems"]) == (BatchState.READY, 0, {"bad_date": 1})
    with pytest.raises(NothingToBook):
        imports.start(batch=batch, by=desk.by, at=desk.clock())
    batch.refresh_from_db()
    assert (batch.state, batch.started_at) == (BatchState.READY, None)


@pytest.mark.parametrize("verb", ["choose", "reconsider", "start", "cancel", "resume", "undo", "discard"])
@pytest.mark.parametrize("state", BatchState)
def test_what_can_be_done_when(desk: Desk, verb: str, state: BatchState) -> None:
    may = {
        "choose": {"uploaded", "ready"}, "reconsider": {"uploaded", "checking", "ready"}, "start": {"ready"},
        "cancel": {"running"}, "resume": {"cancelled", "failed"}, "undo": {"done", "cancelled", "failed"},
        "discard": {"uploaded", "checking", "ready"},
    }[verb]  # fmt: skip
    batch = desk.check(FILE)
    started = state not in ("uploaded", "checking", "ready")
    ImportBatch.objects.filter(pk=batch.pk).update(state=state, started_at=NOW if started else None)
    more = {"columns": {}, "choices": Choices()} if verb == "choose" else {}
    before = ImportBatch.objects.filter(pk=batch.pk).values().get()
    act = getattr(imports, verb)
    if state in may:
        act(batch=batch, by=desk.by, at=desk.clock(), **more)
        assert ImportBatch.objects.filter(pk=batch.pk).values().first() != before or state == "uploaded"
    else:
        with pytest.raises(WrongState):
            act(batch=batch, by=desk.by, at=desk.clock(), **more)
        assert ImportBatch.objects.filter(pk=batch.pk).values().get() == before


def test_a_file_that_cannot_be_read_to_its_end_fails_with_its_line_and_books_nothing(desk: Desk) -> None:
    content = FILE + 'A6,2026-01-09,c1,"open,Tea,1,1.00\n' + "A7,2026-01-09,c1,x,Tea,1,1.00\n" * 20_000
    batch = desk.upload(FILE)
    Path(batch.file.path).write_text(content)
    imports.choose(
        batch=batch, columns=guess(content.split("\n", 1)[0].split(","), []), choices=Choices(), by=desk.by,
        at=desk.clock(),
    )  # fmt: skip
    desk.work(batch)
    assert (batch.state, batch.error, batch.error_line) == (BatchState.FAILED, "open_quote", 7)
    assert not stage_path(batch).exists()
    imports.reconsider(batch=batch, by=desk.by, at=desk.clock())


def test_the_check_stops_when_its_owner_goes_back(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    batch = desk.check(FILE)
    ImportBatch.objects.filter(pk=batch.pk).update(state=BatchState.CHECKING)
    stage_path(batch).unlink()
    read = reading.read

    def go_back(*args: object) -> object:
        imports.reconsider(batch=batch, by=desk.by, at=desk.clock())
        return read(*args)

    monkeypatch.setattr(reading, "read", go_back)
    desk.step(batch)
    assert batch.state == BatchState.UPLOADED
    assert not stage_path(batch).exists()


def test_the_same_form_sent_twice_is_one_upload(desk: Desk) -> None:
    key = uuid4()
    both = [
        imports.upload(
            business=desk.role.business, key=key, content=io.BytesIO(b"a,b\n1,2\n"), name="x", by=desk.by, at=NOW,
        )
        for _ in range(2)
    ]  # fmt: skip
    assert both[0] == both[1]
    assert len(list(Path(both[0].file.path).parent.iterdir())) == 1


def test_a_discarded_upload_leaves_no_file(desk: Desk, django_capture_on_commit_callbacks) -> None:
    batch = desk.check(FILE)
    folder = Path(batch.file.path).parent
    with django_capture_on_commit_callbacks(execute=True):
        imports.discard(batch=batch, by=desk.by, at=desk.clock())
    assert list(folder.iterdir()) == []
    assert not ImportBatch.objects.exists()


def test_files_are_kept_for_thirty_days(desk: Desk) -> None:
    done, left = desk.run(FILE), desk.upload(FILE)
    folder = Path(done.file.path).parent
    assert imports.clean(at=NOW + timedelta(days=30)) == 0
    assert len(list(folder.iterdir())) == 3
    assert imports.clean(at=NOW + timedelta(days=31)) == 2
    assert list(folder.iterdir()) == []
    done.refresh_from_db()
    assert (done.file.name, done.counts["sales"]) == ("", 3)
    assert not ImportBatch.objects.filter(pk=left.pk).exists()
    assert imports.clean(at=NOW + timedelta(days=90)) == 0


@pytest.mark.parametrize(("most", "ends"), [(1, [1, 2, 3, 4]), (2, [1, 3, 4]), (4, [3, 4]), (5, [4])])
def test_a_piece_has_no_more_lines_than_belong_in_one_transaction(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, most: int, ends: list[int]
) -> None:
    """But for a receipt that alone has more."""
    monkeypatch.setattr(steps, "LINES_AT_ONCE", most)
    batch = desk.start(FILE)
    positions = []
    while desk.step(batch):
        positions.append(batch.position)
    assert positions == ends


def test_an_upload_of_an_earlier_release_is_looked_into_when_its_owner_goes_on(desk: Desk) -> None:
    batch = desk.upload(FILE)
    ImportBatch.objects.filter(pk=batch.pk).update(sample={})
    imports.reconsider(batch=batch, by=desk.by, at=desk.clock())
    batch.refresh_from_db()
    assert batch.state == BatchState.READING
    desk.work(batch)
    assert (batch.state, len(batch.sample["rows"])) == (BatchState.UPLOADED, 5)
