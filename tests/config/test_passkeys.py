"""What a browser says that a key answered: whatever it is, it lets nobody in and breaks no page."""

import json

import pytest
from django.test import Client
from django.urls import reverse

from tests.fuzz.values import VALUES
from tests.plugins.signing_in import show
from tests.world import World

pytestmark = pytest.mark.django_db

NO_KEY = {"id": "AA", "rawId": "AA", "type": "public-key", "response": {"clientDataJSON": "AA", "userHandle": "AA"}}
ANSWERS = [
    *VALUES, "[" * 5000, '{"a":' * 5000, "9" * 5000, "1e999", "0", "false", "0.0", '"\\ud800"', json.dumps(NO_KEY),
    json.dumps({**NO_KEY, "id": 7}), json.dumps({**NO_KEY, "response": []}), json.dumps({**NO_KEY, "response": 7}),
    json.dumps({**NO_KEY, "response": {"clientDataJSON": "%%%", "attestationObject": "oA", "signature": "A",
                                       "authenticatorData": "AAAA", "userHandle": "OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk"}}),
]  # fmt: skip


@pytest.mark.parametrize("name", ["mfa_login_webauthn", "mfa_add_webauthn"])
def test_no_answer_breaks_a_page(world: World, client: Client, name: str) -> None:
    if name == "mfa_add_webauthn":
        client.force_login(world.owner)
        show(client, world.owner, "mfa")
    client.get(reverse(name))
    sent = [answer.encode(errors="replace").decode() for answer in ANSWERS]
    answers = [client.post(reverse(name), {"credential": answer, "name": "Key"}).status_code for answer in sent]
    assert set(answers) <= {200, 302, 429}
    assert world.owner.authenticator_set.count() == 0
