"""The pages of an import in Chromium: a file goes on to its columns by itself, and nothing sticks out."""

from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from loyalty.domain import imports
from rewards.models import Voucher
from tests.browser import Visitor
from tests.loyalty.imports import FILE, Desk, open_desk
from tests.rewards.domain.test_imported import redeemed

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("media")]


@pytest.fixture
def desk(visitor: Visitor) -> Desk:
    desk = open_desk()
    visitor.sign_in(desk.role.user)
    return desk


def address(name: str, desk: Desk, **more: object) -> str:
    return reverse(f"loyalty:{name}", kwargs={"business": desk.role.business.slug, **more})


def test_a_file_that_is_read_goes_on_to_its_columns_by_itself(desk: Desk, visitor: Visitor, tmp_path: Path) -> None:
    path = tmp_path / "sales.csv"
    path.write_text(FILE)
    visitor.go(address("imports", desk))
    visitor.page.get_by_label("File of sales").set_input_files(path)
    visitor.page.get_by_role("main").locator("form button").first.click()
    expect(visitor.page.locator("#state")).to_be_visible()
    visitor.look_closely()
    batch = desk.role.business.import_batches.get()
    desk.work(batch)
    visitor.page.wait_for_url(f"**{address('import-columns', desk, batch=batch.public_id)}")
    visitor.look_closely()


def test_files_that_lie_there_are_listed_with_what_can_be_deleted(desk: Desk, visitor: Visitor) -> None:
    desk.run(FILE)
    desk.upload(FILE, "a-very-long-name-of-a-file-that-a-till-has-written-2025-12-31-complete.csv")
    visitor.look_closely(address("imports", desk))


def test_a_file_that_cannot_be_read_says_why(desk: Desk, visitor: Visitor) -> None:
    batch = desk.upload(b"PK\x03\x04" + b"\0" * 50, "sales.xlsx")
    visitor.look_closely(address("import", desk, batch=batch.public_id))


def test_an_undo_says_what_it_takes_with_it(desk: Desk, visitor: Visitor) -> None:
    batch = desk.run(FILE)
    redeemed(desk, "c1")
    visitor.look_closely(address("import", desk, batch=batch.public_id))
    visitor.page.locator(f"form[action='{address('import-undo', desk, batch=batch.public_id)}'] button").click()
    expect(visitor.page.locator("#state")).to_be_visible()
    desk.work(batch)
    assert (batch.state, Voucher.objects.get().state) == ("undone", "cancelled")


def test_those_who_owe_are_listed_by_themselves(desk: Desk, visitor: Visitor) -> None:
    batch = desk.run(FILE)
    redeemed(desk, "c1")
    imports.undo(batch=batch, by=desk.by, at=desk.clock())
    desk.work(batch)
    visitor.look_closely(reverse("members:console-accounts", kwargs={"business": "desk"}) + "?show=owing")
