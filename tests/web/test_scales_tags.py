"""A scoring form's script is told exactly what content says, and nothing is written twice."""

import html
import json
import re
from decimal import Decimal

import pytest

from stepdown.clinical.instruments import derive
from stepdown.content import library
from stepdown.web.templatetags.scales import attributes, item_attrs, total_attrs, vital_attrs


def read(attrs):
    return {name: html.unescape(value) for name, value in re.findall(r' ([\w-]+)="([^"]*)"', attrs)}


@pytest.mark.parametrize("rate", [20, 80, 81, 100, 101, 120, 121, 250])
def test_the_script_derives_the_pulse_item_as_the_server_does(rate):
    item = next(one for one in library.instrument("cows").items if one.derived_from)
    told = read(item_attrs(item))
    steps = [step.split(":") for step in told["data-steps"].split()]
    code = next((code for at_most, code in steps if rate <= int(at_most)), told["data-above"])
    assert code == derive(item, Decimal(rate)).code
    assert told["data-derived-from"] == "heart_rate_bpm"


def test_an_item_that_a_person_answers_carries_no_derivation():
    item = next(one for one in library.instrument("cows").items if not one.derived_from)
    assert read(item_attrs(item)) == {"data-item": item.key, "data-n": str(len(item.options))}


def test_a_question_that_depends_on_another_says_so():
    branching = [
        item
        for instrument in library.instruments().values()
        for item in instrument.items
        if item.asked_when
    ]
    assert branching, "a scale with branches is part of the content"
    for item in branching:
        conditions = read(item_attrs(item))["data-asked-when"].split()
        assert conditions == [
            f"{one.item}>{one.at_least}" if one.at_least else f"{one.item}={'|'.join(one.answered)}"
            for one in item.asked_when
        ]


def test_the_bands_are_those_of_the_instrument_from_the_lowest_up():
    cows = library.instrument("cows")
    told = read(total_attrs(cows, 12, "14:36"))
    bands = json.loads(told["data-bands"])
    assert [band["at_least"] for band in bands] == [0, 5, 13, 25, 37]
    assert (told["data-total"], told["data-prev"], told["data-prev-at"]) == ("cows", "12", "14:36")
    assert "data-prev" not in read(total_attrs(cows))


def test_a_previous_total_of_zero_is_a_total():
    assert read(total_attrs(library.instrument("cows"), 0))["data-prev"] == "0"


def test_personal_limits_replace_the_usual_ones_and_never_the_plausible():
    pulse = library.vitals()["heart_rate_bpm"]
    usual, own = read(vital_attrs(pulse)), read(vital_attrs(pulse, None, Decimal(95)))
    assert (usual["data-low"], usual["data-high"]) == (str(pulse.usual_low), str(pulse.usual_high))
    assert (own["data-low"], own["data-high"]) == (str(pulse.usual_low), "95")
    assert own["data-max"] == usual["data-max"] == str(pulse.plausible_high)


def test_hostile_content_cannot_leave_its_attribute():
    hostile = '"><script>alert(1)</script>'
    assert read(attributes({"data-item": hostile})) == {"data-item": hostile}
    assert "<" not in attributes({"data-item": hostile})
