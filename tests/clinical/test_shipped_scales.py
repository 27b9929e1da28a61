"""Each shipped scale against vectors worked by hand: not those of the files, and every edge."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepdown.clinical.instruments import (
    ImpossibleAnswer,
    IncompleteAnswers,
    answers_from_points,
    asked_items,
    lower_bound,
    lowest_band,
    missing_items,
    points_of,
    raised,
    score,
)
from stepdown.content import library

SCALES = dict(library.instruments())
SUMS = [key for key, scale in SCALES.items() if scale.is_sum]


def by_points(key, *points):
    """The result of a scale whose every item has points, by points in its order."""
    scale = SCALES[key]
    keys = [item.key for item in scale.items]
    return score(scale, answers_from_points(scale, dict(zip(keys, points, strict=True))))


def item_of(scale, key):
    """One item that is there."""
    return next(item for item in scale.items if item.key == key)


def told(result):
    return result.total, result.band.key if result.band else None


@pytest.mark.parametrize(
    ("key", "points", "expected"),
    [
        # SOWS-16: 21 of 64 is already severe.
        ("sows16", [0] * 16, (0, "none")),
        ("sows16", [0] * 15 + [1], (1, "mild")),
        ("sows16", [4, 4, 2] + [0] * 13, (10, "mild")),
        ("sows16", [4, 4, 3] + [0] * 13, (11, "moderate")),
        ("sows16", [4] * 5 + [0] * 11, (20, "moderate")),
        ("sows16", [4] * 5 + [1] + [0] * 10, (21, "severe")),
        ("sows16", [4] * 16, (64, "severe")),
        # Gossop's scale has no bands.
        ("sows_gossop", [0] * 10, (0, None)),
        ("sows_gossop", [3, 2, 1, 0, 3, 2, 1, 0, 3, 2], (17, None)),
        ("sows_gossop", [3] * 10, (30, None)),
        ("oows", [0] * 13, (0, None)),
        ("oows", [1, 0] * 6 + [1], (7, None)),
        ("oows", [1] * 13, (13, None)),
        ("gad7", [0, 0, 0, 0, 0, 0, 0], (0, "minimal")),
        ("gad7", [2, 2, 0, 0, 0, 0, 0], (4, "minimal")),
        ("gad7", [2, 2, 1, 0, 0, 0, 0], (5, "mild")),
        ("gad7", [3, 3, 3, 0, 0, 0, 0], (9, "mild")),
        ("gad7", [3, 3, 3, 1, 0, 0, 0], (10, "moderate")),
        ("gad7", [3, 3, 3, 3, 2, 0, 0], (14, "moderate")),
        ("gad7", [3, 3, 3, 3, 3, 0, 0], (15, "severe")),
        ("gad7", [3] * 7, (21, "severe")),
        ("ciwa_ar", [0] * 10, (0, "mild")),
        ("ciwa_ar", [7, 0, 0, 0, 0, 0, 0, 0, 0, 0], (7, "mild")),
        ("ciwa_ar", [7, 1, 0, 0, 0, 0, 0, 0, 0, 0], (8, "moderate")),
        ("ciwa_ar", [7, 7, 1, 0, 0, 0, 0, 0, 0, 0], (15, "moderate")),
        ("ciwa_ar", [7, 7, 2, 0, 0, 0, 0, 0, 0, 0], (16, "severe")),
        ("ciwa_ar", [7] * 9 + [4], (67, "severe")),
        ("ucla3", [1, 1, 1], (3, "not_lonely")),
        ("ucla3", [3, 1, 1], (5, "not_lonely")),
        ("ucla3", [2, 2, 2], (6, "lonely")),
        ("ucla3", [3, 3, 3], (9, "lonely")),
        ("ftnd", [0, 0, 0, 0, 0, 0], (0, "very_low")),
        ("ftnd", [2, 0, 0, 0, 0, 0], (2, "very_low")),
        ("ftnd", [3, 0, 0, 0, 0, 0], (3, "low")),
        ("ftnd", [3, 1, 0, 0, 0, 0], (4, "low")),
        ("ftnd", [3, 1, 1, 0, 0, 0], (5, "medium")),
        ("ftnd", [3, 1, 1, 1, 0, 0], (6, "high")),
        ("ftnd", [3, 1, 1, 2, 0, 0], (7, "high")),
        ("ftnd", [3, 1, 1, 3, 0, 0], (8, "very_high")),
        ("ftnd", [3, 1, 1, 3, 1, 1], (10, "very_high")),
        ("barc10", [1] * 10, (10, "below_cut")),
        ("barc10", [5] * 6 + [4] * 4, (46, "below_cut")),
        ("barc10", [5] * 7 + [4] * 3, (47, "at_cut")),
        ("barc10", [6] * 10, (60, "at_cut")),
        ("craving_vas", [0], (0, None)),
        ("craving_vas", [37], (37, None)),
        ("craving_vas", [100], (100, None)),
    ],
)
def test_a_scale_comes_to_what_was_worked_by_hand(key, points, expected):
    assert told(by_points(key, *points)) == expected


PHQ = [item.key for item in SCALES["phq9"].items][:9]
FREQUENCY = ["not_at_all", "several_days", "more_than_half", "nearly_every_day"]


def phq(*points, difficulty="not_difficult"):
    given = {key: FREQUENCY[each] for key, each in zip(PHQ, points, strict=True)}
    return given | {"difficulty": difficulty}


@pytest.mark.parametrize(
    ("points", "expected"),
    [
        ([0] * 9, (0, "minimal")),
        ([1, 1, 1, 1, 0, 0, 0, 0, 0], (4, "minimal")),
        ([1, 1, 1, 1, 1, 0, 0, 0, 0], (5, "mild")),
        ([3, 3, 3, 0, 0, 0, 0, 0, 0], (9, "mild")),
        ([3, 3, 3, 1, 0, 0, 0, 0, 0], (10, "moderate")),
        ([3, 3, 3, 3, 2, 0, 0, 0, 0], (14, "moderate")),
        ([3, 3, 3, 3, 3, 0, 0, 0, 0], (15, "moderately_severe")),
        ([3, 3, 3, 3, 3, 3, 1, 0, 0], (19, "moderately_severe")),
        ([3, 3, 3, 3, 3, 3, 2, 0, 0], (20, "severe")),
        ([3] * 9, (27, "severe")),
    ],
)
def test_the_phq_9_is_the_sum_of_nine_and_its_tenth_item_is_not_scored(points, expected):
    for difficulty in ("not_difficult", "extremely"):
        assert told(score(SCALES["phq9"], phq(*points, difficulty=difficulty))) == expected


def test_the_tenth_item_of_the_phq_9_is_asked_and_has_no_points():
    answers = phq(*[0] * 9)
    item = item_of(SCALES["phq9"], "difficulty")
    del answers["difficulty"]

    assert [each.key for each in missing_items(SCALES["phq9"], answers)] == ["difficulty"]
    assert points_of(item, phq(*[3] * 9, difficulty="extremely")) is None


@pytest.mark.parametrize("answer", FREQUENCY[1:])
def test_item_9_raises_the_suicide_screen_whatever_the_total_and_before_the_end(answer):
    for answers in ({"better_off_dead": answer}, phq(*[0] * 8, FREQUENCY.index(answer))):
        (found,) = raised(SCALES["phq9"], answers)
        assert (found.leads_to, found.urgency) == ("cssrs_screener", "stop")


def test_a_high_total_without_item_9_raises_nothing():
    assert raised(SCALES["phq9"], phq(*[3] * 8, 0)) == ()


@pytest.mark.parametrize(
    ("answers", "rules"),
    [
        ({"tactile": "three", "auditory": "three", "visual": "three"}, []),
        ({"tactile": "four"}, ["hallucination"]),
        ({"visual": "seven"}, ["hallucination"]),
        ({"orientation": "oriented"}, []),
        ({"orientation": "unsure"}, ["disoriented"]),
        ({"nausea": "seven", "tremor": "seven"}, []),
        ({"nausea": "seven", "tremor": "seven", "sweats": "one"}, ["e2"]),
        ({"auditory": "four", "orientation": "place_or_person"}, ["hallucination", "disoriented"]),
    ],
)
def test_what_is_not_opioid_withdrawal_is_raised_from_single_answers(answers, rules):
    assert [each.key for each in raised(SCALES["ciwa_ar"], answers)] == rules


def test_the_ciwa_says_which_bands_others_use():
    said = " ".join(SCALES["ciwa_ar"].sources_disagree)

    assert "below 10" in said
    assert "below 8" in said
    assert SCALES["ciwa_ar"].evidence == "draft"


# --- DSM-5: two criteria that do not count under medical supervision

CRITERIA = [item.key for item in SCALES["dsm5_oud"].items][1:]


def dsm(*met, supervised="no"):
    answers = {key: "met" if key in met else "not_met" for key in CRITERIA}
    return score(SCALES["dsm5_oud"], answers | {"supervised": supervised})


@pytest.mark.parametrize(
    ("count", "band"),
    [(0, "none"), (1, "none"), (2, "mild"), (3, "mild"), (4, "moderate"), (5, "moderate"),
     (6, "severe"), (11, "severe")],
)  # fmt: skip
def test_criteria_are_counted(count, band):
    assert told(dsm(*CRITERIA[:count])) == (count, band)


def test_tolerance_and_withdrawal_alone_are_no_disorder_under_medical_supervision():
    assert told(dsm("tolerance", "withdrawal")) == (2, "mild")
    assert told(dsm("tolerance", "withdrawal", supervised="yes")) == (0, "none")
    assert told(dsm(*CRITERIA, supervised="yes")) == (9, "severe")


def test_what_does_not_count_has_no_points_beside_its_answer():
    answers = {"supervised": "yes", "tolerance": "met", "craving": "met"}
    scale = SCALES["dsm5_oud"]

    assert points_of(item_of(scale, "tolerance"), answers) is None
    assert points_of(item_of(scale, "craving"), answers) == 1


def test_while_supervision_is_unanswered_the_two_are_not_certain():
    answers = {"tolerance": "met", "withdrawal": "met", "craving": "met"}

    assert lower_bound(SCALES["dsm5_oud"], answers) == 1
    assert lower_bound(SCALES["dsm5_oud"], answers | {"supervised": "no"}) == 3


# --- gates

RODS = [item.key for item in SCALES["rods"].items][1:]
PTSD = [item.key for item in SCALES["pc_ptsd5"].items][1:]


@pytest.mark.parametrize(
    ("key", "gate", "keys", "yes", "expected"),
    [
        ("rods", "ever", RODS, 2, (2, "negative")),
        ("rods", "ever", RODS, 3, (3, "positive")),
        ("rods", "ever", RODS, 7, (7, "positive")),
        ("pc_ptsd5", "event", PTSD, 2, (2, "negative")),
        ("pc_ptsd5", "event", PTSD, 3, (3, "sensitive_cut")),
        ("pc_ptsd5", "event", PTSD, 4, (4, "positive")),
        ("pc_ptsd5", "event", PTSD, 5, (5, "positive")),
    ],
)
def test_behind_an_open_gate_each_yes_counts(key, gate, keys, yes, expected):
    answers = {each: "yes" if place < yes else "no" for place, each in enumerate(keys)}

    assert told(score(SCALES[key], {gate: "yes", **answers})) == expected


@pytest.mark.parametrize(("key", "gate"), [("rods", "ever"), ("pc_ptsd5", "event")])
def test_a_closed_gate_ends_the_screen_with_nothing_and_the_gate_never_counts(key, gate):
    scale = SCALES[key]

    assert told(score(scale, {gate: "no"})) == (0, "negative")
    with pytest.raises(IncompleteAnswers):
        score(scale, {gate: "yes"})
    with pytest.raises(ImpossibleAnswer):
        score(scale, {gate: "no", scale.items[1].key: "yes"})


@pytest.mark.parametrize("often", ["less_than_monthly", "monthly", "weekly", "daily"])
@pytest.mark.parametrize("substance", ["tobacco", "alcohol", "prescription", "drugs"])
def test_anything_but_never_is_positive_in_taps_1(substance, often):
    never = dict.fromkeys(("tobacco", "alcohol", "prescription", "drugs"), "never")

    assert score(SCALES["taps"], never).banded.key == "negative"
    assert score(SCALES["taps"], never | {substance: often}).banded.key == "positive"


# --- BAM: parts and no whole

BAM = SCALES["bam"]
ORDER = (
    "health", "sleep_nights", "low_days", "alcohol_days", "heavy_days", "drug_days", "cravings",
    "confidence", "self_help_days", "risky_days", "spirituality", "work_days", "income",
    "arguments", "support_days",
)  # fmt: skip
KINDS = ("cannabis", "sedatives", "cocaine", "stimulants", "opiates", "inhalants", "other")
DAYS_OF_CODE = ("0", "2", "5", "11", "29")


def bam(*codes, **more):
    """Answers from the 0 to 4 codes of items 1 to 6 and 8 to 16, with days inside each step."""
    answers = {"satisfied": "moderately"}
    for key, code in zip(ORDER, codes, strict=True):
        item = item_of(BAM, key)
        answers[key] = DAYS_OF_CODE[code] if item.number else item.option_worth(code).code
    if answers["alcohol_days"] == "0":
        del answers["heavy_days"]
    if answers["drug_days"] != "0":
        answers |= {f"{kind}_days": "0" for kind in KINDS}
    return answers | more


def parts(answers):
    return {part.subscale.key: (part.total, part.band.key) for part in score(BAM, answers).parts}


@pytest.mark.parametrize(
    ("codes", "use", "risk", "protective"),
    [  # journey A, 14 January, 11 February, 13 March, 12 April
        ([3, 3, 3, 0, 0, 4, 4, 1, 0, 3, 1, 1, 4, 3, 1], (4, "flag"), (19, "flag"), (8, "flag")),
        ([2, 2, 2, 0, 0, 0, 2, 3, 2, 1, 1, 2, 4, 2, 2], (0, "below"), (11, "below"), (14, "above")),
        ([2, 2, 2, 0, 0, 1, 2, 2, 3, 2, 1, 3, 4, 1, 3], (1, "flag"), (11, "below"), (16, "above")),
        ([1, 1, 1, 0, 0, 0, 1, 3, 3, 1, 1, 3, 4, 1, 3], (0, "below"), (6, "below"), (17, "above")),
        ([4] * 15, (12, "flag"), (24, "flag"), (24, "above")),
        ([0] * 15, (0, "below"), (0, "below"), (0, "flag")),
        ([2, 2, 2, 0, 0, 0, 2, 4, 4, 2, 4, 0, 0, 2, 0], (0, "below"), (12, "flag"), (12, "flag")),
        ([2, 2, 2, 0, 0, 0, 2, 4, 4, 2, 4, 1, 0, 1, 0], (0, "below"), (11, "below"), (13, "above")),
    ],
)  # fmt: skip
def test_the_bam_has_three_parts_each_in_its_own_direction(codes, use, risk, protective):
    assert parts(bam(*codes)) == {"use": use, "risk": risk, "protective": protective}


@given(st.lists(st.integers(0, 4), min_size=15, max_size=15))
def test_the_bam_never_has_a_total_a_band_or_a_lower_bound(codes):
    codes[12] = 4 if codes[12] > 2 else 0
    if codes[3] == 0:
        codes[4] = 0
    answers = bam(*codes)
    result = score(BAM, answers)

    assert (result.total, result.band) == (None, None)
    assert (lower_bound(BAM, answers), lowest_band(BAM, answers), BAM.maximum) == (None, None, None)


@pytest.mark.parametrize(
    ("days", "points"),
    [("0", 0), ("1", 1), ("3", 1), ("4", 2), ("8", 2), ("9", 3), ("15", 3), ("16", 4), ("30", 4)],
)
def test_days_become_points_by_the_published_steps_and_stay_days(days, points):
    option = item_of(BAM, "sleep_nights").option(days)

    assert (option.code, option.points) == (days, points)


@pytest.mark.parametrize("days", ["31", "-1", "1.5", "007", "", " 3", "1e1", "٣", "9999999"])
def test_what_is_no_number_of_days_is_refused(days):
    with pytest.raises(ImpossibleAnswer, match="Allowed: 0 to 30 days"):
        score(BAM, {"sleep_nights": days})


def test_days_cannot_be_made_up_from_points():
    with pytest.raises(ImpossibleAnswer):
        answers_from_points(BAM, {"sleep_nights": 3})


def test_skipped_items_of_the_bam_count_as_nothing_and_the_kinds_of_drug_never_count():
    none = bam(*[2, 2, 2, 0, 0, 0, 2, 2, 2, 2, 2, 2, 4, 2, 2])
    drugs = bam(*[2, 2, 2, 0, 0, 1, 2, 2, 2, 2, 2, 2, 4, 2, 2], opiates_days="30", other_days="30")

    assert parts(none)["use"] == (0, "below")
    assert parts(drugs)["use"] == (1, "flag")
    asked = {item.key for item in asked_items(BAM, none)}
    assert not asked & {"heavy_days", *(f"{kind}_days" for kind in KINDS)}
    with pytest.raises(ImpossibleAnswer):
        score(BAM, none | {"heavy_days": "3"})


def test_the_last_item_of_the_bam_is_in_no_part():
    codes = [2, 2, 2, 0, 0, 0, 2, 2, 2, 2, 2, 2, 4, 2, 2]

    assert parts(bam(*codes)) == parts(bam(*codes, satisfied="extremely"))


def test_the_continuous_bam_is_said_to_be_another_scale():
    assert any("continuous" in line for line in BAM.guidance)
    assert [part.maximum for part in BAM.subscales] == [12, 24, 24]


# --- what is true of every scale


@pytest.mark.parametrize("key", SUMS)
def test_a_scale_without_bands_says_why_and_one_with_bands_covers_its_range(key):
    scale = SCALES[key]

    assert bool(scale.bands) != bool(scale.unbanded)
    if scale.bands:
        assert scale.bands[0].at_least == scale.minimum
        assert scale.bands[-1].at_most == scale.maximum


@pytest.mark.parametrize(
    ("key", "lowest", "highest"),
    [("cows", 0, 48), ("sows16", 0, 64), ("oows", 0, 13), ("sows_gossop", 0, 30), ("phq9", 0, 27),
     ("gad7", 0, 21), ("ciwa_ar", 0, 67), ("rods", 0, 7), ("barc10", 10, 60), ("ucla3", 3, 9),
     ("craving_vas", 0, 100), ("pc_ptsd5", 0, 5), ("ftnd", 0, 10), ("dsm5_oud", 0, 11)],
)  # fmt: skip
def test_each_range_is_the_published_one(key, lowest, highest):
    assert (SCALES[key].minimum, SCALES[key].maximum) == (lowest, highest)


def test_the_two_withdrawal_scales_called_sows_cannot_be_confused():
    handelsman, gossop = SCALES["sows16"], SCALES["sows_gossop"]

    assert [each for each in SCALES.values() if "SOWS" in (each.name, each.short_name)] == []
    assert handelsman.key != gossop.key
    assert handelsman.short_name != gossop.short_name
    assert "Handelsman" in handelsman.name
    assert "Gossop" in gossop.name
    assert (len(handelsman.items), len(gossop.items)) == (16, 10)
    with pytest.raises(ImpossibleAnswer):
        score(gossop, {"anxious": "a_little"})
    with pytest.raises(ImpossibleAnswer):
        score(handelsman, {"feeling_sick": "mild"})


def test_hot_and_cold_and_nausea_and_vomiting_are_items_of_their_own():
    keys = [item.key for item in SCALES["sows16"].items]

    assert keys[7:9] == ["hot_flushes", "cold_flushes"]
    assert keys[11:13] == ["nauseous", "like_vomiting"]


def test_higher_is_better_only_in_recovery_capital():
    assert [key for key in SUMS if not SCALES[key].higher_is_worse] == ["barc10"]
    assert lower_bound(SCALES["barc10"], {"happy": "agree"}) is None
    assert lowest_band(SCALES["barc10"], {"happy": "agree"}) is None


@st.composite
def answered(draw, complete=True):
    """A scale and answers to it: all that is asked, or some of it left out."""
    scale = SCALES[draw(st.sampled_from(sorted(SCALES)))]
    answers: dict[str, str] = {}
    for item in scale.items:
        if item not in asked_items(scale, answers):
            continue
        number = item.number
        chosen = (
            st.integers(number.lowest, number.highest).map(str)
            if number
            else st.sampled_from([option.code for option in item.options])
        )
        answers[item.key] = draw(chosen)
    if complete:
        return scale, answers
    gone = draw(st.sets(st.sampled_from(sorted(answers)), min_size=1))
    for key in [*answers]:
        if key in gone or item_of(scale, key) not in asked_items(scale, answers):
            del answers[key]
    return scale, answers


@given(answered(complete=False))
def test_no_unfinished_scale_ever_has_a_result(told_so_far):
    scale, answers = told_so_far

    with pytest.raises(IncompleteAnswers):
        score(scale, answers)


@given(answered(complete=False), st.randoms(use_true_random=False))
def test_what_is_certain_is_never_more_than_what_it_comes_to(told_so_far, chance):
    scale, answers = told_so_far
    certain, mildest = lower_bound(scale, answers), lowest_band(scale, answers)
    rest = dict(answers)
    while missing := missing_items(scale, rest):
        item = missing[0]
        options = [option.code for option in item.options]
        number = item.number
        span = range(number.lowest, number.highest + 1) if number else ()
        rest[item.key] = chance.choice(options or [str(each) for each in span])
    result = score(scale, rest)

    assert (certain is None) == (not scale.is_sum or not scale.higher_is_worse)
    if certain is not None:
        assert certain <= (result.total or 0)
    if mildest is not None:
        assert mildest.severity <= result.banded.severity
    assert {each.key for each in raised(scale, answers)} <= {
        each.key for each in raised(scale, rest)
    }


@given(answered())
def test_a_total_is_the_sum_of_the_points_kept_beside_the_answers(told_so_far):
    scale, answers = told_so_far
    kept = {item.key: points_of(item, answers) for item in scale.items}
    result = score(scale, answers)

    if scale.is_sum:
        assert result.total == sum(each or 0 for each in kept.values())
        assert result.total in range(scale.minimum, (scale.maximum or 0) + 1)
    for part in result.parts:
        assert part.total == sum(kept[key] or 0 for key in part.subscale.items)


@given(answered(), st.data())
def test_a_worse_answer_never_lowers_a_total(told_so_far, data):
    scale, answers = told_so_far
    item = data.draw(st.sampled_from([each for each in scale.items if each.key in answers]))
    before = item.option(answers[item.key])
    worse = [
        option.code
        for option in item.options
        if None not in (option.points, before.points) and option.points > before.points
    ]
    if not worse or not scale.is_sum:
        return
    after = answers | {item.key: data.draw(st.sampled_from(worse))}

    assert (score(scale, after).total or 0) >= (score(scale, answers).total or 0)


@given(answered(), st.randoms(use_true_random=False))
def test_the_order_of_the_options_changes_no_total(told_so_far, chance):
    """Points are the option's own and never a place in a list."""
    from dataclasses import replace

    scale, answers = told_so_far

    def shuffled(item):
        options = list(item.options)
        chance.shuffle(options)
        return replace(item, options=tuple(options))

    turned = replace(scale, items=tuple(map(shuffled, scale.items)))

    assert told(score(turned, answers)) == told(score(scale, answers))
