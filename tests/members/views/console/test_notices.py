"""Where an owner writes privacy texts and the words of purposes."""

import pytest
from django.urls import reverse

from members.domain.notices import details_of
from members.forms.notices import NoticeForm
from members.models import Notice, Purpose, PurposeWording
from members.queries.consent import current_notice, questions
from tests.members.asking import NEWS_MAIL, answer
from tests.pages import has_summary, refused, texts, value_of


@pytest.fixture
def olga(world, client):
    client.force_login(world.owner)
    return client


def url(name, **kwargs):
    return reverse(f"members:console-{name}", kwargs={"business": "luna"} | kwargs)


def filled(world, **changes):
    """Return the form of the English notice as it stands, with changes."""
    return NoticeForm.initial_of(details_of(current_notice(world.business, "en"))) | changes


class TestNotice:
    page = property(lambda self: url("notice", language="en"))

    def test_the_form_holds_what_is_published_now(self, world, olga):
        page = olga.get(self.page)
        assert value_of(page, "text") == " ".join(current_notice(world.business, "en").text.split())
        assert value_of(page, "controller_address") == "1 High Street"

    def test_it_says_which_version_holds(self, world, olga):
        assert "Version 1 of Mar 10, 2026 holds now" in olga.get(self.page).text

    def test_a_language_without_a_text_starts_with_one(self, world, olga):
        html = olga.get(url("notice", language="hu")).content.decode()
        assert "There is no text in this language yet" in html
        assert "Café Luna" in html

    def test_a_review_shows_what_changes(self, world, olga):
        text = current_notice(world.business, "en").text.replace("Nobody else.", "And our accountant.")
        page = olga.post(self.page, filled(world, text=text, recipients="One\n\nTwo", step="review"))
        assert (texts(page, ".changes del"), texts(page, ".changes ins")) == (["Nobody else."], ["And our accountant."])
        assert texts(page, "dl ins") == ["One, Two"]

    def test_a_review_says_what_publishing_does(self, world, olga):
        page = olga.post(self.page, filled(world, text="## New", step="review"))
        assert "Members are not asked again" in page.text

    def test_a_review_publishes_nothing(self, world, olga):
        olga.post(self.page, filled(world, text="## New", step="review"))
        assert Notice.objects.filter(business=world.business).count() == 1

    def test_publishing(self, world, olga):
        response = olga.post(
            self.page, filled(world, text="## New\r\n\r\nAll of it.  \r\n", recipients="One\r\nTwo", step="publish")
        )
        assert (response.status_code, response.url) == (302, url("privacy"))
        notice = current_notice(world.business, "en")
        assert (notice.version, notice.text, notice.recipients) == (2, "## New\n\nAll of it.", ["One", "Two"])
        assert notice.published_by == world.owner_role

    def test_going_on_editing_keeps_what_was_typed(self, world, olga):
        response = olga.post(self.page, filled(world, text="Half a thought", step="edit"))
        assert response.status_code == 200
        assert "Half a thought" in response.content.decode()
        assert Notice.objects.filter(business=world.business).count() == 1

    def test_the_preview_is_a_part_of_the_page(self, world, olga):
        response = olga.post(
            self.page, filled(world, text="## <b>Hello</b>", controller_name="", step="preview"),
            headers={"HX-Request": "true"},
        )  # fmt: skip
        html = response.content.decode()
        assert response.status_code == 200
        assert html.strip().startswith('<article class="card prose" id="preview"')
        assert "&lt;b&gt;Hello&lt;/b&gt;" in html

    @pytest.mark.parametrize("step", ["review", "publish"])
    def test_the_same_text_again_is_no_version(self, world, olga, step):
        response = olga.post(self.page, filled(world, step=step))
        assert response.status_code == 422
        assert "There is nothing to publish" in response.content.decode()
        assert Notice.objects.filter(business=world.business).count() == 1

    @pytest.mark.parametrize(
        ("field", "typed", "code"),
        [
            ("text", " ", "required"), ("text", "x" * 20_001, "max_length"),
            ("text", "a\x00b", "null_characters_not_allowed"), ("controller_address", "", "required"),
            ("controller_contact", "", "required"), ("retention", "x" * 201, "max_length"),
            ("jurisdiction", "", "required"),
        ],
    )  # fmt: skip
    def test_what_is_missing_or_too_long_is_told(self, world, olga, field, typed, code):
        response = olga.post(self.page, filled(world, step="publish") | {field: typed})
        assert (response.status_code, refused(response), has_summary(response)) == (422, {field: [code]}, True)
        assert Notice.objects.filter(business=world.business).count() == 1


