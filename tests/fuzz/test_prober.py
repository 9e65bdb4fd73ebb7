"""What counts as a fault is noticed, and what does not is left alone."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path

from loyalty.models import User
from tests.fuzz.asking import Prober, encoded
from tests.fuzz.files import multipart
from tests.fuzz.forms import Shown
from tests.fuzz.pages import forms_of
from tests.fuzz.places import Place
from tests.fuzz.test_forms import send
from tests.fuzz.values import CANARY

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]

FORM = '<form method="post" action="/{}/"><input name="name"></form>'


def breaks(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("planted")


def echoes(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"Hello {request.GET['name']}")


def refuses_and_writes(request: HttpRequest) -> HttpResponse:
    User.objects.create_user("planted@example.com")
    return HttpResponse("No", status=422)


def refuses_and_rolls_back(request: HttpRequest) -> HttpResponse:
    User.objects.create_user("planted@example.com").delete()
    return HttpResponse("No", status=422)


def forgets(request: HttpRequest) -> HttpResponse:
    return HttpResponse(FORM.format("forgets"), status=422)


def takes(request: HttpRequest) -> HttpResponse:
    User.objects.create_user("planted@example.com")
    return HttpResponse(status=302, headers={"Location": f"/echoes/?name={request.POST['name']}"})


urlpatterns = [
    path(f"{view.__name__.replace('_', '-')}/", view)
    for view in (breaks, echoes, refuses_and_writes, refuses_and_rolls_back, forgets, takes)
]


@pytest.fixture
def prober() -> Prober:
    return Prober("somebody", Client())


def faults(prober: Prober) -> Iterator[str]:
    return (fault.splitlines()[1].strip() for fault in prober.faults)


def test_a_failure_is_noticed_with_its_place(prober: Prober) -> None:
    assert prober.ask("GET", "/breaks/").status == 500
    assert list(faults(prober)) == ["RuntimeError: planted"]
    assert "test_prober.py" in prober.faults[0]


def test_a_tag_that_was_typed_is_noticed(prober: Prober) -> None:
    prober.ask("GET", f"/echoes/?name=<{CANARY}>")
    assert list(faults(prober)) == ["takes what was sent for HTML, or for a template"]


def test_a_refusal_that_changes_something_is_noticed(prober: Prober) -> None:
    prober.ask("POST", "/refuses-and-rolls-back/")
    assert prober.faults == []
    prober.ask("POST", "/refuses-and-writes/")
    assert list(faults(prober)) == ["refuses with 422 and changes ['loyalty_user']"]


def test_every_request_is_undone(prober: Prober) -> None:
    prober.ask("POST", "/takes/", encoded({"name": ["Ann"]}))
    assert prober.faults == []
    assert not User.objects.filter(email="planted@example.com").exists()


def test_the_next_page_is_looked_at_too(prober: Prober) -> None:
    prober.ask("POST", "/takes/", encoded({"name": [f"<{CANARY}>"]}), follow=True)
    assert list(faults(prober)) == ["takes what was sent for HTML, or for a template"]


def test_what_was_typed_and_is_gone_is_noticed(prober: Prober) -> None:
    (form,) = forms_of(FORM.format("forgets"), "/forgets/")
    shown = Shown(prober, Place("forgets", {}, "/forgets/"), "forgets", form)
    send(shown, "name", "Ann", {"name": ["Ann"]})
    assert list(faults(prober)) == ["what was typed is gone"]


def test_a_form_is_read_as_a_browser_reads_it() -> None:
    (form,) = forms_of(
        '<form id="f" method="post"><input name="a" value="1"><input type="checkbox" name="b" value="x" checked>'
        '<input type="checkbox" name="b" value="y"><textarea name="c">so\nmuch</textarea><input name="d" disabled>'
        '<select name="e"><option value="1"><option value="2" selected></select><input type="file" name="f"></form>'
        '<button form="f" name="go" value="on">Go</button>', "/here/?q=1",
    )  # fmt: skip
    assert (form.action, form.method) == ("/here/?q=1", "post")
    assert form.sent() == {"a": ["1"], "b": ["x"], "c": ["so\nmuch"], "e": ["2"], "go": ["on"]}


def test_files_are_sent_as_a_browser_sends_them(rf: Any) -> None:
    body, kind = multipart({"a": ["1", "2"]}, "file", ('a".csv', b"\0x", "text/csv"))
    request = rf.generic("POST", "/", body, kind)
    assert request.POST.getlist("a") == ["1", "2"]
    assert request.FILES["file"].read() == b"\0x"
