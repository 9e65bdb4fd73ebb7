"""The log-in of a proven address."""

import pytest
from allauth.account.models import EmailAddress

from loyalty.models import User
from members.domain.logins import login_for
from tests.world import make_user

pytestmark = pytest.mark.django_db


def test_a_new_address_gets_a_log_in_that_is_confirmed():
    user = login_for(email="ana@example.com", name="Ana", language="et")
    assert (user.email, user.name, user.language, user.has_usable_password()) == ("ana@example.com", "Ana", "et", False)
    assert EmailAddress.objects.get(user=user, email="ana@example.com", verified=True, primary=True)


def test_a_known_address_gets_its_log_in_back():
    mia = make_user("mia")
    assert login_for(email="mia@example.com", name="Somebody") == mia
    assert (User.objects.count(), User.objects.get().name) == (1, "Mia")


def test_a_second_proven_address_leads_to_the_same_log_in():
    mia = make_user("mia")
    EmailAddress.objects.create(user=mia, email="work@example.com", verified=True)
    assert login_for(email="work@example.com") == mia


def test_an_address_that_somebody_only_added_is_not_theirs():
    thief = make_user("thief")
    EmailAddress.objects.create(user=thief, email="ana@example.com", verified=False)
    ana = login_for(email="ana@example.com")
    assert ana != thief
    assert EmailAddress.objects.get(email="ana@example.com", verified=True).user == ana


def test_a_log_in_that_was_never_confirmed_is_confirmed_now():
    user = User.objects.create_user("ana@example.com")
    assert login_for(email="ana@example.com") == user
    assert EmailAddress.objects.get(user=user).verified
