"""Privacy texts, purposes and their words: published once, never changed."""

from dataclasses import replace

import pytest

from loyalty import readiness
from loyalty.domain import businesses
from loyalty.domain.actors import Actor
from loyalty.domain.businesses import BusinessDetails
from loyalty.models import AuditEvent, Business, Channel
from members.domain import notices
from members.domain.notices import (
    NothingChanged,
    PurposeDetails,
    Words,
    details_of,
    ensure_defaults,
    publish,
    starter_details,
    starter_notice,
)
from members.engine.records import text_hash
from members.models import ConsentChannel, ConsentEvent, LawfulBasis, Notice, Purpose, PurposeWording
from members.queries.consent import current_notice, may_contact, questions
from members.queries.notices import missing_facts
from tests.members.asking import NEWS_MAIL, answer
from tests.world import NOW, make_user


def wordings(business, language="en"):
    return [question.wording for question in questions(business, language)]


class TestDefaults:
    def test_a_business_opens_with_four_purposes_and_a_notice(self, world):
        found = Purpose.objects.filter(business=world.business).order_by("position")
        assert [(p.code, p.lawful_basis, p.channels, p.profiling) for p in found] == [
            ("membership", "contract", ["none"], False),
            ("bookkeeping", "legal_obligation", ["none"], False),
            ("news", "consent", ["email", "sms"], False),
            ("personal-offers", "consent", ["none"], True),
        ]
        notice = Notice.objects.get(business=world.business)
        assert (notice.version, notice.language, notice.controller_name) == (1, "en", "Café Luna")
        assert (notice.controller_address, notice.controller_contact) == ("1 High Street", "hello@luna.example")
        assert notice.text_sha256 == text_hash(notice.text)

    def test_the_words_of_what_is_asked(self, world):
        assert wordings(world.business) == [
            "Send me news and offers by e-mail.",
            "Send me news and offers by SMS.",
            "Look at what I bought to choose offers that fit me.",
        ]

    def test_only_consent_is_asked_and_each_channel_apart(self, world):
        assert {question.purpose.lawful_basis for question in questions(world.business, "en")} == {"consent"}
        assert [question.field_name.split("-", 2)[2] for question in questions(world.business, "en")] == [
            "email-1", "sms-1", "none-1",
        ]  # fmt: skip

    def test_running_again_changes_nothing(self, world):
        before = (Purpose.objects.count(), PurposeWording.objects.count(), Notice.objects.count())
        ensure_defaults(world.business, world.at_console(), NOW)
        assert (Purpose.objects.count(), PurposeWording.objects.count(), Notice.objects.count()) == before

    def test_a_business_whose_opening_fails_has_nothing(self, world, monkeypatch):
        def fail(business, by, at):
            raise RuntimeError

        monkeypatch.setattr(businesses, "opened", [*businesses.opened, fail])
        with pytest.raises(RuntimeError):
            open_shop(make_user("fay"))
        assert not Business.objects.filter(slug="fay").exists()
        assert not Notice.objects.exclude(business__slug__in=["luna", "sol"]).exists()

    def test_whoever_names_no_contact_is_reached_at_the_owners_address(self, world):
        notice = current_notice(open_shop(make_user("fay")).business, "en")
        assert (notice.controller_contact, notice.controller_address) == ("fay@example.com", "")

    def test_whoever_names_no_address_is_told_that_it_is_missing(self, world):
        business = open_shop(make_user("fay")).business
        assert missing_facts(business) == ["controller_address"]
        assert "members:console-privacy" in [issue.url_name for issue in readiness.issues(business)]

    def test_nothing_is_missing_where_all_is_said(self, world):
        assert missing_facts(world.business) == []

    def test_the_text_is_filled_in(self, world):
        world.business.country = "EE"
        text = starter_notice(world.business)
        assert "Café Luna runs a loyalty program." in text
        assert "- Complain to the authority: Andmekaitse Inspektsioon (aki.ee)." in text
        assert text.endswith("Write to us (hello@luna.example), we answer within a month.")
        assert "%" not in text
        assert starter_details(world.business).jurisdiction == "GDPR, Regulation (EU) 2016/679 (EE)"

    def test_a_percent_sign_in_a_name_is_no_placeholder(self, world):
        world.business.name, world.business.contact_email = "100% Coffee %(x)s", ""
        assert "100% Coffee %(x)s runs a loyalty program." in starter_notice(world.business)


def open_shop(owner):
    details = BusinessDetails("Fay", "fay", "EUR", "Europe/Tallinn", "en")
    return businesses.open_business(details=details, by=Actor(Channel.CONSOLE, owner), at=NOW)


