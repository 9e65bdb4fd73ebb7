"""An owner brings past sales in through the pages: upload, columns, check, start, cancel, undo; refusals say why."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import Workbook

from loyalty import tasks
from loyalty.domain import imports
from loyalty.models import BatchState, ImportBatch, Posting, Sale
from loyalty.queries.verify import verify
from tests.world import World

pytestmark = pytest.mark.django_db

FILE = b"""receipt,date,customer,item,quantity,price
R1,2026-01-05,C1,MUG,2,6.25
R1,2026-01-05,C1,TEA,1,3.00
R2,2026-01-06,,TEA,1,3.00
R3,2026-01-07,C2,MUG,1,6.25
CR3,2026-01-09,C2,MUG,-1,6.25
R4,yesterday,C2,=cmd|' /C calc'!A0,1,6.25
"""


@pytest.fixture
def owner(client: Client, world: World) -> Client:
    client.force_login(world.owner)
    return client


def url(name: str, batch: ImportBatch | None = None) -> str:
    kwargs = {"business": "luna"} | ({"batch": batch.public_id} if batch else {})
    return reverse(f"loyalty:{name}", kwargs=kwargs)


def upload(owner: Client, content: bytes = FILE, name: str = "sales.csv"):
    key = owner.get(url("imports")).context["form"].initial["key"]
    return owner.post(url("imports"), {"key": str(key), "file": SimpleUploadedFile(name, content)})


def columns(owner: Client, batch: ImportBatch, **changes: str):
    """Send the form of the columns as the guess fills it in, but for the changes."""
    initial = owner.get(url("import-columns", batch)).context["form"].initial
    data = {name: value for name, value in initial.items() if value not in (False, None)} | changes
    return owner.post(url("import-columns", batch), data)


def checked(owner: Client, **changes: str) -> ImportBatch:
    upload(owner)
    batch = ImportBatch.objects.get()
    assert columns(owner, batch, **changes).status_code == 302
    tasks.work_on_import.call(batch.pk)
    batch.refresh_from_db()
    return batch


def done(owner: Client) -> ImportBatch:
    batch = checked(owner)
    assert owner.post(url("import-start", batch)).status_code == 302
    tasks.work_on_import.call(batch.pk)
    batch.refresh_from_db()
    return batch


def test_from_the_file_to_the_books(owner, world):
    answer = upload(owner)
    batch = ImportBatch.objects.get()
    assert answer.url == url("import-columns", batch)
    page = owner.get(answer.url).text
    for words in ("MUG", "Purchase", "Walk-in", "Return", "Cannot be used"):
        assert words in page
    batch = checked_again(owner, batch)
    page = owner.get(url("import", batch)).text
    for words in ("Start the import", "The date cannot be read", "yesterday"):
        assert words in page
    assert Sale.objects.count() == 0
    owner.post(url("import-start", batch))
    tasks.work_on_import.call(batch.pk)
    batch.refresh_from_db()
    assert batch.state == BatchState.DONE
    assert sorted(Sale.objects.values_list("receipt", "total")) == [("R1", 1550), ("R2", 300), ("R3", 625)]
    assert "21 points" in owner.get(url("import", batch)).text
    assert [finding for finding in verify() if finding.faults] == []


def checked_again(owner: Client, batch: ImportBatch) -> ImportBatch:
    columns(owner, batch)
    tasks.work_on_import.call(batch.pk)
    batch.refresh_from_db()
    assert batch.state == BatchState.READY
    return batch


def test_a_file_without_a_usable_row_offers_no_start(owner: Client) -> None:
    upload(owner, b"receipt,date,customer,item,quantity,price\nR1,yesterday,C1,MUG,2,6.25\n")
    batch = checked_again(owner, ImportBatch.objects.get())
    page = owner.get(url("import", batch)).text
    assert ("No row of this file can be used" in page, url("import-start", batch) in page) == (True, False)
    answer = owner.post(url("import-start", batch), follow=True)
    assert "say anew what its columns mean" in answer.text
    assert ImportBatch.objects.get().started_at is None


def test_the_same_file_again_books_nothing(owner, world):
    done(owner)
    before = (Sale.objects.count(), Posting.objects.count())
    upload(owner)
    again = checked_again(owner, ImportBatch.objects.latest("pk"))
    owner.post(url("import-start", again))
    tasks.work_on_import.call(again.pk)
    assert (Sale.objects.count(), Posting.objects.count()) == before


def test_an_import_is_undone(owner, world):
    batch = done(owner)
    owner.post(url("import-undo", batch))
    tasks.work_on_import.call(batch.pk)
    batch.refresh_from_db()
    assert batch.state == BatchState.UNDONE
    assert Sale.objects.filter(undone_at=None).count() == 0
    assert [finding for finding in verify() if finding.faults] == []


def test_the_problems_can_be_opened_in_a_spreadsheet_without_harm(owner, world):
    content = FILE.replace(b"yesterday", b"=1+1")
    upload(owner, content)
    batch = checked_again(owner, ImportBatch.objects.get())
    answer = owner.get(url("import-problems", batch))
    text = b"".join(answer.streaming_content).decode()
    assert '"\'=1+1"' in text
    assert ',"=' not in text


def test_without_a_date_the_columns_are_refused_and_nothing_moves(owner, world):
    upload(owner)
    batch = ImportBatch.objects.get()
    answer = columns(owner, batch, column_date="", column_item="0")
    assert answer.status_code == 422
    for words in ("Choose the column with the date.", "This column is chosen twice. Choose another one here or there."):
        assert words in answer.text
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
    assert "moved on in the meantime" in answer.text
    batch.refresh_from_db()
    assert batch.state == BatchState.DONE


def workbook() -> bytes:
    book, stream = Workbook(), BytesIO()
    for row in (["receipt", "date", "customer", "amount"], ["R1", "2026-01-05", "C1", 12.5]):
        book.active.append(row)
    book.save(stream)
    return stream.getvalue()


def test_a_workbook_is_read(owner, world):
    assert upload(owner, workbook(), "sales.xlsx").status_code == 302
    batch = checked_again(owner, ImportBatch.objects.get())
    assert batch.report["purchases"] == {"receipts": 1, "lines": 1, "amount": 1250}


HOSTILE = {
    "empty": (b"", "The file is empty"),
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
    answer = upload(owner, content)
    assert answer.status_code == 422
    assert words in answer.text
    assert ImportBatch.objects.count() == 0


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_costs_the_same_for_one_and_three(owner, world, number, django_assert_num_queries):
    for index in range(number):
        upload(owner, FILE, f"sales{index}.csv")
    owner.get(url("imports"))
    with django_assert_num_queries(4):
        assert owner.get(url("imports")).text.count("sales") >= number


def test_columns_sent_when_another_window_was_faster_say_so(owner, world, monkeypatch):
    upload(owner)
    batch = ImportBatch.objects.get()

    def too_late(**given):
        raise imports.WrongState

    monkeypatch.setattr(imports, "choose", too_late)
    answer = columns(owner, batch)
    assert answer.url == url("import", batch)
    assert "has moved on in the meantime" in owner.get(answer.url).text
