"""A member's privacy page: one click for a yes, one for a no, and everything told in words."""

import json
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from members.domain import consent, notices
from members.domain.view_log import log_view
from members.models import ConsentEvent, ViewLog
from members.queries.consent import may_contact
from members.queries.receipts import acts
from tests.members.asking import (
    BOXES,
    FITTING,
    NEWS_MAIL,
    NEWS_SMS,
    answer,
    at_the_till,
    context,
    herself,
    key,
)
from tests.pages import actions, links, select, texts
from tests.world import NOW


@pytest.fixture
def mia(world, client):
    client.force_login(world.member_user)
    return client


def url(name, **kwargs):
    return reverse(f"members:{name}", kwargs={"business": "luna"} | kwargs)


class Forms(HTMLParser):
    """The forms of a page: where each posts to, what it sends, and the states of its switches."""

    def __init__(self, html):
        super().__init__()
        self.found = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag == "form":
            self.found.append({"action": attrs.get("action"), "data": {}, "switch": None, "boxes": []})
        elif not self.found:
            return
        elif tag == "input" and attrs.get("type") == "hidden":
            self.found[-1]["data"][attrs["name"]] = attrs["value"]
        elif tag == "input":
            self.found[-1]["boxes"].append(attrs)
        elif attrs.get("role") == "switch":
            self.found[-1]["switch"] = attrs["aria-checked"]

    def of(self, world, box):
        """Return the forms for one box."""
        purpose, channel = key(world.member, box)
        return [form for form in self.found if form["data"].get("box") == f"consent-{purpose}-{channel}-1"]


def switches(client, world, box):
    return Forms(client.get(url("privacy")).content.decode()).of(world, box)


