"""What a member sees: overview, history, card, profile, all shops."""

import json
import re
from datetime import date
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from loyalty.domain import ledger, refunds
from loyalty.engine.codes import grouped
from loyalty.models import AuditEvent, Business, OutboxMessage, PostingKind
from members.domain import enrolment, profile
from members.domain.enrolment import Person
from members.models import Member, MemberSource
from tests.members.newcomer import Newcomer, last_code, words, wrong
from tests.world import NOW, World

pytestmark = pytest.mark.django_db


@pytest.fixture
def mia(world: World) -> Newcomer:
    client = Client()
    client.force_login(world.member_user)
    return Newcomer(world.business, client)


def text(response) -> str:
    """What stands on the page, without tags, on one line."""

    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


class TestTheOverview:
    def test_the_way_to_the_next_reward_is_told_in_words(self, world, mia):
        world.purchase(1200)
        page = text(mia.get("dashboard"))
        assert "12 of 50 points – 38 to go for Free coffee" in page  # noqa: RUF001
        assert "1 of 10 stamps – 9 to go for Free cake" in page  # noqa: RUF001
        assert "+12 points · +1 stamp" in page

    def test_everything_says_why(self, world, mia):
        world.purchase(1999)
        page = text(mia.get("dashboard"))
        assert "1 point per 1.00 19 points €19.99 of this purchase counts." in page
        assert "1 point for every €1.00: 19.99 points. Rounded down to whole points." in page

    def test_what_runs_out_is_told_day_by_day(self, world, mia):
        for number, day in enumerate((date(2030, 5, 31), date(2030, 4, 30))):
            booking = ledger.Booking(
                account=world.member.account, key=f"gift {number}", kind=PostingKind.GIFT, at=NOW, booked_at=NOW,
                by=world.at_console(),
            )  # fmt: skip
            ledger.award(booking, [ledger.AwardLine(world.points, 10 + number, day)])
        page = text(mia.get("dashboard"))
        assert "Apr 30 11 points Good through Apr 30, 2030 May 31 10 points Good through May 31, 2030" in page

    def test_what_is_owed_is_shown(self, world, mia):
        recorded = world.purchase(6000)
        mia.post("redeem", {"key": "6f2d2a34-8f0c-4b43-9d39-0b7a5a3f7c11"}, reward=world.reward.public_id)
        refunds.refund(sale=recorded.sale, amount=6000, key="back", by=world.at_counter(), at=NOW, happened_at=NOW)
        page = text(mia.get("dashboard"))
        assert "50 points owed: a purchase was refunded after you had spent them. The next points pay it." in page

    def test_a_new_member_is_told_what_to_do_next(self, mia):
        page = text(mia.get("dashboard"))
        assert "Your first visit is still to come" in page
        assert "0 of 50 points – 50 to go for Free coffee" in page  # noqa: RUF001

    def test_a_full_card_is_full(self, world, mia):
        for _ in range(13):
            world.purchase(100)
        page = text(mia.get("dashboard"))
        assert "1 full card: Free cake" in page
        assert 'aria-label="3 of 10 stamps"' in mia.get("dashboard").content.decode()

    @pytest.mark.parametrize("number", [1, 3])
    def test_it_costs_the_same_however_much_there_is(self, world, mia, number, django_assert_num_queries):
        for _ in range(number):
            world.purchase(6000)
            mia.post("redeem", {"key": str(uuid4())}, reward=world.reward.public_id)
        with django_assert_num_queries(15):
            mia.get("dashboard")


