"""An owner brings past sales in through the pages: upload, columns, check, start, cancel, undo; refusals say why."""

from io import BytesIO
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import Workbook

from config import uploads
from loyalty import tasks
from loyalty.domain import imports
from loyalty.domain.imports import reading
from loyalty.engine.imports.files import Unreadable
from loyalty.models import BatchState, ImportBatch, Posting, Sale
from loyalty.queries.import_files import kept_files
from loyalty.queries.verify import verify
from tests.pages import actions, alerts, refused, texts

pytestmark = pytest.mark.django_db

FILE = b"""receipt,date,customer,item,quantity,price
R1,2026-01-05,C1,MUG,2,6.25
R1,2026-01-05,C1,TEA,1,3.00
R2,2026-01-06,,TEA,1,3.00
R3,2026-01-07,C2,MUG,1,6.25
CR3,2026-01-09,C2,MUG,-1,6.25
R4,yesterday,C2,=cmd|' /C calc'!A0,1,6.25
"""


def url(name: str, batch: ImportBatch | None = None) -> str:
    kwargs = {"business": "luna"} | ({"batch": batch.public_id} if batch else {})
    return reverse(f"loyalty:{name}", kwargs=kwargs)


def upload(owner: Client, content: bytes = FILE, name: str = "sales.csv"):
    """Send a file, and let the worker look into it."""
    answer = send(owner, content, name)
    if answer.status_code == 302:
        worked(ImportBatch.objects.latest("pk"))
    return answer


def send(owner: Client, content: bytes = FILE, name: str = "sales.csv"):
    key = owner.get(url("imports")).context["form"].initial["key"]
    return owner.post(url("imports"), {"key": str(key), "file": SimpleUploadedFile(name, content)})


def columns(owner: Client, batch: ImportBatch, **changes: str):
    """Send the form of the columns as the guess fills it in, but for the changes."""
    initial = owner.get(url("import-columns", batch)).context["form"].initial
    data = {name: value for name, value in initial.items() if value not in (False, None)} | changes
    return owner.post(url("import-columns", batch), data)


def worked(batch: ImportBatch) -> ImportBatch:
    """Let the background worker do what is to do."""
    tasks.work_on_import.call(batch.pk)
    batch.refresh_from_db()
    return batch


def checked(owner: Client, content: bytes = FILE, name: str = "sales.csv") -> ImportBatch:
    """Upload a file, take the guess at its columns, and have it checked."""
    upload(owner, content, name)
    batch = ImportBatch.objects.latest("pk")
    assert columns(owner, batch).url == url("import", batch)
    assert worked(batch).state == BatchState.READY
    return batch


def done(owner: Client) -> ImportBatch:
    batch = checked(owner)
    assert owner.post(url("import-start", batch)).status_code == 302
    assert worked(batch).state == BatchState.DONE
    return batch


def test_a_file_is_kept_and_not_opened_by_the_page(owner, world, monkeypatch):
    monkeypatch.setattr(reading, "read", never)
    answer = send(owner)
    batch = ImportBatch.objects.get()
    assert answer.url == url("import", batch)
    assert (batch.state, batch.sample, Path(batch.file.path).read_bytes()) == (BatchState.READING, {}, FILE)


def never(*given):
    raise AssertionError("a page reads no foreign file")


def test_no_page_opens_a_file(owner, world, monkeypatch):
    batch = checked(owner)
    Path(batch.file.path).write_bytes(b"\0" * 50)
    monkeypatch.setattr(reading, "read", never)
    for name in ("imports", "import", "import-columns", "import-problems"):
        assert owner.get(url(name, batch if name != "imports" else None)).status_code == 200


def test_while_a_file_is_read_its_page_asks_again_by_itself(owner, world):
    send(owner)
    batch = ImportBatch.objects.get()
    page = owner.get(url("import", batch)).text
    assert 'hx-trigger="every 2s"' in page
    assert '<noscript><meta http-equiv="refresh"' in page
    assert owner.get(url("import-columns", batch)).url == url("import", batch)


def test_when_a_file_is_read_its_page_goes_on_to_the_columns(owner, world):
    upload(owner)
    batch = ImportBatch.objects.get()
    answer = owner.get(url("import", batch), headers={"HX-Request": "true"})
    assert answer["HX-Redirect"] == url("import-columns", batch)
    assert url("import-columns", batch) in owner.get(url("import", batch)).text


