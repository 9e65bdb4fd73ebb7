"""Encrypts the seeds of second factors that lay in clear; backwards puts them back."""

from collections.abc import Callable

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from loyalty import factor_secrets
from loyalty.engine import encryption


def _change(apps: Apps, change: Callable[[str], str]) -> None:
    factors = apps.get_model("mfa", "Authenticator").objects.exclude(type="webauthn")
    for factor in factors.only("pk", "data").iterator():
        factor.data = factor_secrets.changed(factor.data, change)
        factor.save(update_fields=["data"])


def encrypt(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    _change(apps, factor_secrets.encrypted_anew)


def decrypt(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    _change(apps, lambda text: factor_secrets.decrypt(text) if encryption.is_encrypted(text) else text)


class Migration(migrations.Migration):
    dependencies = [("loyalty", "0008_try_counts"), ("mfa", "0003_authenticator_type_uniq")]

    operations = [migrations.RunPython(encrypt, decrypt, elidable=True)]
