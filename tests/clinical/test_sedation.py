"""What a sedation level means, from the mapping alone."""

from __future__ import annotations

from dataclasses import replace

from stepdown.clinical.sedation import in_use
from stepdown.content import library

OWN = library.sedation()["sedation_level"]


def test_asleep_stands_with_the_acceptable_levels_and_the_two_worst_stop():
    assert {level.band: level.verdict for level in OWN.levels} == {
        "asleep": "acceptable",
        "awake": "acceptable",
        "drowsy": "acceptable",
        "nods_off": "stop_and_call",
        "hard_to_wake": "stop_and_call",
    }
    assert [level.zone for level in OWN.levels] == ["within", "within", "within", "amber", "red"]


def test_a_level_the_mapping_does_not_know_means_nothing():
    assert OWN.level("comfortable") is None


def test_a_mapping_that_takes_over_is_the_one_in_use():
    other = replace(OWN, key="poss", instead_of="sedation_level")

    assert in_use([OWN]) == (OWN,)
    assert in_use([OWN, other]) == (other,)
    assert in_use([OWN, replace(other, instead_of=None)]) == (OWN, replace(other, instead_of=None))


def test_no_level_is_a_number():
    scale = library.instrument("sedation_level")

    assert scale.maximum is None
    assert all(option.points is None for option in scale.items[0].options)
    assert all(type(each.level) is str for level in OWN.levels for each in level.published)
