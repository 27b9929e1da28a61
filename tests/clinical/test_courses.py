"""The course of withdrawal, source by source: every row of the reference, as it stands there."""

from __future__ import annotations

from datetime import timedelta

import pytest

from stepdown.clinical.courses import PARTS, STAGES
from stepdown.clinical.explained import everything, explained
from stepdown.content import library

COURSES = library.courses()
H, D = timedelta(hours=1), timedelta(days=1)


def rows(key: str, part: str) -> set[tuple[str, str, str]]:
    """(words, tag, evidence) of one kind's own statements."""
    return {
        (said.words, said.tag, said.evidence)
        for said in COURSES.opioid(key).statements
        if said.of == part
    }


C, S, U = ("C", "confirmed"), ("S", "draft"), ("U", "draft")


@pytest.mark.parametrize(
    ("key", "part", "expected"),
    [
        ("heroin", "onset", {("6-12 h", *C), ("8-12 h", *S)}),
        ("heroin", "peak", {("2-3 days", *C), ("36-72 h", *U), ("24-48 (-72) h", *U)}),
        ("heroin", "end", {("about 5 days", *C), ("5-10 days, physical", *S),
                           ("physical signs resolve in 5-10 days", *C), ("3-7 d", *U)}),
        ("short_acting", "onset", {("6-12 h", *C), ("8-24 h", *U)}),
        ("short_acting", "peak", {("24-48 h", *C)}),
        ("short_acting", "end", {("a further 3-5 days", "C", "draft"), ("over in 3-5 d", *S), ("4-10 days", *U)}),
        ("prescription_short", "onset", {("8-24 h", *U), ("early 6-12 h", *C)}),
        ("prescription_short", "peak", {("1-3 days", *U)}),
        ("prescription_short", "end", {("5-10 days", *U)}),
        ("long_acting", "onset", {("30-72 h", *C)}),
        ("long_acting", "end", {("about 10 d", *S)}),
        ("fentanyl", "onset", {("often 8-24 h, may be delayed", *U), ("variable", *C)}),
        ("fentanyl", "peak", {("2-4 days", *U)}),
        ("fentanyl", "end", {("7-10+ days", *U)}),
        ("methadone", "onset", {("24-48 h", *U), ("12-48 h", *U), ("24-72 h", *U)}),
        ("methadone", "peak", {("3-8 days", *U)}),
        ("methadone", "end", {("10 days", "C", "draft"), ("up to 2-3 weeks or longer", *C), ("10-20 d", *U)}),
        ("buprenorphine", "onset", {("24-72 h", *U), ("12-48 h", *S), ("slow onset 5-10 d, mild", *U)}),
        ("buprenorphine", "peak", {("3-5 days", *U)}),
        ("buprenorphine", "end", {("10-14+ days, milder", *U), ("up to 20 d", *S)}),
    ],
)  # fmt: skip
def test_every_row_of_the_reference_stands_with_its_words_and_its_tag(key, part, expected):
    assert rows(key, part) == expected


@pytest.mark.parametrize(
    ("words", "earliest", "latest", "is_open"),
    [
        ("2-3 days", 2 * D, 3 * D, False),
        ("36-72 h", 36 * H, 72 * H, False),
        ("about 5 days", 5 * D, 5 * D, False),
        ("a further 3-5 days", 4 * D, 7 * D, False),
        ("often 8-24 h, may be delayed", 8 * H, 24 * H, True),
        ("variable", None, None, False),
        ("up to 2-3 weeks or longer", 14 * D, 21 * D, True),
        ("up to 20 d", None, 20 * D, False),
    ],
)
def test_the_words_of_a_source_and_its_numbers_say_the_same(words, earliest, latest, is_open):
    said = next(s for o in COURSES.opioids for s in o.statements if s.words == words)

    assert said.says == (earliest, latest, is_open)


@pytest.mark.parametrize(
    ("key", "part", "words", "earliest", "latest", "is_open"),
    [
        ("by_naloxone", "onset", "within 1 min of an IV dose", None, H / 60, False),
        ("by_naloxone", "peak", "minutes", None, None, False),
        ("by_naloxone", "end", "30-60 min", H / 2, H, False),
        ("by_buprenorphine", "onset", "within 90 min of an SL dose", None, 1.5 * H, False),
        ("by_buprenorphine", "peak", "1-3 h", H, 3 * H, False),
        ("by_buprenorphine", "end", "most discomfort within hours", None, None, False),
        ("by_buprenorphine", "end", "may be more than 24 h with fentanyl", D, None, True),
        ("by_naltrexone", "onset", "minutes to 1 h", None, H, False),
        ("by_naltrexone", "end", "24-48 h by mouth", D, 2 * D, False),
        ("by_naltrexone", "end", "days if depot", None, None, True),
    ],
)
def test_withdrawal_set_off_by_a_medicine_is_a_kind_of_its_own(
    key, part, words, earliest, latest, is_open
):
    kind = next(each for each in COURSES.precipitated if each.key == key)
    said = next(each for each in kind.statements if (each.of, each.words) == (part, words))

    assert said.says == (earliest, latest, is_open)


