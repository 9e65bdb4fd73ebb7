"""A member adds a phone number: a code goes there, and the number counts once it comes back."""

from typing import Any

import pytest

from members.domain import profile
from tests.members.asking import herself
from tests.members.newcomer import Newcomer, at_counter, last_code, wrong
from tests.pages import refused
from tests.world import NOW, World

pytestmark = pytest.mark.django_db
NUMBER = "+4915112345678"


def phone_of(mia: Newcomer) -> str:
    return mia.member.phone


def ask(mia: Newcomer, number: str = NUMBER) -> Any:
    return mia.post("phone", {"phone": number})


def test_the_number_counts_once_its_code_came_back(mia: Newcomer) -> None:
    assert ask(mia).url == mia.url("phone-code")
    assert phone_of(mia) == ""
    assert mia.post("phone-code", {"code": last_code()}).url == mia.url("profile")
    assert phone_of(mia) == NUMBER


def test_a_wrong_code_is_refused_and_the_page_stays(mia: Newcomer) -> None:
    ask(mia)
    answered = mia.post("phone-code", {"code": wrong(last_code())})
    assert (answered.status_code, set(refused(answered)), phone_of(mia)) == (422, {"code"}, "")


def test_the_page_of_the_code_says_where_it_went(mia: Newcomer) -> None:
    ask(mia)
    assert NUMBER in mia.get("phone-code").text


def test_a_number_of_another_membership_is_refused(mia: Newcomer, world: World) -> None:
    other = at_counter(world, name="Lea", email="lea@example.com")
    profile.keep_phone(member=other, phone=NUMBER, by=herself(world.member), at=NOW)
    ask(mia)
    answered = mia.post("phone-code", {"code": last_code()})
    assert (answered.status_code, set(refused(answered)), phone_of(mia)) == (422, {"code"}, "")


def test_a_code_counts_once(mia: Newcomer) -> None:
    ask(mia)
    code = last_code()
    mia.post("phone-code", {"code": code})
    assert mia.post("phone-code", {"code": code}).url == mia.url("phone")


def test_after_so_many_codes_the_next_has_to_wait(mia: Newcomer) -> None:
    answers = [ask(mia).status_code for _ in range(10)]
    assert (answers[0], answers[-1]) == (302, 429)


def test_where_no_message_can_be_sent_nobody_is_asked(mia: Newcomer, settings: Any) -> None:
    settings.PRODUCTION, settings.SMS_URL = True, ""
    assert mia.get("phone").url == mia.url("profile")


def test_a_number_is_forgotten_on_demand(mia: Newcomer, world: World) -> None:
    profile.keep_phone(member=world.member, phone=NUMBER, by=herself(world.member), at=NOW)
    assert mia.post("phone-remove").url == mia.url("profile")
    assert phone_of(mia) == ""