class TestTheHistory:
    def test_it_goes_page_by_page(self, world, mia):
        for _ in range(21):
            world.purchase(1000)
        first = mia.get("activity").content.decode()
        assert first.count('class="event ') == 20
        link = first.split('rel="next" href="')[1].split('"')[0]
        second = mia.client.get(mia.url("activity") + link.replace("&amp;", "&")).content.decode()
        assert second.count('class="event ') == 1
        assert 'rel="prev"' in second

    @pytest.mark.parametrize("mark", ["x", "%00", "1-1", "-1", "9" * 40, "1-" + "9" * 18])
    def test_a_mark_that_makes_no_sense_shows_the_newest(self, world, mia, mark):
        world.purchase(1000)
        for name in ("before", "after"):
            assert mia.client.get(mia.url("activity") + f"?{name}={mark}").status_code == 200

    @pytest.mark.parametrize("number", [1, 3])
    def test_it_costs_the_same_however_long_it_is(self, world, mia, number, django_assert_num_queries):
        for _ in range(number):
            world.purchase(1000)
        with django_assert_num_queries(9):
            mia.get("activity")


class TestTheCard:
    def test_the_code_is_there_to_be_read_out(self, world, mia):
        page = mia.get("card").content.decode()
        assert grouped(world.member.account.card_code) in page
        assert 'class="qr"' in page

    def test_the_manifest_opens_the_card(self, mia):
        answer = Client().get(mia.url("manifest"))
        described = json.loads(answer.content)
        assert answer["Content-Type"] == "application/manifest+json"
        assert (described["name"], described["start_url"]) == ("Café Luna", "/luna/my/card/")
        assert {icon["sizes"] for icon in described["icons"]} >= {"192x192", "512x512"}

    def test_the_icon_is_a_picture_of_that_size(self, mia):
        from io import BytesIO

        from PIL import Image

        picture = Image.open(BytesIO(mia.get("app-icon", size=192).content))
        assert (picture.format, picture.size) == ("PNG", (192, 192))

    def test_the_worker_watches_over_the_whole_site(self):
        answer = Client().get(reverse("members:service-worker"))
        assert reverse("members:service-worker") == "/sw.js"
        assert answer["Content-Type"] == "text/javascript"
        assert answer.content.decode() == 'importScripts("/static/js/sw.js");\n'


class TestTheProfile:
    def test_name_and_language_change(self, world, mia):
        assert "Mia Moon" in mia.get("profile").content.decode()
        answer = mia.post("profile", {"name": " Mia  Sun ", "language": "et"})
        assert answer.url == mia.url("profile")
        assert answer.cookies["django_language"].value == "et"
        member = Member.objects.get(pk=world.member.pk)
        assert (member.name, member.search_name, member.language) == ("Mia Sun", "mia sun", "et")
        assert AuditEvent.objects.get(verb="member.changed").data == {"fields": ["name", "language"]}

    @pytest.mark.parametrize("data", [{"name": "", "language": "en"}, {"name": "Mia", "language": "tlh"}])
    def test_what_cannot_be_is_refused(self, world, mia, data):
        assert mia.post("profile", data).status_code == 422
        assert Member.objects.get(pk=world.member.pk).name == "Mia Moon"

    def test_a_phone_is_kept_when_its_code_came_back(self, world, mia):
        assert mia.post("phone", {"phone": "+44 7400 123456"}).url == mia.url("phone-code")
        sent = last_code()
        answer = mia.post("phone-code", {"code": wrong(sent)})
        assert (answer.status_code, "4 tries are left." in answer.content.decode()) == (422, True)
        assert mia.post("phone-code", {"code": sent}).url == mia.url("profile")
        member = Member.objects.get(pk=world.member.pk)
        assert (member.phone, member.phone_tail) == ("+447400123456", "3456")
        assert mia.post("phone-remove").url == mia.url("profile")
        assert Member.objects.get(pk=world.member.pk).phone == ""

    def test_the_phone_of_another_member_stays_theirs(self, world, mia):
        other = enrolment.enrol(
            business=world.business, person=Person(name="Bea", phone="+447400123456"), source=MemberSource.COUNTER,
            by=world.at_counter(), at=NOW,
        )  # fmt: skip
        mia.post("phone", {"phone": "+447400123456"})
        answer = mia.post("phone-code", {"code": last_code()})
        assert answer.status_code == 422
        assert "belongs to another membership here" in answer.content.decode()
        assert Member.objects.get(phone="+447400123456") == other

    def test_a_taken_and_a_free_number_look_the_same_until_the_code(self, world, mia):
        enrolment.enrol(
            business=world.business, person=Person(name="Bea", phone="+447400123456"), source=MemberSource.COUNTER,
            by=world.at_counter(), at=NOW,
        )  # fmt: skip
        pages = []
        for number in ("+447400123456", "+447400999999"):
            answer = mia.post("phone", {"phone": number})
            pages.append((answer.status_code, answer.url, words(mia.get("phone-code")).replace(number, "")))
        assert pages[0] == pages[1]
        assert OutboxMessage.objects.count() == 2

    def test_the_memberships_go_along_when_the_log_in_moves(self, world):
        moved = profile.follow_log_in(
            user=world.member_user, before="mia@example.com", after="new@example.com", by=world.at_console(), at=NOW
        )
        assert moved == 1
        assert Member.objects.get(pk=world.member.pk).email == "new@example.com"

    def test_they_stay_where_another_member_has_the_new_address(self, world):
        enrolment.enrol(
            business=world.business, person=Person(name="Bea", email="new@example.com"), source=MemberSource.COUNTER,
            by=world.at_counter(), at=NOW,
        )  # fmt: skip
        moved = profile.follow_log_in(
            user=world.member_user, before="mia@example.com", after="new@example.com", by=world.at_console(), at=NOW
        )
        assert moved == 0
        assert Member.objects.get(pk=world.member.pk).email == "mia@example.com"


