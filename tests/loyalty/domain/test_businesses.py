from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile

from loyalty.domain import businesses
from loyalty.domain.actors import Actor
from loyalty.domain.businesses import BusinessDetails, JustOpened, SlugReserved, SlugTaken
from loyalty.models import AuditEvent, Business, Channel, Location, Role, StaffRole, User
from loyalty.models.businesses import RESERVED_SLUGS
from loyalty.queries.businesses import free_slug, is_free
from tests.world import NOW, World, make_user

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def world(world: World, media: Path) -> World:
    return world


def logo(name: str) -> ContentFile[bytes]:
    return ContentFile(b"drawn anew", name=name)


def details(slug: str, picture: ContentFile[bytes] | None = None) -> BusinessDetails:
    return BusinessDetails("Bar", slug, "VND", "Asia/Ho_Chi_Minh", "vi", country="VN", logo=picture)


def open_one(user: User, wanted: BusinessDetails, called: str = "") -> StaffRole:
    return businesses.open_business(details=wanted, by=Actor(Channel.CONSOLE, user), at=NOW, called=called)


def files(place: Path) -> list[str]:
    return sorted(path.name for path in place.rglob("*") if path.is_file())


def test_a_business_opens_with_an_owner_a_branch_and_a_logo(media: Path) -> None:
    user = make_user("ann")
    role = open_one(user, details("bar", logo("a.png")), "Ann at the bar")
    assert (role.user, role.role, role.display_name) == (user, Role.OWNER, "Ann at the bar")
    assert (role.business.currency, role.business.country, role.business.opened_at) == ("VND", "VN", NOW)
    assert [str(row) for row in Location.objects.all()] == ["Main shop"]
    assert (role.business.logo.name, files(media)) == ("logos/a.png", ["a.png"])
    assert AuditEvent.objects.filter(verb="business.opened", object_id=str(role.business.pk)).count() == 1


@pytest.mark.parametrize("slug", sorted(RESERVED_SLUGS))
def test_the_site_keeps_its_own_addresses(slug: str) -> None:
    with pytest.raises(SlugReserved):
        open_one(make_user("ann"), details(slug))
    assert Business.objects.count() == 0


def test_an_address_is_used_once(world: World, media: Path) -> None:
    with pytest.raises(SlugTaken):
        open_one(world.stranger, details("luna", logo("a.png")))
    assert (Business.objects.count(), files(media)) == (2, [])


def test_an_address_taken_at_the_same_moment_leaves_no_file(
    world: World, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the look and the writing somebody else takes the address: the database has the last word."""
    monkeypatch.setattr("django.db.models.query.QuerySet.exists", lambda _rows: False)
    with pytest.raises(SlugTaken):
        open_one(world.stranger, details("luna", logo("a.png")))
    assert (Business.objects.count(), files(media)) == (2, [])


def test_a_form_sent_twice_opens_one_business() -> None:
    ann = make_user("ann")
    first = open_one(ann, details("bar"))
    with pytest.raises(JustOpened) as again:
        open_one(ann, details("bar-2"))
    assert (again.value.role, Business.objects.count()) == (first, 1)
    open_one(make_user("bob"), details("bar-2"))
    businesses.open_business(details=details("bar-3"), by=Actor(Channel.CONSOLE, ann), at=NOW + businesses.MOMENT)
    assert Business.objects.count() == 3


def test_a_free_address_is_found(world: World) -> None:
    assert (is_free("luna"), is_free("console"), is_free("moon")) == (False, False, True)
    assert (free_slug("moon"), free_slug("luna"), free_slug("console")) == ("moon", "luna-2", "console-2")


def test_changes_are_written_and_named(world: World) -> None:
    changed = businesses.change_details(
        business=world.business, changes={"name": "Luna", "undo_minutes": 15, "tagline": "Hi"},
        by=world.at_console(), at=LATER,
    )  # fmt: skip
    assert (changed.name, changed.tagline) == ("Luna", "Hi")
    event = AuditEvent.objects.get(at=LATER)
    assert (event.verb, event.data) == (
        "business.changed",
        {"fields": ["name", "tagline"], "changes": {"name": ["Café Luna", "Luna"], "tagline": ["", "Hi"]}},
    )


def test_the_same_again_changes_nothing(world: World) -> None:
    businesses.change_details(business=world.business, changes={"name": "Café Luna"}, by=world.at_console(), at=LATER)
    assert not AuditEvent.objects.filter(at=LATER).exists()


@pytest.mark.parametrize("change", [{"slug": "x"}, {"currency": "USD"}])
def test_address_and_currency_stay(world: World, change: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        businesses.change_details(business=world.business, changes=change, by=world.at_console(), at=LATER)
    world.business.refresh_from_db()
    assert (world.business.slug, world.business.currency) == ("luna", "EUR")


@pytest.mark.django_db(transaction=True)
def test_an_old_logo_goes_with_the_new_one(media: Path) -> None:
    role = open_one(make_user("ann"), details("bar", logo("a.png")))
    by = Actor(Channel.CONSOLE, role.user, role)
    row = businesses.change_details(business=role.business, changes={"logo": logo("b.png")}, by=by, at=LATER)
    assert (row.logo.name, files(media)) == ("logos/b.png", ["b.png"])
    businesses.change_details(business=row, changes={"tagline": "Hi"}, by=by, at=LATER)
    assert files(media) == ["b.png"]
    row = businesses.change_details(business=row, changes={"logo": ""}, by=by, at=LATER)
    assert (bool(row.logo), files(media)) == (False, [])


def test_the_checklist_is_put_away_and_brought_back(world: World) -> None:
    hidden = businesses.show_checklist(business=world.business, shown=False, by=world.at_console(), at=LATER)
    assert hidden.checklist_hidden_at == LATER
    shown = businesses.show_checklist(business=world.business, shown=True, by=world.at_console(), at=LATER)
    assert shown.checklist_hidden_at is None