def test_a_file_that_is_gone_from_the_disk_leaves_every_page_standing(owner, world):
    batch = checked(owner)
    Path(batch.file.path).unlink()
    for name in ("import", "import-columns", "import-problems"):
        assert owner.get(url(name, batch)).status_code == 200
    columns(owner, batch)
    assert (worked(batch).state, batch.error) == (BatchState.FAILED, Unreadable.GONE)
    assert alerts(owner.get(url("import", batch))) == []


def test_one_file_of_a_business_is_read_at_a_time(owner, world):
    send(owner)
    answer = send(owner)
    assert (answer.status_code, refused(answer)) == (422, {"file": [""]})
    batch = ImportBatch.objects.get()
    assert len(list(Path(batch.file.path).parent.glob("*.upload"))) >= 1
    worked(batch)
    assert send(owner).status_code == 302


def test_files_beyond_the_quota_are_refused_and_those_that_can_be_deleted_listed(owner, world, settings):
    batch = checked(owner)
    settings.IMPORT_QUOTA = sum(kept.size for kept in kept_files(batch.business)) + len(FILE) - 1
    answer = send(owner)
    assert (answer.status_code, refused(answer), ImportBatch.objects.count()) == (422, {"file": [""]}, 1)
    assert url("import-discard", batch) in actions(owner.get(url("imports")))
    owner.post(url("import-discard", batch))
    assert send(owner).status_code == 302


def test_the_file_of_a_finished_import_can_be_deleted(owner, world, django_capture_on_commit_callbacks):
    batch = done(owner)
    path = Path(batch.file.path)
    assert url("import-remove-file", batch) in actions(owner.get(url("imports")))
    with django_capture_on_commit_callbacks(execute=True):
        assert owner.post(url("import-remove-file", batch)).status_code == 302
    batch.refresh_from_db()
    assert (batch.file.name, path.exists(), stage_path_exists(path), batch.state) == ("", False, False, BatchState.DONE)
    assert Sale.objects.filter(undone_at=None).count() == 3
    assert owner.get(url("import-problems", batch)).status_code == 200


def stage_path_exists(path: Path) -> bool:
    return Path(f"{path}.stage").exists()


def test_a_file_that_is_too_large_stops_filling_the_disk(owner, world, monkeypatch):
    monkeypatch.setattr(uploads, "LARGEST_UPLOAD", 1000)
    answer = send(owner, FILE * 1000)
    assert (answer.status_code, ImportBatch.objects.count()) == (422, 0)
    assert "too large" in answer.text


def test_the_columns_are_shown_with_what_each_row_would_be(owner, world):
    upload(owner)
    page = owner.get(url("import-columns", ImportBatch.objects.get())).text
    for words in ("MUG", "Purchase", "Walk-in", "Return", "Cannot be used"):
        assert words in page


def test_what_was_checked_can_be_started_and_is_not_booked_yet(owner, world):
    batch = checked(owner)
    assert url("import-start", batch) in actions(owner.get(url("import", batch)))
    assert Sale.objects.count() == 0


def test_a_row_that_cannot_be_used_is_shown_with_what_stands_there(owner, world):
    page = owner.get(url("import", checked(owner)))
    assert texts(page, "tbody td") == ["7", "The date cannot be read", "yesterday"]


def test_an_import_books_what_can_be_used(owner, world):
    done(owner)
    assert sorted(Sale.objects.values_list("receipt", "total")) == [("R1", 1550), ("R2", 300), ("R3", 625)]
    assert [finding for finding in verify() if finding.faults] == []


def test_what_an_import_brought_is_summed_up(owner, world):
    assert "21 points" in owner.get(url("import", done(owner))).text


def test_a_file_without_a_usable_row_offers_no_start(owner, world):
    batch = checked(owner, b"receipt,date,customer,item,quantity,price\nR1,yesterday,C1,MUG,2,6.25\n")
    page = owner.get(url("import", batch))
    assert "No row of this file can be used" in page.text
    assert url("import-start", batch) not in actions(page)


def test_a_file_without_a_usable_row_is_not_started(owner, world):
    batch = checked(owner, b"receipt,date,customer,item,quantity,price\nR1,yesterday,C1,MUG,2,6.25\n")
    answer = owner.post(url("import-start", batch), follow=True)
    assert alerts(answer) == ["error"]
    assert ImportBatch.objects.get().started_at is None


def test_the_same_file_again_books_nothing(owner, world):
    done(owner)
    before = (Sale.objects.count(), Posting.objects.count())
    done(owner)
    assert (Sale.objects.count(), Posting.objects.count()) == before