class TestAllShops:
    def join_sol(self, world: World, business: Business) -> None:
        login = world.member_user
        enrolment.join(
            business=business, user=login, person=Person(name="Mia", email=login.email), by=world.at_console(), at=NOW
        )

    def test_each_shop_has_its_line(self, world, mia):
        self.join_sol(world, world.other_business)
        world.purchase(1200)
        page = text(mia.client.get("/my/"))
        assert "Café Luna" in page
        assert "12 points 38 to go for Free coffee" in page
        assert "Salon Sol" in page
        assert "0 points 50 to go for Free cut" in page

    def test_somebody_without_a_shop_is_told_how_to_get_one(self, world):
        client = Client()
        client.force_login(world.stranger)
        assert "No shop yet" in text(client.get("/my/"))

    @pytest.mark.parametrize("shops", [1, 2])
    def test_it_costs_the_same_however_many_there_are(self, world, mia, shops, django_assert_num_queries):
        if shops == 2:
            self.join_sol(world, world.other_business)
        with django_assert_num_queries(7):
            mia.client.get("/my/")


class TestThePublicPage:
    def test_it_says_how_it_works_with_an_example(self, world, mia):
        page = text(Client().get(mia.url("home")))
        assert "1 point for every €1.00 spent" in page
        assert "€20.00 20 points + 1 stamp" in page
        assert "After 3 such purchases you can take: Free coffee." in page
        assert "1 High Street" in page
        assert "hello@luna.example" in page

    def test_it_can_be_shared(self, mia, settings):
        page = Client().get(mia.url("home")).content.decode()
        assert f'<link rel="canonical" href="{settings.BASE_URL}/luna/">' in page
        assert '<meta property="og:title" content="Café Luna">' in page
        assert f'<meta property="og:image" content="{settings.BASE_URL}/luna/icon-512.png">' in page

    def test_a_member_is_led_to_the_overview(self, mia):
        page = mia.get("home").content.decode()
        assert "What I have collected" in page
        assert ">Join<" not in page

    def test_who_works_there_is_a_customer_on_these_pages(self, world, mia):
        mia.client.force_login(world.cashier)
        assert mia.get("home").status_code == 200
        assert mia.get("dashboard").status_code == 404
