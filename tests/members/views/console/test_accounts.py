"""Members' accounts in the console: found, read, taken away, each look noted."""

import csv
import io
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from loyalty.domain.accounts import open_account
from loyalty.engine.codes import grouped
from loyalty.models import Posting, User
from members.domain import enrolment
from members.domain.enrolment import Person
from members.models import Member, MemberSource, ViewLog
from rewards.domain import redemptions
from tests.members.counter import words
from tests.pages import links, select, texts
from tests.world import NOW, World, make_user, open_shop

MARCH = datetime(2026, 3, 10, 9, 30, tzinfo=UTC)


@dataclass
class Office:
    """A manager's browser in the console."""

    world: World
    user: User
    client: Client = field(default_factory=Client)

    def __post_init__(self) -> None:
        self.client.force_login(self.user)

    def url(self, name: str, **more: object) -> str:
        return reverse(f"members:console-{name}", kwargs={"business": self.world.business.slug, **more})

    def account(self, *, name: str = "account", query: str = "", of: Member | None = None) -> HttpResponse:
        public_id = (of or self.world.member).account.public_id
        return self.client.get(self.url(name, account=public_id) + query)

    def find(self, text: str) -> HttpResponse:
        return self.client.post(self.url("accounts"), {"q": text})

    def looks(self) -> list[tuple[str, int, str]]:
        return [
            (look.page.removeprefix("members:console-"), look.rows, look.member.name if look.member else "")
            for look in ViewLog.objects.order_by("pk").select_related("member")
        ]


def names(page: HttpResponse) -> list[str]:
    """Return whom a list shows."""
    return texts(page, ".accounts-who strong")


@pytest.fixture
def office(world: World) -> Office:
    return Office(world, world.manager)


def enrol(world: World, name: str, **more: str) -> Member:
    person = Person(name=name, **more)
    return enrolment.enrol(
        business=world.business, person=person, source=MemberSource.COUNTER, by=world.at_counter(), at=NOW
    )


class TestTheList:
    def test_everybody_stands_there_with_what_they_hold(self, world, office):
        world.purchase(6000)
        page = office.client.get(office.url("accounts"))
        assert texts(page, ".accounts-who") == ["Mia Moon m•••@example.com"]
        assert texts(page, ".accounts-held strong") == ["60 points", "1 stamp"]

    def test_reading_it_is_noted(self, office):
        office.client.get(office.url("accounts"))
        assert office.looks() == [("accounts", 1, "")]

    def test_a_card_without_a_person_is_there_too(self, world, office):
        account = open_account(business=world.business, at=NOW)
        page = office.client.get(office.url("accounts"))
        assert office.url("account", account=account.public_id) in links(page)
        assert grouped(account.card_code) in texts(page, ".accounts-who .muted")

    @pytest.mark.parametrize("text", ["mia", "Moon", "mia@example.com"])
    def test_somebody_is_found_by_what_one_knows(self, world, office, text):
        enrol(world, "Bea Beck", email="bea@example.com")
        assert names(office.find(text)) == ["Mia Moon"]
        assert office.looks() == [("accounts", 1, "")]

    def test_somebody_is_found_by_card(self, world, office):
        assert names(office.find(world.member.account.card_code)) == ["Mia Moon"]

    def test_nobody_is_found_where_nobody_is(self, office):
        assert "Nobody here has this name, number or address." in words(office.find("zzz"))
        assert office.looks() == []

    def test_a_live_search_answers_with_the_list_alone(self, office):
        answer = office.client.post(office.url("accounts"), {"q": "mia"}, headers={"HX-Request": "true"})
        assert answer.content.decode().strip().startswith('<div id="list"')

    def test_an_empty_house_says_how_to_begin(self, world):
        client = Client()
        client.force_login(open_shop(make_user("nina"), "New", "new").user)
        page = client.get(reverse("members:console-accounts", kwargs={"business": "new"}))
        assert "No members yet" in words(page)
        assert reverse("members:counter-enrol", kwargs={"business": "new"}) in links(page)

    def test_it_goes_page_by_page(self, world, office):
        for number in range(25):
            enrol(world, f"Guest {number}", email=f"g{number}@example.com")
        first = office.client.get(office.url("accounts"))
        assert len(names(first)) == 25
        [older] = select(first, "a[rel=next]")
        assert names(office.client.get(office.url("accounts") + older["href"])) == ["Mia Moon"]

    @pytest.mark.parametrize("number", [1, 3])
    def test_it_costs_the_same_however_many_they_are(self, world, office, number, django_assert_num_queries):
        for each in range(number):
            world.purchase(1000, member=enrol(world, f"Guest {each}", email=f"g{each}@example.com"))
        with django_assert_num_queries(9):
            office.client.get(office.url("accounts"))

    @pytest.mark.parametrize("number", [1, 3])
    def test_so_does_a_search(self, world, office, number, django_assert_num_queries):
        for each in range(number):
            world.purchase(1000, member=enrol(world, f"Guest {each}", email=f"g{each}@example.com"))
        with django_assert_num_queries(10):
            office.find("guest")


