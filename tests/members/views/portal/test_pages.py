"""What a member sees: overview, history, card, profile, all shops."""

import json
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
from members.models import Member
from tests.members.newcomer import at_counter, last_code, words, wrong
from tests.pages import links, refused, select, texts, value_of
from tests.world import NOW, World


class TestTheOverview:
    def test_the_way_to_the_next_reward_is_told_in_words(self, world, mia):
        world.purchase(1200)
        page = mia.get("dashboard")
        assert texts(page, ".progress-words") == ["12 of 50 points – 38 to go for Free coffee"]  # noqa: RUF001
        [bar] = select(page, ".panel progress")
        assert (bar["value"], bar["max"]) == ("12", "50")

    def test_so_is_the_way_to_a_full_card(self, world, mia):
        world.purchase(1200)
        page = mia.get("dashboard")
        [goal] = [panel.goal for panel in page.context["dashboard"].panels if panel.stamps]
        assert (goal.have, goal.cost, goal.reward) == (1, 10, world.stamp_reward)
        assert "Free cake" in texts(page, ".panel .panel-words")[0]

    def test_what_happened_lately_says_what_came_of_it(self, world, mia):
        world.purchase(1200)
        assert texts(mia.get("dashboard"), ".event-amount") == ["+12 points · +1 stamp"]

    def test_everything_says_why(self, world, mia):
        world.purchase(1999)
        page = mia.get("dashboard")
        reasons = page.context["dashboard"].recent[0].row.why
        assert [(reason.title, reason.amount) for reason in reasons] == [
            ("1 point per 1.00", "19 points"),
            ("A stamp per visit", "1 stamp"),
        ]
        assert texts(page, ".event .why ol li") == [step for reason in reasons for step in reason.steps]

    def test_what_runs_out_is_told_day_by_day(self, world, mia):
        for number, day in enumerate((date(2030, 5, 31), date(2030, 4, 30))):
            booking = ledger.Booking(
                account=world.member.account, key=f"gift {number}", kind=PostingKind.GIFT, at=NOW, booked_at=NOW,
                by=world.at_console(),
            )  # fmt: skip
            ledger.award(booking, [ledger.AwardLine(world.points, 10 + number, day)])
        page = mia.get("dashboard")
        assert [leaf["datetime"] for leaf in select(page, "time.leaf")] == ["2030-04-30", "2030-05-31"]
        assert texts(page, ".leaves div strong") == ["11 points", "10 points"]

    def test_what_is_owed_is_shown(self, world, mia):
        recorded = world.purchase(6000)
        mia.post("redeem", {"key": "6f2d2a34-8f0c-4b43-9d39-0b7a5a3f7c11"}, reward=world.reward.public_id)
        refunds.refund(sale=recorded.sale, amount=6000, key="back", by=world.at_counter(), at=NOW, happened_at=NOW)
        [notice] = texts(mia.get("dashboard"), ".panel .notice.warn")
        assert notice == "50 points owed: a purchase was refunded after you had spent them. The next points pay it."

    def test_a_new_member_is_told_what_to_do_next(self, mia):
        page = mia.get("dashboard")
        assert texts(page, ".empty h3") == ["Your first visit is still to come"]
        assert {mia.url("card"), mia.url("claim")} <= links(page)

    def test_a_new_member_is_at_the_start_of_the_way(self, mia):
        [bar] = select(mia.get("dashboard"), ".panel progress")
        assert (bar["value"], bar["max"]) == ("0", "50")

    def test_a_full_card_is_full(self, world, mia):
        for _ in range(13):
            world.purchase(100)
        page = mia.get("dashboard")
        assert texts(page, ".panel-all") == ["1 full card: Free cake"]
        assert len(select(page, ".stamps .stamp-place.done")) == 3

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
        first = mia.get("activity")
        assert len(select(first, ".event")) == 20
        [older] = select(first, "a[rel=next]")
        second = mia.client.get(mia.url("activity") + older["href"])
        assert (len(select(second, ".event")), len(select(second, "a[rel=prev]"))) == (1, 1)

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
        page = mia.get("card")
        assert texts(page, ".card-number") == [grouped(world.member.account.card_code)]
        assert select(page, ".qr")

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
        assert value_of(mia.get("profile"), "name") == "Mia Moon"
        answer = mia.post("profile", {"name": " Mia  Sun ", "language": "et"})
        assert answer.url == mia.url("profile")
        assert answer.cookies["django_language"].value == "et"
        member = Member.objects.get(pk=world.member.pk)
        assert (member.name, member.search_name, member.language) == ("Mia Sun", "mia sun", "et")
        assert AuditEvent.objects.get(verb="member.changed").data == {"fields": ["name", "language"]}

    @pytest.mark.parametrize(
        ("field", "typed", "code"), [("name", "", "required"), ("language", "tlh", "invalid_choice")]
    )
    def test_what_cannot_be_is_refused(self, world, mia, field, typed, code):
        answer = mia.post("profile", {"name": "Mia", "language": "en", field: typed})
        assert (answer.status_code, refused(answer)) == (422, {field: [code]})
        assert Member.objects.get(pk=world.member.pk).name == "Mia Moon"

    def test_a_phone_is_kept_when_its_code_came_back(self, world, mia):
        assert mia.post("phone", {"phone": "+44 7400 123456"}).url == mia.url("phone-code")
        assert mia.post("phone-code", {"code": last_code()}).url == mia.url("profile")
        member = Member.objects.get(pk=world.member.pk)
        assert (member.phone, member.phone_tail) == ("+447400123456", "3456")

    def test_with_a_wrong_code_it_is_not_kept(self, world, mia):
        mia.post("phone", {"phone": "+44 7400 123456"})
        answer = mia.post("phone-code", {"code": wrong(last_code())})
        assert (answer.status_code, list(refused(answer))) == (422, ["code"])
        assert Member.objects.get(pk=world.member.pk).phone == ""

    def test_a_phone_is_taken_away_again(self, world, mia):
        Member.objects.filter(pk=world.member.pk).update(phone="+447400123456")
        assert mia.post("phone-remove").url == mia.url("profile")
        assert Member.objects.get(pk=world.member.pk).phone == ""

    def test_the_phone_of_another_member_stays_theirs(self, world, mia):
        other = at_counter(world, name="Bea", phone="+447400123456")
        mia.post("phone", {"phone": "+447400123456"})
        answer = mia.post("phone-code", {"code": last_code()})
        assert answer.status_code == 422
        assert "belongs to another membership here" in answer.content.decode()
        assert Member.objects.get(phone="+447400123456") == other

    def test_a_taken_and_a_free_number_look_the_same_until_the_code(self, world, mia):
        at_counter(world, name="Bea", phone="+447400123456")
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
        at_counter(world, name="Bea", email="new@example.com")
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
        page = mia.client.get("/my/")
        assert set(texts(page, ".shop h2")) == {"Café Luna", "Salon Sol"}
        assert {"12 points", "0 points"} <= set(texts(page, ".shop-balance"))

    def test_each_line_has_its_way_to_a_reward(self, world, mia):
        world.purchase(1200)
        page = mia.client.get("/my/")
        assert [(bar["value"], bar["max"]) for bar in select(page, ".shop-line progress")] == [
            ("12", "50"),
            ("1", "10"),
        ]
        assert ["Free coffee" in said for said in texts(page, ".shop-line .progress-words")] == [True, False]

    def test_somebody_without_a_shop_is_told_how_to_get_one(self, world):
        client = Client()
        client.force_login(world.stranger)
        page = client.get("/my/")
        assert texts(page, ".empty h2") == ["No shop yet"]

    @pytest.mark.parametrize("shops", [1, 2])
    def test_it_costs_the_same_however_many_there_are(self, world, mia, shops, django_assert_num_queries):
        if shops == 2:
            self.join_sol(world, world.other_business)
        with django_assert_num_queries(7):
            mia.client.get("/my/")