class TestPublishing:
    def test_a_new_version_holds_and_the_old_one_stays(self, world):
        old = current_notice(world.business, "en")
        said = old.text
        new = publish(
            business=world.business, language="en", details=replace(details_of(old), text="New."),
            by=world.at_console(), at=NOW,
        )  # fmt: skip
        assert (new.version, new.published_by, new.text_sha256) == (2, world.owner_role, text_hash("New."))
        assert current_notice(world.business, "en") == new
        assert Notice.objects.get(pk=old.pk).text == said
        assert AuditEvent.objects.get(verb="notice.published", data__version=2).staff == world.owner_role

    def test_numbers_count_over_all_languages(self, world):
        details = details_of(current_notice(world.business, "en"))
        for language, version in (("hu", 2), ("en", 3), ("hu", 4)):
            details = replace(details, text=f"{language} {version}")
            notice = publish(business=world.business, language=language, details=details, by=world.at_console(), at=NOW)
            assert notice.version == version
        assert current_notice(world.business, "hu").version == 4
        assert current_notice(world.business, "en").version == 3
        assert current_notice(world.business, "vi").version == 3
        assert current_notice(world.other_business, "hu").version == 1

    def test_the_same_again_is_refused(self, world):
        details = details_of(current_notice(world.business, "en"))
        with pytest.raises(NothingChanged):
            publish(business=world.business, language="en", details=details, by=world.at_console(), at=NOW)
        assert Notice.objects.filter(business=world.business).count() == 1

    def test_consents_are_not_asked_again(self, world):
        answer(world.member, {NEWS_MAIL: True})
        details = replace(details_of(current_notice(world.business, "en")), text="New.")
        publish(business=world.business, language="en", details=details, by=world.at_console(), at=NOW)
        assert may_contact(world.member, *NEWS_MAIL)
        assert {event.notice.version for event in ConsentEvent.objects.all()} == {1}


class TestPurposes:
    def test_new_words_are_a_new_version_and_answers_keep_theirs(self, world):
        answer(world.member, {NEWS_MAIL: True})
        first = wordings(world.business)[0]
        purpose = Purpose.objects.get(business=world.business, code="news")
        words = Words("en", "News", "Tell me what is new {channel}.")
        assert notices.reword(purpose=purpose, words=words, by=world.at_console(), at=NOW).version == 2
        assert wordings(world.business)[0] == "Tell me what is new by e-mail."
        assert {event.wording for event in ConsentEvent.objects.all()} == {first}
        assert may_contact(world.member, *NEWS_MAIL)

    def test_the_same_words_again_are_refused(self, world):
        purpose = Purpose.objects.get(business=world.business, code="news")
        now = purpose.wordings.get()
        words = Words(now.language, now.name, now.wording)
        with pytest.raises(NothingChanged):
            notices.reword(purpose=purpose, words=words, by=world.at_console(), at=NOW)
        assert purpose.wordings.count() == 1

    def test_each_language_has_its_own_words_and_the_business_lends_its_own(self, world):
        own = wordings(world.business)[0]
        purpose = Purpose.objects.get(business=world.business, code="news")
        words = Words("hu", "Hírek", "Kérek híreket {channel}.")
        notices.reword(purpose=purpose, words=words, by=world.at_console(), at=NOW)
        found = questions(world.business, "hu")
        assert [question.language for question in found] == ["hu", "hu", "en"]
        assert found[0].wording.startswith("Kérek híreket ")
        assert found[0].wording_version == 2
        assert wordings(world.business, "vi")[0] == own

    def test_a_new_purpose_gets_a_code_of_its_own(self, world):
        details = PurposeDetails("", "dpv:DirectMarketing", LawfulBasis.CONSENT, (ConsentChannel.EMAIL,), {})
        codes = [
            notices.add_purpose(
                business=world.business,
                details=details,
                words=Words("en", name, "Yes."),
                use="Our evenings",
                by=world.at_console(),
                at=NOW,
            ).code
            for name in ("Events & tastings", "Events & tastings", "活动")
        ]
        assert codes == ["events-tastings", "events-tastings-2", "purpose"]
        assert len(questions(world.business, "en")) == 6

    def test_a_retired_purpose_is_not_asked_and_nothing_rests_on_it_until_it_is_back(self, world):
        answer(world.member, {NEWS_MAIL: True})
        purpose = Purpose.objects.get(business=world.business, code="news")
        notices.retire(purpose=purpose, by=world.at_console(), at=NOW)
        notices.retire(purpose=purpose, by=world.at_console(), at=NOW)
        assert len(wordings(world.business)) == 1
        assert not may_contact(world.member, *NEWS_MAIL)
        notices.restore(purpose=purpose, by=world.at_console(), at=NOW)
        assert may_contact(world.member, *NEWS_MAIL)
        verbs = AuditEvent.objects.filter(verb__startswith="purpose.re").values_list("verb", flat=True)
        assert list(verbs.order_by("pk")) == ["purpose.retired", "purpose.restored"]