def test_an_import_is_undone(owner, world):
    batch = done(owner)
    owner.post(url("import-undo", batch))
    assert worked(batch).state == BatchState.UNDONE
    assert Sale.objects.filter(undone_at=None).count() == 0
    assert [finding for finding in verify() if finding.faults] == []


def test_the_problems_can_be_opened_in_a_spreadsheet_without_harm(owner, world):
    batch = checked(owner, FILE.replace(b"yesterday", b"=1+1"))
    answer = owner.get(url("import-problems", batch))
    text = b"".join(answer.streaming_content).decode()
    assert '"\'=1+1"' in text
    assert ',"=' not in text


def test_without_a_date_the_columns_are_refused_and_nothing_moves(owner, world):
    upload(owner)
    batch = ImportBatch.objects.get()
    answer = columns(owner, batch, column_date="", column_item="0")
    assert answer.status_code == 422
    assert refused(answer) == {"column_date": ["required"], "column_receipt": [""], "column_item": [""]}
    assert texts(answer, "#id_column_date_error li") == ["Choose the column with the date."]
    twice = "This column is chosen twice. Choose another one here or there."
    assert texts(answer, "#id_column_item_error li") == [twice]
    batch.refresh_from_db()
    assert batch.state == BatchState.UPLOADED


def test_changing_a_column_shows_the_rows_anew_and_checks_nothing(owner, world):
    upload(owner)
    batch = ImportBatch.objects.get()
    initial = owner.get(url("import-columns", batch)).context["form"].initial
    data = {name: value for name, value in initial.items() if value not in (False, None)} | {"preview": "1"}
    answer = owner.post(url("import-columns", batch), data, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert "<html" not in answer.text
    batch.refresh_from_db()
    assert batch.state == BatchState.UPLOADED


def test_a_button_that_came_too_late_says_so(owner, world):
    batch = done(owner)
    answer = owner.post(url("import-start", batch), follow=True)
    assert alerts(answer) == ["error"]
    assert "The import has moved on in the meantime" in answer.text
    batch.refresh_from_db()
    assert batch.state == BatchState.DONE


def workbook() -> bytes:
    book, stream = Workbook(), BytesIO()
    for row in (["receipt", "date", "customer", "amount"], ["R1", "2026-01-05", "C1", 12.5]):
        book.active.append(row)
    book.save(stream)
    return stream.getvalue()


def test_a_workbook_is_read(owner, world):
    batch = checked(owner, workbook(), "sales.xlsx")
    assert batch.report["purchases"] == {"receipts": 1, "lines": 1, "amount": 1250}


HOSTILE = {
    "picture": (b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "Choose a CSV or XLSX"),
    "old workbook": (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "old Excel file"),
    "archive": (b"7z\xbc\xaf\x27\x1c" + b"\0" * 50, "archive"),
    "broken gzip": (b"\x1f\x8b\x08\0\0\0\0\0", "damaged"),
    "broken workbook": (b"PK\x03\x04" + b"\0" * 50, ""),
    "one column": (b"date\n2026-01-01\n", "only one column"),
    "only names": (b"date,amount\n", "no rows"),
    "script": (b"<script>alert(1)</script>", ""),
    "null bytes": (b"a,b\0c\n1,2\n", ""),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_what_is_no_table_is_refused_with_words(owner, world, kind):
    content, words = HOSTILE[kind]
    upload(owner, content)
    batch = ImportBatch.objects.get()
    page = owner.get(url("import", batch))
    assert (batch.state, batch.file.name, batch.started_at) == (BatchState.FAILED, "", None)
    assert words in page.text
    assert url("import-reconsider", batch) not in actions(page)


def test_an_empty_file_is_refused_at_once(owner, world):
    answer = send(owner, b"")
    assert (answer.status_code, ImportBatch.objects.count()) == (422, 0)
    assert "The file is empty" in answer.text


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_costs_the_same_for_one_and_three(owner, world, number, django_assert_num_queries):
    for index in range(number):
        upload(owner, FILE, f"sales{index}.csv")
    owner.get(url("imports"))
    with django_assert_num_queries(5):
        assert owner.get(url("imports")).text.count("sales") >= number


def test_columns_sent_when_another_window_was_faster_lead_to_how_it_stands(owner, world, monkeypatch):
    upload(owner)
    batch = ImportBatch.objects.get()

    def too_late(**given):
        raise imports.WrongState

    monkeypatch.setattr(imports, "choose", too_late)
    answer = columns(owner, batch)
    assert answer.url == url("import", batch)
    assert alerts(answer) == ["error"]
