import re

from django import forms

from config.styleguide import SampleForm
from loyalty.forms.widgets import CardLabel, MoneyInput, RadioCards
from tests.design.rendering import render, text


class NameForm(forms.Form):
    name = forms.CharField(label="Name", help_text="As on the card.")
    key = forms.UUIDField(widget=forms.HiddenInput)


def test_a_field_is_label_hint_error_control_in_this_order():
    assert render("{{ form.name.as_field_group }}", form=NameForm({})) == (
        '<div class="field invalid"><label for="id_name">Name</label>'
        '<p class="hint" id="id_name_helptext">As on the card.</p>'
        '<ul class="field-errors" id="id_name_error"><li>This field is required.</li></ul>'
        '<input type="text" name="name" required aria-invalid="true" '
        'aria-describedby="id_name_helptext id_name_error" id="id_name"></div>'
    )


def test_a_field_that_may_stay_empty_says_so():
    class Form(forms.Form):
        note = forms.CharField(required=False)

    assert text(render("{{ form }}", form=Form())) == "Note (optional)"


def test_an_amount_carries_its_currency_for_eyes_and_ears():
    class Form(forms.Form):
        price = forms.CharField(widget=MoneyInput("EUR"))

    assert render("{{ form }}", form=Form()) == (
        '<div class="field"><label for="id_price">Price<span class="visually-hidden"> (EUR)</span></label>'
        '<div class="affix"><input type="text" name="price" inputmode="decimal" autocomplete="off" required '
        'id="id_price">'
        '<span aria-hidden="true">EUR</span></div></div>'
    )


def test_choices_as_cards_are_radio_buttons_in_a_fieldset():
    class Form(forms.Form):
        earns = forms.ChoiceField(widget=RadioCards, choices=[("p", CardLabel("Points", "Per euro", "star"))])

    shown = render("{{ form }}", form=Form())
    assert shown.startswith('<div class="field"><fieldset><legend>Earns</legend>')
    radio = '<input type="radio" name="earns" value="p" required id="id_earns_0">'
    assert f'<label class="choice-card" for="id_earns_0">{radio}' in shown
    assert "<strong>Points</strong><small>Per euro</small>" in shown


def test_error_summary_links_every_error_to_its_field():
    form = NameForm({"key": "no uuid"})
    form.add_error(None, "The shop is closed.")
    shown = render("{% error_summary form %}", form=form)
    assert 'role="alert" tabindex="-1" aria-labelledby="error-summary-title" data-error-summary' in shown
    assert text(shown) == "There is a problem The shop is closed. Enter a valid UUID. Name · This field is required."
    assert '<a href="#id_name">Name · This field is required.</a>' in shown


def test_error_summary_leaves_our_own_words_as_they_are():
    form = NameForm({"name": "x", "key": "6ba7b810-9dad-11d1-80b4-00c04fd430c8"})
    form.add_error("name", "Enter the whole name.")
    assert '<a href="#id_name">Enter the whole name.</a>' in render("{% error_summary form %}", form=form)


def test_error_summary_is_nothing_while_all_is_well():
    assert render("{% error_summary form %}", form=NameForm()) == ""


def test_every_error_of_the_sample_form_leads_to_an_element_of_the_page():
    form = SampleForm({})
    page = render("{% error_summary form %}{{ form }}", form=form)
    targets = re.findall(r'<a href="#([^"]+)"', page)
    assert len(targets) == len(form.errors)
    assert {target for target in targets if f'id="{target}"' not in page} == set()