class TestThePublicPage:
    def test_it_says_how_it_works_with_an_example(self, world, mia):
        page = Client().get(mia.url("home"))
        assert texts(page, ".example-line") == ["€20.00 20 points + 1 stamp"]
        assert "After 3 such purchases you can take: Free coffee." in page.text

    def test_it_says_the_rules(self, mia):
        page = Client().get(mia.url("home"))
        assert texts(page, ".rules li") == page.context["front"].rules
        assert "€1.00" in texts(page, ".rules")[0]

    def test_it_says_where_the_shop_is(self, mia):
        page = Client().get(mia.url("home"))
        assert texts(page, ".contact li") == ["1 High Street", "hello@luna.example"]
        assert "mailto:hello@luna.example" in links(page)

    def test_it_can_be_shared(self, mia, settings):
        page = Client().get(mia.url("home"))
        about = {meta["property"]: meta["content"] for meta in select(page, "meta[property]")}
        assert select(page, "link[rel=canonical]")[0]["href"] == f"{settings.BASE_URL}/luna/"
        assert about["og:title"] == "Café Luna"
        assert about["og:image"] == f"{settings.BASE_URL}/luna/icon-512.png"

    def test_a_member_is_led_to_the_overview(self, mia):
        found = links(mia.get("home"))
        assert (mia.url("dashboard") in found, mia.url("join") in found) == (True, False)

    def test_who_works_there_is_a_customer_on_these_pages(self, world, mia):
        mia.client.force_login(world.cashier)
        assert mia.get("home").status_code == 200
        assert mia.get("dashboard").status_code == 404
