from datetime import UTC, date, datetime

import pytest

from config.styleguide import SampleBusiness
from tests.design.rendering import render, text


def test_button_is_a_button_that_sends_its_form():
    assert render('{% button "primary" %}Save{% endbutton %}') == (
        '<button class="button primary" type="submit">Save'
        '<span class="spinner htmx-indicator" aria-hidden="true"></span></button>'
    )


def test_button_takes_any_attribute_and_escapes_it():
    source = '{% button hx_post=url disabled=True class_="small" aria_label=nothing %}Go{% endbutton %}'
    assert render(source, url='/a?b="1"&c', nothing=None).startswith(
        '<button class="button secondary small" type="submit" hx-post="/a?b=&quot;1&quot;&amp;c" disabled>Go<span'
    )


def test_button_with_an_address_is_a_link():
    assert render('{% button "danger" href="/x/" %}Go{% endbutton %}') == '<a class="button danger" href="/x/">Go</a>'


def test_what_a_block_encloses_is_escaped_once():
    source = "{% facts %}{% fact label %}{{ value }}{% badge state %}{% endfact %}{% endfacts %}"
    shown = render(source, label="A & B", value="<b>", state="<i>")
    assert shown.startswith('<dl class="facts"><div><dt>A &amp; B</dt><dd>&lt;b&gt;<span class="badge neutral"><svg')
    assert shown.endswith("&lt;i&gt;</span></dd></div></dl>")


def test_icon_is_hidden_unless_it_has_a_label():
    assert 'aria-hidden="true"><path' in render('{% icon "check" %}')
    assert 'role="img" aria-label="Done">' in render('{% icon "check" label="Done" %}')


@pytest.mark.parametrize("name", ["no-such-icon", "../../../regulars", "gift\0"])
def test_an_icon_that_is_not_there_breaks_no_page(name):
    assert render("{% icon name %}", name=name) == render('{% icon "gift" %}')


def test_badge_says_its_state_in_a_word_an_icon_and_a_colour():
    shown = render('{% badge "Live" "good" %}')
    assert shown.startswith('<span class="badge good"><svg class="icon"')
    assert text(shown) == "Live"


@pytest.mark.parametrize(("value", "shown"), [(-5, 0), (30, 30), (140, 100)])
def test_progress_stays_within_its_bar(value, shown):
    assert render('{% progress value of=100 words="30 of 100" label="To a coffee" %}', value=value) == (
        '<div class="progress"><p class="progress-words">30 of 100</p>'
        f'<progress value="{shown}" max="100" aria-label="To a coffee"></progress></div>'
    )


def test_stamps_are_one_picture_with_words():
    shown = render('{% stamps 3 10 icon="coffee" fresh=1 %}')
    assert shown.startswith('<div class="stamps across-5" role="img" aria-label="3 of 10 stamps">')
    assert shown.count("stamp-place done") == 3
    assert shown.count("stamp-place done fresh") == 1
    assert shown.count('class="stamp-place"') == 6
    assert shown.count('class="stamp-place last"') == 1
    assert text(shown) == "4 5 6 7 8 9 10"


@pytest.mark.parametrize("have", [0, 9, 10])
def test_every_place_of_a_card_takes_a_stamp_and_the_last_carries_the_gift(have):
    shown = render("{% stamps have 10 %}", have=have)
    assert text(shown).split() == [str(number) for number in range(have + 1, 11)]
    assert shown.count("stamp-gift") == 1


@pytest.mark.parametrize(("need", "across"), [(1, 1), (6, 6), (8, 4), (9, 5), (10, 5), (12, 6)])
def test_stamps_stand_in_rows_without_gaps(need, across):
    assert f"across-{across}" in render("{% stamps 0 need %}", need=need)


def test_more_stamps_than_places_fill_the_card():
    shown = render("{% stamps 12 5 %}")
    assert 'aria-label="5 of 5 stamps"' in shown
    assert shown.count("stamp-place done") == 5


def test_dialog_is_named_by_its_title_and_closed_without_a_script():
    shown = render('{% dialog "invite" "Invite somebody" %}<p>Hello</p>{% enddialog %}')
    assert shown.startswith('<dialog id="invite" class="dialog" aria-labelledby="invite-title">')
    assert '<h2 id="invite-title">Invite somebody</h2>' in shown
    assert 'commandfor="invite" command="close" aria-label="Close"' in shown


def test_opener_opens_its_dialog():
    shown = render('{% opener "invite" %}Invite{% endopener %}')
    assert 'type="button"' in shown
    assert 'commandfor="invite"' in shown
    assert 'command="show-modal"' in shown
    assert 'aria-haspopup="dialog"' in shown


def test_steps_mark_the_current_one():
    shown = render("{% steps labels 2 %}", labels=["Who", "What", "Done"])
    assert shown.count('aria-current="step"') == 1
    assert shown.count('<li class="done">') == 1
    assert shown.count('<li class="ahead">') == 1


def test_tabs_mark_the_current_one():
    shown = render(
        '{% tabs "Rewards" %}{% tab "On offer" "/a/" current=True count=4 %}{% tab "Drafts" "/b/" %}{% endtabs %}'
    )
    assert shown == (
        '<nav class="tabs" aria-label="Rewards"><ul>'
        '<li><a href="/a/" aria-current="page">On offer <span class="count">4</span></a></li>'
        '<li><a href="/b/">Drafts</a></li></ul></nav>'
    )


def test_pager_is_nothing_on_a_single_page():
    assert render("{% pager %}") == ""


def test_pager_shows_the_way_that_is_not_there_as_not_available():
    shown = render('{% pager older="?after=7" %}')
    assert '<a class="button secondary" rel="next" href="?after=7">' in shown
    assert '<span class="button secondary" aria-disabled="true">' in shown


def test_task_leads_to_what_is_to_do_only_while_it_is_to_do():
    assert 'href="/logo/"' in render('{% task "Add a logo" done=False href="/logo/" action="Add" %}')
    assert "href" not in render('{% task "Add a logo" done=True href="/logo/" action="Add" %}')


def test_qr_is_a_picture_on_white_without_styles():
    shown = render('{% qr "https://example.org/" label="Join" %}')
    assert shown.startswith('<div class="qr" role="img" aria-label="Join"><svg')
    assert "style=" not in shown
    assert 'fill="#fff"' in shown


def test_form_key_is_new_in_every_form():
    assert render("{% form_key %}") != render("{% form_key %}")
    assert render("{% form_key %}").startswith('<input type="hidden" name="key" value="')


def test_filters_write_as_the_reader_and_the_business_have_it():
    at = datetime(2026, 3, 1, 22, 30, tzinfo=UTC)
    shown = render(
        "{{ 199900|amount:business }} {{ 1240|units:business.unit }} {{ at|localdate:business }} "
        "{{ at|clock:business }} "
        "{{ day|localdate:business }}|{{ nothing|localdate:business }}|{{ nothing|localtime:business }}",
        business=SampleBusiness(),
        at=at,
        day=date(2026, 3, 1),
        nothing=None,
    )
    assert shown.replace("\u202f", " ") == "€1,999.00 1,240 Mar 2, 2026 12:30 AM Mar 1, 2026||"