class TestPurposes:
    def purpose(self, world):
        return Purpose.objects.get(business=world.business, code="news")

    def page(self, world):
        return url("purpose", purpose=self.purpose(world).public_id)

    def test_new_words(self, world, olga):
        response = olga.post(self.page(world), {"name": "News", "wording": "Tell me\r\n news {channel}."})
        assert response.status_code == 302
        assert questions(world.business, "en")[0].wording == "Tell me news by e-mail."

    def test_every_text_so_far_stands_there(self, world, olga):
        olga.post(self.page(world), {"name": "News", "wording": "Tell me news {channel}."})
        page = olga.get(self.page(world)).text
        assert [words.wording in page for words in self.purpose(world).wordings.all()] == [True, True]

    def test_words_in_another_language(self, world, olga):
        before = questions(world.business, "en")[0].wording
        olga.post(self.page(world) + "?language=hu", {"name": "Hírek", "wording": "Kérek híreket {channel}."})
        assert PurposeWording.objects.get(language="hu").wording == "Kérek híreket {channel}."
        assert questions(world.business, "en")[0].wording == before

    @pytest.mark.parametrize(
        ("data", "wrong"),
        [
            ({"name": "News", "wording": "Send me news."}, {"wording": [""]}),
            ({"name": "", "wording": "Send me news {channel}."}, {"name": ["required"]}),
        ],
    )
    def test_words_that_will_not_do(self, world, olga, data, wrong):
        response = olga.post(self.page(world), data)
        assert (response.status_code, refused(response)) == (422, wrong)
        assert self.purpose(world).wordings.count() == 1

    def test_words_for_several_boxes_say_where_the_channel_goes(self, world, olga):
        response = olga.post(self.page(world), {"name": "News", "wording": "Send me news."})
        [said] = response.context["form"].errors["wording"]
        assert said.startswith("Write {channel} where")

    def test_the_words_that_stand_there_are_no_new_ones(self, world, olga):
        now = self.purpose(world).wordings.get()
        response = olga.post(self.page(world), {"name": now.name, "wording": now.wording})
        assert response.status_code == 422
        assert "that stand there now" in response.text
        assert self.purpose(world).wordings.count() == 1

    def test_a_language_we_do_not_speak(self, world, olga):
        assert olga.get(self.page(world) + "?language=xx").status_code == 404

    def test_ask_no_more_and_ask_again(self, world, olga):
        use = url("purpose-use", purpose=self.purpose(world).public_id)
        olga.post(use, {"use": "no"})
        assert [question.purpose.code for question in questions(world.business, "en")] == ["personal-offers"]
        assert "Not asked any more" in olga.get(url("privacy")).content.decode()
        olga.post(use, {"use": "yes"})
        assert len(questions(world.business, "en")) == 3

    def test_what_the_contract_needs_cannot_be_retired(self, world, olga):
        membership = Purpose.objects.get(business=world.business, code="membership")
        assert olga.post(url("purpose-use", purpose=membership.public_id), {"use": "no"}).status_code == 404
        assert Purpose.objects.get(pk=membership.pk).retired_at is None

    def test_a_new_purpose_that_writes(self, world, olga):
        data = {
            "kind": "messages",
            "channels": ["email", "phone"],
            "name": "Events",
            "wording": "Invite me {channel}.",
            "use": "Our evenings",
        }
        assert olga.post(url("purpose-new"), data).status_code == 302
        purpose = Purpose.objects.get(code="events")
        assert (purpose.channels, purpose.profiling, purpose.lawful_basis) == (["email", "phone"], False, "consent")
        wordings = [question.wording for question in questions(world.business, "en") if question.purpose == purpose]
        assert wordings == ["Invite me by e-mail.", "Invite me by phone."]

    def test_a_new_purpose_that_looks_at_purchases(self, world, olga):
        data = {
            "kind": "profile",
            "channels": ["email"],
            "name": "Taste",
            "wording": "Learn what I like.",
            "use": "A card with beans like yours",
        }
        assert olga.post(url("purpose-new"), data).status_code == 302
        purpose = Purpose.objects.get(code="taste")
        assert (purpose.channels, purpose.profiling) == (["none"], True)
        assert purpose.data_types == {"purchases": True, "balance": True}

    @pytest.mark.parametrize(
        ("changes", "wrong"),
        [
            ({"kind": ""}, {"kind": ["required"]}),
            ({"name": ""}, {"name": ["required"]}),
            ({"channels": []}, {"channels": [""]}),
            ({"channels": ["email", "sms"]}, {"wording": [""]}),
            ({"channels": ["pigeon"]}, {"channels": ["invalid_choice"]}),
            ({"kind": "magic"}, {"kind": ["invalid_choice"]}),
            ({"use": ""}, {"use": ["required"]}),
        ],
    )
    def test_a_purpose_that_will_not_do(self, world, olga, changes, wrong):
        data = {
            "kind": "messages",
            "channels": ["email"],
            "name": "Events",
            "wording": "Invite me.",
            "use": "Our evenings",
        }
        response = olga.post(url("purpose-new"), data | changes)
        assert (response.status_code, refused(response)) == (422, wrong)
        assert Purpose.objects.filter(business=world.business).count() == 4

    def test_its_use_is_named_and_read_by_members(self, world, olga):
        address = url("purpose-used-for", purpose=world.business.purposes.get(code="news").public_id)
        assert olga.post(address, {"use": "A letter at Christmas"}).status_code == 302
        assert {q.purpose.use for q in questions(world.business, "en") if q.purpose.code == "news"} == {
            "A letter at Christmas"
        }

    def test_without_a_use_it_is_not_asked(self, world, olga):
        address = url("purpose-used-for", purpose=world.business.purposes.get(code="news").public_id)
        olga.post(address, {"use": ""})
        assert "news" not in {question.purpose.code for question in questions(world.business, "en")}

    def test_the_list_of_those_who_agreed_is_a_file(self, world, olga):
        answer(world.member, {NEWS_MAIL: True})
        purpose = world.business.purposes.get(code="news").public_id
        file = olga.post(url("agreed", purpose=purpose, channel="email"))
        lines = b"".join(file.streaming_content).decode().splitlines()
        assert lines[1] == f'"{world.member.name}","{world.member.email}","2026-03-10"'
