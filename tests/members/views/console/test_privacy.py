"""The console's privacy pages: figures, answers, the proof, and who looked."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from django.urls import reverse

from members.domain import notices
from members.domain.enrolment import Person, enrol
from members.domain.view_log import log_view
from members.models import ConsentEvent, MemberSource, ViewLog
from tests.members.asking import BOXES, NEWS_MAIL, NEWS_SMS, answer, at_the_till, herself
from tests.pages import links, select, texts
from tests.world import NOW


@pytest.fixture
def max_(world, client):
    client.force_login(world.manager)
    return client


def url(name, **kwargs):
    return reverse(f"members:console-{name}", kwargs={"business": "luna"} | kwargs)


def crowd(world, count):
    people = [
        enrol(
            business=world.business, person=Person(f"Person {n}", email=f"p{n}@example.com"),
            source=MemberSource.PORTAL, by=herself(world.member), at=NOW,
        )
        for n in range(count)
    ]  # fmt: skip
    for n, person in enumerate(people):
        answer(person, {NEWS_MAIL: True}, at=NOW + timedelta(minutes=n))
    return people


class TestOverview:
    def test_it_counts_how_members_stand(self, world, max_):
        answer(world.member, dict.fromkeys(BOXES, False) | {NEWS_MAIL: True})
        crowd(world, 2)
        figures = texts(max_.get(url("privacy")), ".tally dd")
        assert figures[:8] == ["1", "2", "0", "0", "0", "0", "1", "0"]

    def test_only_an_owner_is_offered_to_change_anything(self, world, max_, client):
        offered = (url("purpose-new"), url("notice", language="en"), "/use/")
        html = max_.get(url("privacy")).content.decode()
        assert not any(link in html for link in offered)
        client.force_login(world.owner)
        html = client.get(url("privacy")).content.decode()
        assert all(link in html for link in offered)

    def test_it_says_what_the_notice_lacks(self, world, max_):
        assert not select(max_.get(url("privacy")), ".notice.warn")
        details = replace(notices.starter_details(world.business), controller_contact="")
        notices.publish(business=world.business, language="en", details=details, by=world.at_console(), at=NOW)
        assert select(max_.get(url("privacy")), ".notice.warn")

    @pytest.mark.parametrize("count", [1, 3])
    def test_it_takes_as_many_queries_for_many_members(self, world, max_, count, django_assert_num_queries):
        crowd(world, count)
        with django_assert_num_queries(9):
            max_.get(url("privacy"))


class TestAnswers:
    def test_they_stand_the_newest_first_with_their_words_and_their_proof(self, world, max_):
        at_the_till(world, {NEWS_SMS: False})
        crowd(world, 1)
        page = max_.get(url("answers"))
        people = texts(page, "tbody th")
        assert ("Person 0" in people[0], "Mia Moon" in people[-1]) == (True, True)
        event = ConsentEvent.objects.get(member=world.member)
        assert event.wording in texts(page, "td.words")[-1]
        assert url("proof", member=world.member.public_id) in links(page)

    def test_one_kind_of_them(self, world, max_):
        answer(world.member, {NEWS_SMS: False})
        crowd(world, 1)
        html = max_.get(url("answers") + "?kind=refused").content.decode()
        assert ("Mia Moon" in html, "Person 0" in html) == (True, False)

    def test_a_kind_that_is_none_shows_all(self, world, max_):
        crowd(world, 1)
        assert "Person 0" in max_.get(url("answers") + "?kind=nonsense").content.decode()

    def test_a_long_list_has_pages_and_keeps_the_filter(self, world, max_):
        crowd(world, 53)
        html = max_.get(url("answers") + "?kind=given").content.decode()
        assert html.count("<tr>") == 51
        older = html.split('href="?before=')[1].split('"')[0].replace("&amp;", "&")
        assert older.endswith("&kind=given")
        assert max_.get(url("answers") + "?before=" + older).content.decode().count("<tr>") == 4

    def test_reading_names_is_noted_with_how_many(self, world, max_):
        max_.get(url("answers"))
        assert not ViewLog.objects.exists()
        crowd(world, 2)
        answer(world.member, dict.fromkeys(BOXES, False))
        max_.get(url("answers"))
        look = ViewLog.objects.get()
        assert (look.user, look.member, look.rows, look.page) == (world.manager, None, 3, "members:console-answers")

    @pytest.mark.parametrize("count", [1, 3])
    def test_it_takes_as_many_queries_for_many_answers(self, world, max_, count, django_assert_num_queries):
        crowd(world, count)
        with django_assert_num_queries(5):
            max_.get(url("answers"))


class TestProof:
    def test_it_is_a_file_and_taking_it_is_noted(self, world, max_):
        answer(world.member, {NEWS_MAIL: True})
        response = max_.get(url("proof", member=world.member.public_id))
        assert response["Content-Disposition"].startswith("attachment; ")
        found = json.loads(response.content)
        assert found["chain_faults"] == []
        assert found["pii_principal_id"] == str(world.member.public_id)
        look = ViewLog.objects.get()
        assert (look.member, look.user, look.page) == (world.member, world.manager, "members:console-proof")

    def test_a_member_without_answers_has_a_proof_without_receipts(self, world, max_):
        found = json.loads(max_.get(url("proof", member=world.member.public_id)).content)
        assert (found["receipts"], found["chain_faults"]) == ([], [])


class TestViews:
    def look(self, world, user, **kwargs):
        log_view(
            **{"member": world.member, "business": world.business, "page": "counter", "at": NOW} | kwargs, user=user
        )

    def test_everybody_and_one(self, world, max_):
        self.look(world, world.cashier)
        self.look(world, world.platform, page="admin:members_member_change")
        self.look(world, world.owner, member=None, rows=7)
        looks = max_.get(url("views")).context["looks"]
        assert [(look.rows, look.member) for look in looks] == [(7, None), (1, world.member), (1, world.member)]

    def test_one_of_the_staff_can_be_chosen(self, world, max_):
        self.look(world, world.cashier)
        self.look(world, world.owner, member=None, rows=7)
        page = max_.get(url("views") + f"?staff={world.cashier_role.public_id}")
        assert [look.member for look in page.context["looks"]] == [world.member]

    def test_a_list_is_told_with_how_many_it_showed(self, world, max_):
        self.look(world, world.owner, member=None, rows=7)
        assert texts(max_.get(url("views")), "tbody td")[0] == "List with 7 members"

    def test_who_works_for_the_site_is_not_named(self, world, max_):
        self.look(world, world.platform, page="admin:members_member_change")
        page = max_.get(url("views"))
        assert world.platform.name not in texts(page, "tbody")[0]
        assert texts(page, "tbody th small") == ["Back office"]

    @pytest.mark.parametrize("staff", ["x", "0", "%00"])
    def test_a_filter_that_names_nobody_shows_nobody(self, world, max_, staff):
        self.look(world, world.cashier)
        response = max_.get(url("views") + f"?staff={staff}")
        assert response.status_code == 200
        assert "Mia Moon" not in response.content.decode()

    def test_looks_elsewhere_are_not_told(self, world, max_):
        self.look(world, world.platform, business=world.other_business, member=world.other_member)
        assert "Nobody looked yet" in max_.get(url("views")).content.decode()

    @pytest.mark.parametrize("count", [1, 3])
    def test_it_takes_as_many_queries_for_many_looks(self, world, max_, count, django_assert_num_queries):
        for _ in range(count):
            self.look(world, world.cashier)
        with django_assert_num_queries(6):
            max_.get(url("views"))