class TestSwitches:
    def test_nothing_is_on_before_the_member_says_so(self, world, mia):
        page = mia.get(url("privacy"))
        assert {switch["aria-checked"] for switch in select(page, "[role=switch]")} == {"false"}
        assert not select(page, "[checked]")
        assert not ConsentEvent.objects.exists()

    def test_a_yes_and_a_no_are_one_click_each_on_the_same_switch(self, world, mia):
        clicks = {}
        for step, state in (("give", "false"), ("withdraw", "true")):
            (form,) = switches(mia, world, NEWS_MAIL)
            assert form["switch"] == state
            clicks[step] = 1
            response = mia.post(form["action"], form["data"])
            assert (response.status_code, response.url) == (302, url("privacy"))
            assert may_contact(world.member, *NEWS_MAIL) == (step == "give")
        assert clicks["withdraw"] <= clicks["give"]
        assert [event.kind for event in ConsentEvent.objects.order_by("pk")] == ["given", "confirmed", "withdrawn"]

    def test_what_the_counter_noted_waits_for_one_click(self, world, mia):
        at_the_till(world, {FITTING: True})
        yes, no = switches(mia, world, FITTING)
        assert (yes["data"]["answer"], no["data"]["answer"]) == ("yes", "no")
        assert not may_contact(world.member, *FITTING)
        mia.post(yes["action"], yes["data"])
        assert may_contact(world.member, *FITTING)

    def test_a_channel_without_an_address_cannot_be_switched_on_but_always_off(self, world, mia):
        assert switches(mia, world, NEWS_SMS) == []
        answer(world.member, {NEWS_SMS: True})
        (form,) = switches(mia, world, NEWS_SMS)
        assert form["data"]["answer"] == "no"

    def test_everything_is_taken_back_at_once(self, world, mia):
        assert url("privacy-stop") not in actions(mia.get(url("privacy")))
        answer(world.member, {NEWS_MAIL: True, FITTING: True})
        assert url("privacy-stop") in actions(mia.get(url("privacy")))
        assert mia.post(url("privacy-stop")).status_code == 302
        assert not any(may_contact(world.member, *box) for box in BOXES)

    @pytest.mark.parametrize(
        "data", [{}, {"box": "consent-999-email", "answer": "yes"}, {"box": "consent", "answer": "no"}]
    )
    def test_what_is_not_asked_is_refused_and_writes_nothing(self, mia, data):
        response = mia.post(url("privacy-answer"), data)
        assert response.status_code == 422
        assert "Please look again at what is asked now" in response.content.decode()
        assert not ConsentEvent.objects.exists()

    def test_words_or_a_notice_that_changed_meanwhile_are_looked_at_again(self, world, mia):
        (form,) = switches(mia, world, NEWS_MAIL)
        details = replace(notices.starter_details(world.business), text="New.")
        notices.publish(business=world.business, language="en", details=details, by=world.at_console(), at=NOW)
        assert mia.post(form["action"], form["data"]).status_code == 422
        (form,) = switches(mia, world, NEWS_MAIL)
        purpose = world.business.purposes.get(code="news")
        words = notices.Words("en", "News", "Other words {channel}.")
        notices.reword(purpose=purpose, words=words, by=world.at_console(), at=NOW)
        assert mia.post(form["action"], form["data"]).status_code == 422
        assert not ConsentEvent.objects.exists()

    def test_a_switch_turned_on_ten_times_within_a_day_stays_off(self, world, mia):
        for _turn in range(10):
            answer(world.member, {NEWS_MAIL: True}, at=timezone.now())
            answer(world.member, {NEWS_MAIL: False}, at=timezone.now())
        (form,) = switches(mia, world, NEWS_MAIL)
        response = mia.post(form["action"], form["data"])
        assert response.status_code == 422
        assert "You can do so again tomorrow" in response.content.decode()
        assert not may_contact(world.member, *NEWS_MAIL)

    def test_what_another_business_asks_is_refused(self, world, mia):
        purpose, channel = key(world.other_member, NEWS_MAIL)
        box = {"box": f"consent-{purpose}-{channel}-1", "answer": "yes", "notice": 1}
        response = mia.post(url("privacy-answer"), box)
        assert response.status_code == 422
        assert not ConsentEvent.objects.exists()

    def test_an_answer_without_a_page_change_gets_the_part(self, world, mia):
        (form,) = switches(mia, world, NEWS_MAIL)
        response = mia.post(form["action"], form["data"], headers={"HX-Request": "true"})
        html = response.content.decode()
        assert response.status_code == 200
        assert html.lstrip().startswith('<div class="stack loose" id="choices">')
        assert not select(html, "html")
        assert select(html, "[role=switch][aria-checked=true]")
        assert texts(html, "#messages[hx-swap-oob] [data-toast] p") == ["Saved."]

    def test_where_the_answer_came_from_is_kept(self, world, mia):
        (form,) = switches(mia, world, NEWS_MAIL)
        mia.post(form["action"], form["data"], headers={"User-Agent": "Firefox"}, REMOTE_ADDR="198.51.100.4")
        event = ConsentEvent.objects.first()
        assert (event.ip, event.user_agent, event.actor) == ("198.51.100.4", "Firefox", "member")
        name, digest = event.form_version.split("@")
        assert (name, len(digest)) == ("portal/privacy.html", 16)


class TestHistory:
    def test_every_answer_is_told_with_its_words_its_receipt_and_its_notice(self, world, mia):
        at_the_till(world, {NEWS_MAIL: True, NEWS_SMS: False})
        page = mia.get(url("privacy"))
        assert texts(page, ".answers [lang]") == [event.wording for event in acts(world.member)[0].lines]
        assert url("receipt", receipt=acts(world.member)[0].first.receipt_id) in links(page)
        assert url("notice-version", version=1) in links(page)

    def test_an_answer_at_the_counter_is_told_with_who_noted_it(self, world, mia):
        at_the_till(world, {NEWS_MAIL: True})
        assert texts(mia.get(url("privacy")), ".event-meta")[0] == "At the counter · Cleo"

    def test_that_nobody_looked_is_told(self, mia):
        assert "Nobody has opened your record so far" in mia.get(url("privacy")).content.decode()

    def test_who_looked_is_told(self, world, mia):
        log_view(member=world.member, user=world.cashier, business=world.business, page="members:counter-x", at=NOW)
        assert texts(mia.get(url("privacy")), ".looks li")[0].startswith("Cleo")

    def test_looking_at_ones_own_page_is_not_noted_and_writes_nothing(self, world, mia):
        mia.get(url("privacy"))
        assert not ViewLog.objects.exists()
        assert not ConsentEvent.objects.exists()

    def test_long_histories_show_the_newest_ten_first(self, world, mia):
        for n in range(13):
            answer(world.member, {NEWS_MAIL: n % 2 == 0}, at=NOW + timedelta(days=n))
        page = mia.get(url("privacy"))
        assert (len(select(page, ".event-title")), texts(page, "a[href=?all=1]")) == (10, ["3 older answers"])
        assert len(select(mia.get(url("privacy") + "?all=1"), ".event-title")) == 13

    @pytest.mark.parametrize("count", [1, 3])
    def test_the_page_takes_as_many_queries_for_many_answers(self, world, mia, count, django_assert_num_queries):
        for n in range(count):
            answer(world.member, {NEWS_MAIL: n % 2 == 0}, at=NOW + timedelta(days=n))
            log_view(member=world.member, user=world.cashier, business=world.business, page="counter", at=NOW)
        mia.get(url("privacy"))
        with django_assert_num_queries(12):
            mia.get(url("privacy"))


