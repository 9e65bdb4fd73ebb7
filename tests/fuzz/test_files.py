"""Every field for a file takes whatever is sent: refused with a word, or taken and looked at on the next page."""

import pytest

from tests.fuzz.asking import Prober
from tests.fuzz.files import FILES, Upload, multipart
from tests.fuzz.forms import Shown
from tests.fuzz.reach import Reach
from tests.fuzz.test_addresses import faults

pytestmark = pytest.mark.django_db


def asking_for_files(forms: list[Shown]) -> list[tuple[Shown, str]]:
    """Return every form that takes a file once, with the field's name."""
    found = {
        (shown.name, name): (shown, name)
        for shown in forms
        if shown.name != "styleguide"
        for name, one in shown.form.fields.items()
        if one.kind == "file"
    }
    return list(found.values())


def test_the_forms_that_take_files_are_found(forms: list[Shown]) -> None:
    assert sorted({(shown.name, name) for shown, name in asking_for_files(forms)}) == [
        ("loyalty:business-new", "logo"), ("loyalty:imports", "file"), ("loyalty:settings-look", "logo"),
        ("rewards:reward", "picture"), ("rewards:reward-add", "picture"),
    ]  # fmt: skip


@pytest.mark.parametrize("upload", FILES.values(), ids=FILES)
def test_every_field_takes_whatever_file_is_sent(
    upload: Upload, forms: list[Shown], people: list[Prober], reach: Reach
) -> None:
    for shown, name in asking_for_files(forms):
        if not (reach.whole or shown.name in ("loyalty:imports", "loyalty:settings-look")):
            continue
        body, kind = multipart(shown.form.sent(), name, upload)
        shown.who.ask("POST", shown.form.action, body, kind, follow=True)
    assert not faults(people), faults(people)
