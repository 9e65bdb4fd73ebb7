import re
from typing import Any

import pytest
from django.test import Client

from loyalty import activity
from loyalty.models import AuditEvent
from tests.laws.tree import APPS, files
from tests.world import World

pytestmark = pytest.mark.django_db
ACTIVITY = "/console/luna/activity/"


def titles(page: str) -> list[str]:
    return re.findall(r'class="event-title">([^<]+)', page)


def test_acts_are_told_in_words_the_newest_first(owner: Client, world: World) -> None:
    world.purchase(1250)
    page = owner.get(ACTIVITY).content.decode()
    assert titles(page)[0] == "Purchase recorded"
    assert ("€12.50" in page, "Cleo (Cashier) · as Cashier" in page, "Free coffee" in page) == (True, True, True)
    assert "Salon Sol" not in page


def test_purposes_go_by_their_name_and_not_by_their_code(owner: Client) -> None:
    page = owner.get(ACTIVITY).content.decode()
    assert ("Offers that fit me" in page, "personal-offers" in page) == (True, False)


def test_members_are_not_named(owner: Client) -> None:
    page = owner.get(ACTIVITY).content.decode()
    assert ("Membership claimed" in page, "A member" in page) == (True, True)
    assert ("Mia" in page, "mia@" in page) == (False, False)


def test_it_is_narrowed_to_a_person_and_a_kind(owner: Client, world: World) -> None:
    world.purchase()
    person = world.cashier_role.public_id
    mine = titles(owner.get(ACTIVITY, {"person": person}).content.decode())
    assert sorted(set(mine)) == ["Member enrolled", "Purchase recorded"]
    assert titles(owner.get(ACTIVITY, {"person": person, "kind": "sale"}).content.decode()) == ["Purchase recorded"]
    nothing = owner.get(ACTIVITY, {"person": person, "kind": "import"}).content.decode()
    assert (titles(nothing), "Nothing like that" in nothing) == ([], True)


@pytest.mark.parametrize("query", ["person=x", "kind=sale.", "kind=%25", "before=x", "after=9-9", "before=" + "9" * 40])
def test_nonsense_in_the_address_shows_everything(owner: Client, query: str) -> None:
    answer = owner.get(f"{ACTIVITY}?{query}")
    assert (answer.status_code, "Business opened" in answer.content.decode()) == (200, True)


def test_long_lists_come_in_pages_that_keep_the_choice(owner: Client, world: World) -> None:
    for _ in range(41):
        world.purchase()
    first = owner.get(ACTIVITY, {"kind": "sale"}).content.decode()
    older = re.search(r'rel="next" href="([^"]+)"', first)
    assert (len(titles(first)), older is not None) == (40, True)
    second = owner.get(ACTIVITY + older.group(1).replace("&amp;", "&")).content.decode()
    assert (titles(second), "kind=sale" in second) == (["Purchase recorded"], True)


@pytest.mark.parametrize("more", [1, 3])
def test_the_page_asks_the_same_however_long_it_is(
    owner: Client, world: World, more: int, django_assert_num_queries: Any
) -> None:
    for _ in range(more):
        world.purchase()
    with django_assert_num_queries(5):
        owner.get(ACTIVITY, {"kind": "sale"})


def test_htmx_gets_the_list_alone(owner: Client) -> None:
    part = owner.get(ACTIVITY, headers={"HX-Request": "true"}).content.decode()
    assert ("<html" in part, 'id="list"' in part) == (False, True)


def test_every_act_has_words(world: World) -> None:
    """An act that a domain records, and that no app's verbs.py knows, would be shown by its code name."""
    world.purchase()
    topics = activity.topics()
    sources = [file.read_text() for file in files(".py", places=APPS) if "/domain/" in str(file)]
    written = {verb for source in sources for verb in re.findall(r'"([a-z]+\.[a-z_]+)"', source)}
    recorded = {verb for source in sources for verb in re.findall(r'verb="([a-z]+\.[a-z_]+)"', source)}
    recorded |= {verb for verb in written if verb.partition(".")[0] in topics}
    assert {verb for verb in recorded if activity.words_for(verb)[0] == activity.UNKNOWN} == NO_ACTS
    used = set(AuditEvent.objects.values_list("verb", flat=True))
    assert {verb for verb in used if activity.words_for(verb)[0] == activity.UNKNOWN} == set()


# Purposes of mails, and columns, which look like acts; and acts of the whole site, which no business reads.
NO_ACTS = {
    "backup.restored", "consent.confirm", "expiry.warning", "factors.rekeyed", "job.run_by_hand", "sale.id",
}  # fmt: skip