def test_only_what_the_reference_confirms_is_confirmed_and_the_whole_is_a_draft():
    said = [(each.tag, each.evidence) for o in COURSES.opioids for each in o.statements]
    said += [(each.tag, each.evidence) for o in COURSES.opioids for each in o.remarks]
    assert {tag for tag, evidence in said if evidence == "confirmed"} == {"C"}
    assert COURSES.evidence == "draft"


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("before", None),
        ("anticipatory", (3 * H, 6 * H)),
        ("early", (6 * H, 24 * H)),
        ("developed", (24 * H, 72 * H)),
        ("waning", (3 * D, 7 * D)),
        ("protracted", (7 * D, 168 * D)),
    ],
)
def test_the_stages_have_the_windows_of_the_reference(key, expected):
    stage = COURSES.stage(key)

    assert (None if stage.begins is None else (stage.begins, stage.ends)) == expected


def test_what_is_not_opioid_withdrawal_is_named_with_the_fields_there_are():
    assert [sign.key for sign in COURSES.signs] == [
        "fever", "seizure", "hallucination", "confusion", "small_pupils", "rigid_abdomen",
        "chest_pain",
    ]  # fmt: skip
    fields = [sign.vital for sign in COURSES.signs if sign.vital is not None]
    assert [(field.vital, str(field.above)) for field in fields] == [("temperature_c", "38.5")]
    scales = [(sign.key, sign.scale.raises) for sign in COURSES.signs if sign.scale is not None]
    assert scales == [("hallucination", "hallucination"), ("confusion", "disoriented")]


def test_every_opioid_a_form_offers_has_a_kind_and_one_only():
    codes = [code.code for code in library.codes("opioid_type").codes]

    assert sorted(code for each in COURSES.opioids for code in each.codes) == sorted(codes)
    assert COURSES.covering("methadone_otp").key == "methadone"


def test_a_code_that_content_no_longer_knows_has_no_course_rather_than_another_ones():
    assert COURSES.covering("gone_since").key == "not_in_tables"
    assert not COURSES.opioid("not_in_tables").statements


def test_a_kind_and_a_stage_are_found_by_their_keys_only():
    assert COURSES.stage("waning").name == "Waning"
    with pytest.raises(KeyError, match="opium"):
        COURSES.opioid("opium")


def test_what_speaks_of_short_acting_opioids_in_general_speaks_of_heroin_too_once():
    said = COURSES.speaking_of(COURSES.opioid("heroin"))

    assert {kind.key for kind, _statement in said} == {"heroin", "short_acting"}
    assert len(said) == len(set(map(id, (s for _k, s in said)))) == 15


def test_unknown_supply_hears_every_source_once():
    said = COURSES.speaking_of(COURSES.opioid("unknown_supply"))
    members = {"heroin", "short_acting", "prescription_short", "long_acting", "fentanyl",
               "methadone", "buprenorphine"}  # fmt: skip

    assert {kind.key for kind, _statement in said} == members
    assert len(said) == sum(len(COURSES.opioid(key).statements) for key in members)


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("heroin", ("onset", "peak", "end")),
        ("fentanyl", ()),
        ("methadone", ("onset", "end")),
        ("buprenorphine", ("onset", "end")),
        ("long_acting", ()),
    ],
)
def test_where_sources_disagree_is_said_and_nothing_is_averaged(key, expected):
    assert explained(COURSES, key).disagree == expected


def test_what_a_public_page_needs_is_there_for_every_opioid_somebody_may_tell_of():
    told = everything(COURSES)

    assert [each.opioid.key for each in told] == [
        "heroin", "prescription_short", "extended_release", "fentanyl", "methadone",
        "buprenorphine", "unknown_supply", "not_in_tables",
    ]  # fmt: skip
    heroin = told[0]
    assert [(r.of, r.earliest, r.latest, r.is_open) for r in heroin.ranges] == [
        ("onset", 6 * H, 24 * H, False),
        ("peak", 24 * H, 72 * H, False),
        ("end", 3 * D, 10 * D, False),
    ]
    assert (told[-1].ranges, told[-1].said, told[-1].disagree) == ((), (), ())
    assert all(each.opioid.plain for each in told)
    assert [stage.key for stage in COURSES.stages] == list(STAGES)
    assert all(stage.plain for stage in COURSES.stages)
    assert len(PARTS) == 3


def reading_age(text: str) -> float:
    """Automated readability index plus five: about the age that reads it with ease."""
    words = text.split()
    letters = sum(each.isalnum() for each in text)
    sentences = sum(text.count(mark) for mark in ".!?")
    return 4.71 * letters / len(words) + 0.5 * len(words) / sentences - 21.43 + 5


def test_the_plain_words_are_for_a_reader_of_about_twelve():
    plain = [each.plain for each in COURSES.opioids]
    plain += [each.plain for each in COURSES.stages]
    plain += [each.plain for each in COURSES.signs]
    plain += [each.plain for each in COURSES.precipitated]

    assert reading_age(" ".join(plain)) <= 12
