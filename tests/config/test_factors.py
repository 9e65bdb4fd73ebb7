"""Seeds of second factors lie encrypted, work as before, and follow the secret key when it is changed."""

import time
from importlib import import_module
from io import StringIO
from pkgutil import iter_modules
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.apps import apps
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.urls import reverse

import loyalty.migrations
from loyalty.engine.encryption import is_encrypted
from loyalty.models import AuditEvent
from tests.world import World

pytestmark = pytest.mark.django_db

MIGRATION = next(
    import_module(f"loyalty.migrations.{module.name}")
    for module in iter_modules(loyalty.migrations.__path__)
    if module.name.endswith("_encrypted_factor_secrets")
)
NEW = "n" * 50


@pytest.fixture
def seed(world: World) -> str:
    """The seed of the owner's app; she has recovery codes, too."""
    secret = generate_totp_secret()
    TOTP.activate(world.owner, secret)
    RecoveryCodes.activate(world.owner)
    return secret


def figures(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def rows() -> str:
    """All that the table of factors holds, as a backup has it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT CAST(data AS text) FROM mfa_authenticator ORDER BY id")
        return " ".join(text for (text,) in cursor.fetchall())


def app(world: World) -> TOTP:
    return TOTP(Authenticator.objects.get(user=world.owner, type=Authenticator.Type.TOTP))


def codes(world: World) -> list[str]:
    row = Authenticator.objects.get(user=world.owner, type=Authenticator.Type.RECOVERY_CODES)
    return RecoveryCodes(row).get_unused_codes()


def test_no_seed_is_in_the_table(seed: str) -> None:
    assert seed not in rows()
    assert rows().count("aesgcm1:") == 2


def test_by_djangos_allauth_alone_it_would_be(world: World, settings: Any) -> None:
    settings.MFA_ADAPTER = "allauth.mfa.adapter.DefaultMFAAdapter"
    secret = generate_totp_secret()
    TOTP.activate(world.owner, secret)
    assert secret in rows()


def test_the_figures_of_the_app_count(world: World, seed: str) -> None:
    assert app(world).validate_code(figures(seed))


def show(client: Client, code: str) -> bool:
    """Type a code where the site asks once more; return whether it was taken."""
    return client.post(reverse("mfa_reauthenticate"), {"code": code}).status_code == 302


def test_the_figures_of_the_app_count_once_however_long_they_are_good(world: World, client: Client) -> None:
    secret = generate_totp_secret()
    TOTP.activate(world.owner, secret)
    client.force_login(world.owner)
    with time_machine.travel("2026-03-10T09:00:05Z", tick=False) as clock:
        code = figures(secret)
        assert show(client, code)
        cache.clear()  # what django-allauth remembers of it, for half a minute
        clock.shift(35)
        assert auth.validate_totp_code(secret, code)
        assert not show(client, code)
        assert show(client, figures(secret))


def test_by_djangos_allauth_alone_they_count_twice(world: World, client: Client, settings: Any) -> None:
    settings.MFA_FORMS = {}
    secret = generate_totp_secret()
    TOTP.activate(world.owner, secret)
    client.force_login(world.owner)
    with time_machine.travel("2026-03-10T09:00:05Z", tick=False) as clock:
        code = figures(secret)
        assert show(client, code)
        cache.clear()
        clock.shift(35)
        assert show(client, code)


def clear(world: World) -> tuple[str, str]:
    """Factors as an earlier version kept them; returns their seeds."""
    secret, other = generate_totp_secret(), RecoveryCodes.generate_seed()
    Authenticator.objects.create(user=world.owner, type="totp", data={"secret": secret})
    Authenticator.objects.create(user=world.owner, type="recovery_codes", data={"seed": other, "used_mask": 1})
    old = ["abc", "def"]
    Authenticator.objects.create(user=world.manager, type="recovery_codes", data={"migrated_codes": old})
    Authenticator.objects.create(user=world.owner, type="webauthn", data={"name": "key", "credential": {}})
    return secret, other


def test_the_migration_encrypts_what_is_clear_and_puts_it_back(world: World) -> None:
    secret, other = clear(world)
    before = rows()
    MIGRATION.encrypt(apps, None)
    assert [text for text in (secret, other, "abc", "def") if text in rows()] == []
    assert app(world).validate_code(figures(secret))
    assert len(codes(world)) == 9
    assert RecoveryCodes(Authenticator.objects.get(user=world.manager)).get_unused_codes() == ["abc", "def"]
    once = rows()
    MIGRATION.encrypt(apps, None)
    assert rows() == once
    MIGRATION.decrypt(apps, None)
    assert rows() == before


def test_a_new_key_reads_the_factors_while_the_old_one_is_told(world: World, seed: str, settings: Any) -> None:
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], NEW
    assert app(world).validate_code(figures(seed))


def test_rekey_brings_them_under_the_new_key(world: World, seed: str, settings: Any) -> None:
    before = codes(world)
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], NEW
    call_command("rekey", stdout=StringIO())
    settings.SECRET_KEY_FALLBACKS = []
    assert app(world).validate_code(figures(seed))
    assert codes(world) == before
    assert AuditEvent.objects.get(verb="factors.rekeyed").data == {"changed": 2, "unreadable": 0}


def test_rekey_a_second_time_changes_nothing(seed: str) -> None:
    before = rows()
    call_command("rekey", stdout=StringIO())
    assert rows() == before
    assert not AuditEvent.objects.filter(verb="factors.rekeyed").exists()


def test_rekey_leaves_what_it_cannot_read_and_says_so(seed: str, settings: Any) -> None:
    before = rows()
    settings.SECRET_KEY = NEW
    with pytest.raises(CommandError) as refused:
        call_command("rekey", stdout=StringIO())
    assert refused.value.returncode == 1
    assert rows() == before


def test_without_the_key_a_code_is_refused_with_a_sentence(world: World, seed: str, settings: Any) -> None:
    client = Client()
    client.force_login(world.owner)
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], NEW
    settings.SECRET_KEY_FALLBACKS = []
    client.force_login(world.owner)
    page = client.post(reverse("mfa_reauthenticate"), {"code": figures(seed)})
    assert (page.status_code, list(page.context["form"].errors)) == (200, ["code"])


def test_webauthn_is_left_as_it_is(world: World) -> None:
    clear(world)
    MIGRATION.encrypt(apps, None)
    key = Authenticator.objects.get(type="webauthn")
    assert key.data == {"name": "key", "credential": {}}
    assert not is_encrypted(key.data["name"])
