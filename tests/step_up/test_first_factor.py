"""Platform staff get their first factor only with a fresh code, and the others are told."""

from datetime import UTC, datetime

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.test import Client

from loyalty.models import AuditEvent, OutboxMessage
from tests.plugins.signing_in import let_lapse, show
from tests.step_up.codes import CODE, prove
from tests.world import World, make_user

pytestmark = pytest.mark.django_db(transaction=True)
SET_UP = "/accounts/2fa/totp/activate/"


@pytest.fixture
def petra(client: Client, world: World) -> Client:
    """The browser of platform staff without a factor, a quarter of an hour after the log-in."""
    make_user("paul", is_staff=True, is_superuser=True)
    client.force_login(world.platform)
    let_lapse(client)
    return client


def enrol(client: Client) -> None:
    """Set up an authenticator app as its page says."""
    client.get(SET_UP)
    secret = client.session["mfa.totp.secret"]
    code = format_hotp_value(hotp_value(secret, int(datetime.now(UTC).timestamp()) // 30))
    client.post(SET_UP, {"code": code})


def told() -> list[str]:
    return list(OutboxMessage.objects.filter(purpose="log_in.first_factor").values_list("recipient", flat=True))


def test_an_old_log_in_enrols_nothing_and_nobody_is_told(petra: Client, world: World) -> None:
    assert petra.get(SET_UP).url.startswith(CODE)
    assert petra.post(SET_UP, {"code": "000000"}).url.startswith(CODE)
    assert not world.platform.authenticator_set.exists()
    assert told() == []


def test_with_a_fresh_code_the_first_factor_is_added_and_the_others_are_told(petra: Client, world: World) -> None:
    prove(petra, petra.get(SET_UP).url)
    enrol(petra)
    assert world.platform.authenticator_set.filter(type="totp").count() == 1
    assert told() == ["paul@example.com"]
    event = AuditEvent.objects.get(verb="log_in.factor_added")
    assert (event.user, event.data) == (world.platform, {"told": 1})


def test_of_a_second_factor_nobody_is_told(petra: Client, world: World) -> None:
    world.platform.authenticator_set.create(type="webauthn", data={"credential": {}, "name": "Key"})
    show(petra, world.platform, "mfa")
    enrol(petra)
    assert world.platform.authenticator_set.filter(type="totp").count() == 1
    assert told() == []


def test_of_an_owners_factor_nobody_is_told(client: Client, world: World) -> None:
    client.force_login(world.owner)
    enrol(client)
    assert world.owner.authenticator_set.filter(type="totp").count() == 1
    assert told() == []
