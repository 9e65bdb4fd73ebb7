"""The demo's one-click log-in and the local outbox: there in the demo, gone in production."""

import pytest
from django.core import mail
from django.urls import reverse

from config.demo_history.people import PERSONAS, make_personas

pytestmark = pytest.mark.django_db


@pytest.fixture
def demo(settings):
    settings.DEMO = True
    return make_personas()


@pytest.mark.parametrize("persona", [p for p in PERSONAS if p.code != "staff"], ids=lambda p: p.code)
def test_one_click_logs_in(client, demo, persona):
    answer = client.post(reverse("local:demo-login", args=[persona.code]))
    assert (answer.status_code, answer.url) == (302, persona.start)
    assert client.session["_auth_user_id"] == str(demo[persona.code].pk)


def test_platform_staff_is_still_asked_for_the_second_factor(client, demo):
    answer = client.post(reverse("local:demo-login", args=["staff"]))
    assert answer.url == reverse("mfa_authenticate")
    assert "_auth_user_id" not in client.session
    page = client.get(reverse("local:demo"))
    client.post(reverse("mfa_authenticate"), {"code": page.context["authenticator_code"]})
    assert client.session["_auth_user_id"] == str(demo["staff"].pk)


def test_a_log_in_by_link_is_refused(client, demo):
    assert client.get(reverse("local:demo-login", args=["owner"])).status_code == 405
    assert client.post(reverse("local:demo-login", args=["nobody"])).status_code == 404
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("name", ["demo", "outbox"])
def test_in_production_there_is_no_such_page(client, settings, name):
    settings.PRODUCTION = True
    assert client.get(reverse(f"local:{name}")).status_code == 404


def test_the_outbox_shows_what_was_kept(client, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    assert "No message yet" in client.get(reverse("local:outbox")).text
    settings.MAILERS = {
        "default": {
            "BACKEND": "django.core.mail.backends.filebased.EmailBackend",
            "OPTIONS": {"file_path": str(tmp_path / "mail")},
        }
    }
    mail.send_mail("Your code", "It is 123456 <b>", None, ["mai@demo.example"])
    (file,) = (tmp_path / "mail").iterdir()
    file.write_bytes(file.read_bytes() + file.read_bytes().replace(b"123456", b"345678"))
    (tmp_path / "sms").mkdir()
    (tmp_path / "sms" / "1.log").write_text("To: +3725551234\n\nYour code is 654321.\n")
    page = client.get(reverse("local:outbox")).text
    for shown in (
        "Your code",
        "It is 123456 &lt;b&gt;",
        "mai@demo.example",
        "+3725551234",
        "Your code is 654321.",
        "It is 345678",
    ):
        assert shown in page
