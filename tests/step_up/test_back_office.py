"""The back office is open for fifteen minutes after the second factor was shown."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.test import Client
from django.urls import reverse

from tests.plugins.signing_in import show
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(client: Client, world: World) -> Client:
    """The browser of platform staff with a factor."""
    TOTP.activate(world.platform, generate_totp_secret())
    client.force_login(world.platform)
    return client


def test_it_is_open_for_fifteen_minutes_after_the_factor(staff: Client, world: World) -> None:
    show(staff, world.platform, "mfa")
    assert staff.get("/admin/").status_code == 200
    with time_machine.travel(datetime.now(UTC) + timedelta(seconds=901)):
        assert staff.get("/admin/").url == "/accounts/2fa/reauthenticate/?next=%2Fadmin%2F"


def test_a_code_by_mail_does_not_open_it(staff: Client, world: World) -> None:
    assert staff.get("/admin/").status_code == 302


def test_a_form_that_comes_too_late_waits_and_nothing_is_done(staff: Client, world: World) -> None:
    show(staff, world.platform, "mfa", ago=901)
    form = {"action": "close_log_ins", "_selected_action": [world.stranger.pk]}
    assert staff.post(reverse("admin:loyalty_user_changelist"), form).url.startswith("/accounts/2fa/")
    world.stranger.refresh_from_db()
    assert world.stranger.is_active


def test_and_is_done_once_the_factor_is_shown(client: Client, world: World) -> None:
    secret = generate_totp_secret()
    TOTP.activate(world.platform, secret)
    client.force_login(world.platform)
    form = {"action": "close_log_ins", "_selected_action": [world.stranger.pk]}
    where = client.post(reverse("admin:loyalty_user_changelist"), form).url
    code = format_hotp_value(hotp_value(secret, int(datetime.now(UTC).timestamp()) // 30))
    client.post(where, {"code": code})
    world.stranger.refresh_from_db()
    assert not world.stranger.is_active


def test_signing_out_asks_for_nothing(staff: Client, world: World) -> None:
    show(staff, world.platform, "mfa", ago=901)
    assert "2fa" not in staff.post(reverse("admin:logout")).get("Location", "")