class TestReceipts:
    def test_a_receipt_says_all_that_was_shown(self, world, mia):
        answer(world.member, dict.fromkeys(BOXES, False) | {NEWS_MAIL: True})
        receipt = acts(world.member)[0].first.receipt_id
        page = mia.get(url("receipt", receipt=receipt))
        shown = ConsentEvent.objects.filter(receipt_id=receipt, kind__in=("given", "refused")).order_by("pk")
        assert set(texts(page, ".answers p[lang]")) == {event.wording for event in shown}
        assert {"1 High Street", "hello@luna.example", str(receipt)} <= set(texts(page, "dd"))

    def test_the_json_is_a_file(self, world, mia):
        answer(world.member, {NEWS_MAIL: True})
        receipt = acts(world.member)[0].first.receipt_id
        response = mia.get(url("receipt-json", receipt=receipt))
        assert response["Content-Disposition"] == f'attachment; filename="consent-{receipt}.json"'
        assert json.loads(response.content)["receipt_id"] == str(receipt)

    def test_nobody_else_reads_it(self, world, client):
        answer(world.other_member, {NEWS_MAIL: True})
        receipt = acts(world.other_member)[0].first.receipt_id
        for user in (world.member_user, world.owner, world.stranger):
            client.force_login(user)
            for name in ("receipt", "receipt-json"):
                assert client.get(url(name, receipt=receipt)).status_code == 404


class TestNotice:
    def publish(self, world):
        details = replace(notices.starter_details(world.business), text="## New <b>\n- text")
        notices.publish(business=world.business, language="en", details=details, by=world.at_console(), at=NOW)

    def test_what_holds_now_is_shown(self, world, client):
        self.publish(world)
        page = client.get(url("notice"))
        assert texts(page, "article.prose h2") == ["New <b>"]
        assert (page.context["notice"].version, page.context["is_current"]) == (2, True)

    def test_an_old_version_stays_as_it_was(self, world, client):
        before = texts(client.get(url("notice")), "article.prose")
        self.publish(world)
        assert texts(client.get(url("notice-version", version=1)), "article.prose") == before

    def test_an_old_version_says_so_and_leads_to_the_new(self, world, client):
        assert not select(client.get(url("notice-version", version=1)), ".notice.warn")
        self.publish(world)
        page = client.get(url("notice-version", version=1))
        assert "This is an older version" in texts(page, ".notice.warn")[0]
        assert url("notice-version", version=2) in links(page)

    def test_a_version_that_never_was(self, client, world):
        assert client.get(url("notice-version", version=10**30)).status_code == 404

    def test_a_visitor_reads_it_in_a_language_that_is_there(self, world, client):
        page = client.get(url("notice"), headers={"Accept-Language": "hu"})
        assert select(page, "article.prose[lang=en]")


def test_withdrawing_needs_the_form_of_the_page(world):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(world.member_user)
    answer(world.member, {NEWS_MAIL: True})
    assert strict.post(url("privacy-stop")).status_code == 403
    assert may_contact(world.member, *NEWS_MAIL)
    consent.withdraw_all(member=world.member, context=context(), by=herself(world.member), at=NOW)
    assert not may_contact(world.member, *NEWS_MAIL)
