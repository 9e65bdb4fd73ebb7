"""Health and maintenance."""

import pytest
from django.db import DatabaseError


@pytest.mark.django_db
def test_a_sound_installation_is_healthy(client):
    answer = client.get("/health/")
    assert (answer.status_code, answer.text) == (200, "ok")


def test_without_a_database_it_is_not(client, monkeypatch):
    def refuse():
        raise DatabaseError

    monkeypatch.setattr("config.health.connection.cursor", refuse)
    assert client.get("/health/").status_code == 503


@pytest.mark.django_db
def test_maintenance_answers_every_page_but_health(client, settings):
    settings.MAINTENANCE = True
    answer = client.get("/")
    assert (answer.status_code, answer["Retry-After"]) == (503, "300")
    assert client.get("/health/").status_code == 200