class TestAnAccount:
    @pytest.fixture
    def march(self, world, office) -> HttpResponse:
        """The statement of a month in which Mia earned 60 points and took a coffee."""
        by = replace(world.at_counter(), device="Firefox, Linux #3f9a")
        world.purchase(6000, at=MARCH)
        redemptions.redeem(reward=world.reward, account=world.member.account, key="taking", by=by, at=MARCH)
        return office.account(query="?unit=points&month=2026-03")

    def test_the_statement_reckons_from_opening_to_closing(self, march):
        assert texts(march, ".sums dd") == ["0", "+60", "\u221250", "10"]

    def test_the_statement_names_staff_and_device(self, march):
        assert "10:30 AM · Cleo · Counter · Firefox, Linux #3f9a" in texts(march, ".movement-what .muted")

    def test_the_statement_names_the_keys(self, march):
        keys = set(Posting.objects.values_list("key", flat=True))
        assert set(texts(march, ".movement .why code")) == keys

    def test_reading_it_is_noted(self, march, office):
        assert office.looks() == [("account", 1, "Mia Moon")]

    def test_a_new_account_has_no_statement_yet(self, office):
        page = office.account()
        assert page.context["statement"] is None
        assert texts(page, ".account-stats .stat-value") == ["0", "0"]

    def test_the_file_has_the_columns_of_the_staff(self, world, office):
        world.purchase(6000, at=MARCH)
        content = b"".join(office.account(name="account-csv").streaming_content).decode().removeprefix("\ufeff")
        head, points, _stamps = csv.reader(io.StringIO(content))
        assert head[-4:] == ["Door", "Staff", "Device", "Key"]
        assert points[-4:] == ["Counter", "Cleo", "", Posting.objects.get().key]

    @pytest.mark.parametrize("name", ["account-csv", "account-print"])
    def test_taking_it_away_is_noted(self, world, office, name):
        world.purchase(6000, at=MARCH)
        office.account(name=name)
        assert office.looks() == [("account", 1, "Mia Moon")]

    def test_it_prints(self, world, office):
        world.purchase(6000, at=MARCH)
        page = office.account(name="account-print", query="?month=2026-03")
        assert "March 2026" in texts(page, ".paper-statement h1")[0]

    def test_a_card_without_a_person_is_looked_at_without_a_note(self, world, office):
        account = open_account(business=world.business, at=NOW)
        assert office.client.get(office.url("account", account=account.public_id)).status_code == 200
        assert office.looks() == []

    @pytest.mark.parametrize("number", [1, 3])
    def test_it_costs_the_same_however_much_there_is(self, world, office, number, django_assert_num_queries):
        for _ in range(number):
            world.purchase(6000, at=MARCH)
            redemptions.redeem(
                reward=world.reward, account=world.member.account, key=str(uuid4()), by=world.at_counter(), at=MARCH
            )
        with django_assert_num_queries(16):
            office.account(query="?unit=points&month=2026-03")

    @pytest.mark.parametrize("months", [1, 3])
    def test_or_however_many_months(self, world, office, months, django_assert_num_queries):
        for month in range(1, months + 1):
            world.purchase(6000, at=datetime(2026, month, 5, tzinfo=UTC))
        with django_assert_num_queries(16):
            office.account(query="?unit=points&month=2026-01")
