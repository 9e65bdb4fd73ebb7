import pytest
from django.contrib.messages.storage.base import Message
from django.test import RequestFactory
from django.urls import NoReverseMatch

from loyalty import nav
from loyalty.nav import MEMBER, NavItem
from loyalty.templatetags.shell import device
from loyalty.toasts import undo_url
from tests.design.rendering import render, text


@pytest.fixture
def menus(monkeypatch):
    """Empty menus, for this test only."""
    monkeypatch.setattr(nav, "_registry", {section: [] for section in nav.SECTIONS})


def labels(section="console", *, roles=(), slug=None, path="/"):
    return [link.label for link in nav.links(section, slug=slug, roles=roles, path=path)]


def test_entries_stand_in_their_order_and_a_second_one_of_the_same_address_replaces_the_first(menus):
    nav.register("console", NavItem("Later", "loyalty:start", "house", 20, of_business=False))
    nav.register("console", NavItem("First", "loyalty:welcome", "house", 10, of_business=False))
    nav.register("console", NavItem("Start", "loyalty:start", "house", 5, of_business=False))
    assert labels() == ["Start", "First"]


def test_an_entry_is_hidden_from_whoever_holds_none_of_its_roles(menus):
    nav.register("console", NavItem("Team", "loyalty:start", "users", roles={"owner"}, of_business=False))
    nav.register("console", NavItem("Mine", "loyalty:welcome", "user", roles={MEMBER}, of_business=False))
    assert labels() == []
    assert labels(roles=["cashier"]) == []
    assert labels(roles=["owner"]) == ["Team"]
    assert labels(roles=["owner", MEMBER]) == ["Team", "Mine"]


def test_entries_of_a_business_are_left_out_where_there_is_none(menus):
    nav.register("console", NavItem("Home", "no:such", "house"))
    assert labels() == []
    with pytest.raises(NoReverseMatch):
        labels(slug="bean")


def test_the_longest_address_that_starts_the_path_is_current(menus):
    nav.register("console", NavItem("Welcome", "loyalty:welcome", "house", of_business=False))
    nav.register("console", NavItem("Start", "loyalty:start", "house", of_business=False))
    found = nav.links("console", slug=None, roles=[], path="/start/more/")
    assert [(link.label, link.current) for link in found] == [("Welcome", False), ("Start", True)]


def test_an_exact_entry_is_current_on_its_own_page_only(menus):
    nav.register("console", NavItem("Welcome", "loyalty:welcome", "house", of_business=False, exact=True))
    for path, current in (("/", True), ("/start/", False)):
        assert [link.current for link in nav.links("console", slug=None, roles=[], path=path)] == [current]


def test_an_entry_is_current_on_the_further_pages_that_it_names(menus):
    nav.register("console", NavItem("Welcome", "loyalty:welcome", "house", of_business=False))
    nav.register("console", NavItem("Start", "loyalty:start", "house", of_business=False, also=["members:my-shops"]))
    found = nav.links("console", slug=None, roles=[], path="/my/")
    assert [(link.label, link.url, link.current) for link in found] == [
        ("Welcome", "/", False), ("Start", "/start/", True),
    ]  # fmt: skip


def test_an_unknown_menu_is_an_error(menus):
    with pytest.raises(KeyError):
        nav.register("sidebar", NavItem("Home", "loyalty:start", "house"))


def test_nav_marks_the_current_page(menus):
    nav.register("account", NavItem("Start", "loyalty:start", "house", of_business=False))
    shown = render('{% nav "account" %}', request=RequestFactory().get("/start/"))
    assert shown.startswith('<li><a href="/start/" aria-current="page"><svg')
    assert text(shown) == "Start"


def test_language_switch_names_every_language_in_its_own_words():
    shown = render("{% language_switch %}", request=RequestFactory().get("/a/?b=1"), csrf_token="token")
    assert text(shown) == "English English Tiếng Việt Magyar Eesti Русский 简体中文"
    assert 'name="next" value="/a/?b=1"' in shown
    assert 'value="en" lang="en" aria-current="true"' in shown


def test_a_toast_offers_to_undo_only_where_it_was_told_how():
    plain, undoable = Message(25, "Saved"), Message(25, "12 beans for Maria", extra_tags="undo:/undo/7/")
    shown = render('{% include "components/messages.html" %}', messages=[undoable], csrf_token="token")
    assert '<form method="post" action="/undo/7/">' in shown
    assert "<form" not in render('{% include "components/messages.html" %}', messages=[plain])
    assert undo_url("safe") == ""


def test_an_error_is_spoken_at_once():
    shown = render('{% include "components/messages.html" %}', messages=[Message(40, "No")])
    assert '<div class="toast error" data-toast role="alert">' in shown


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        (
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0 Safari/537.36",
            "Chrome, Linux",
        ),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Mobile Safari/604.1", "Safari, iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64) Chrome/156.0 Safari/537.36 Edg/156.0", "Edge, Windows"),
        ("curl/8.0", "Unknown browser"),
    ],
)
def test_a_device_is_named_as_a_person_would(user_agent, name):
    assert device(user_agent) == name
