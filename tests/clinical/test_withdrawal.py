"""The stage by the clock and by what is seen: sets of what is possible, and no more."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepdown.clinical import withdrawal
from stepdown.clinical.courses import STAGES
from stepdown.clinical.instruments import answers_from_points
from stepdown.clinical.other_signs import other_signs
from stepdown.clinical.set_off import Dose, Score
from stepdown.clinical.symptoms import Presence, Reading, findings
from stepdown.clinical.windows import Edge, Timetable, edges, possible, union
from stepdown.clinical.withdrawal import Use
from stepdown.content import library

COURSES = library.courses()
TABLE = Timetable.of(COURSES)
COWS = library.instrument("cows")
KEYS = [item.key for item in COWS.items]
LAST = datetime(2027, 1, 3, 5, 30, tzinfo=UTC)
H, MINUTE = timedelta(hours=1), timedelta(minutes=1)
NO = {"fentanyl": "no"}
ORDER = ("before", "anticipatory", "early", "developed", "waning", "protracted")


def use(code="heroin", last=LAST, certainty="exact", supply=NO, **more):
    return Use(code, last, certainty if last else "unknown", supply, **more)


def at(hours: float) -> datetime:
    return LAST + hours * H


def clock(hours, *uses, **more):
    """The stages that are possible so many hours after ``LAST``."""
    return withdrawal.course(TABLE, uses or [use()], at(hours), **more).stages


def between(first, last):
    return ORDER[ORDER.index(first) : ORDER.index(last) + 1]


def seen(hours, points=None, **vitals):
    """Findings of one look: COWS points of all items, and vital signs."""
    answers = (
        {"cows": answers_from_points(COWS, dict(zip(KEYS, points, strict=True)))} if points else {}
    )
    taken = {key: Decimal(value) for key, value in vitals.items()}
    return findings(library.symptoms(), [Reading(at(hours), answers, taken)])


def look(hours, points, *uses, severity=None, now=None, **more):
    """A complete score so many hours after ``LAST``, and the course then (or at ``now``)."""
    total = sum(points)
    band = next(b for b in COWS.bands if b.at_least <= total <= b.at_most)
    score = Score(at(hours), total, band.severity if severity is None else severity)
    return withdrawal.course(
        TABLE,
        uses or [use()],
        at(hours if now is None else now),
        findings=seen(hours, points),
        scores=[score],
        **more,
    )


NOTHING = (0,) * 11
EARLY = (0, 2, 1, 0, 0, 1, 0, 0, 1, 0, 0)  # sweating, restless, runny nose, yawning: 5, mild
MILD = (1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 0)  # A on arrival: 11, mild, later symptoms there
MODERATE = (2, 2, 3, 2, 2, 2, 2, 1, 2, 4, 0)  # E on day 2: 22
STRONG = (2, 3, 3, 2, 4, 2, 2, 1, 1, 4, 3)  # E that evening: 27


# --- The edges of each opioid, just below, at and above


@pytest.mark.parametrize(
    ("code", "edge_hours", "below", "above"),
    [
        ("heroin", 3, between("before", "before"), between("anticipatory", "anticipatory")),
        ("heroin", 6, between("anticipatory", "anticipatory"), between("anticipatory", "early")),
        ("heroin", 24, between("anticipatory", "early"), between("early", "developed")),
        ("heroin", 48, between("early", "developed"), between("developed", "waning")),
        ("heroin", 72, between("developed", "waning"), between("waning", "protracted")),
        ("heroin", 240, between("waning", "protracted"), between("protracted", "protracted")),
        ("oxycodone_ir", 6, between("anticipatory", "anticipatory"), between("anticipatory", "early")),
        ("oxycodone_ir", 24, between("anticipatory", "early"), between("developed", "developed")),
        ("oxycodone_ir", 48, between("developed", "developed"), between("developed", "waning")),
        ("oxycodone_ir", 72, between("developed", "waning"), between("waning", "protracted")),
        ("oxycodone_ir", 240, between("waning", "protracted"), between("protracted", "protracted")),
        ("oxycodone_er", 6, between("before", "anticipatory"), between("before", "early")),
        ("oxycodone_er", 24, between("before", "early"), between("before", "developed")),
        ("oxycodone_er", 30, between("before", "developed"), between("before", "waning")),
        ("oxycodone_er", 72, between("before", "waning"), between("early", "protracted")),
        ("oxycodone_er", 240, between("early", "protracted"), between("protracted", "protracted")),
        ("fentanyl_powder", 8, between("before", "anticipatory"), between("before", "developed")),
        ("fentanyl_powder", 96, between("before", "developed"), between("waning", "waning")),
        ("fentanyl_powder", 168, between("waning", "waning"), between("waning", "protracted")),
        ("methadone_otp", 12, between("before", "anticipatory"), between("before", "developed")),
        ("methadone_otp", 72, between("before", "developed"), between("developed", "developed")),
        ("methadone_otp", 192, between("developed", "developed"), between("waning", "waning")),
        ("methadone_otp", 240, between("waning", "waning"), between("waning", "protracted")),
        ("buprenorphine", 12, between("before", "anticipatory"), between("before", "developed")),
        ("buprenorphine", 120, between("before", "developed"), between("before", "waning")),
        ("buprenorphine", 240, between("before", "waning"), between("waning", "protracted")),
        ("unknown_supply", 6, between("before", "anticipatory"), between("before", "early")),
        ("unknown_supply", 8, between("before", "early"), between("before", "developed")),
        ("unknown_supply", 30, between("before", "developed"), between("before", "waning")),
        ("unknown_supply", 72, between("before", "waning"), between("before", "protracted")),
        ("unknown_supply", 240, between("before", "protracted"), between("waning", "protracted")),
    ],
)  # fmt: skip
def test_the_hour_of_a_boundary_belongs_to_the_earlier_stage(code, edge_hours, below, above):
    minute = 1 / 60

    assert clock(edge_hours - minute, use(code)) == below
    assert clock(edge_hours, use(code)) == below
    assert clock(edge_hours + minute, use(code)) == above


@pytest.mark.parametrize("code", ["fentanyl_powder", "methadone_otp", "buprenorphine", "unknown_supply"])  # fmt: skip
def test_where_a_source_says_or_longer_waning_has_no_last_day(code):
    assert clock(24 * 90, use(code)) == ("waning", "protracted")


def test_the_moment_of_use_is_before_every_stage():
    assert clock(0) == ("before",)


# --- How sure the time is


@pytest.mark.parametrize(
    ("certainty", "hours", "expected"),
    [
        ("exact", 6, between("anticipatory", "anticipatory")),
        ("within_1h", 5, between("anticipatory", "anticipatory")),
        ("within_1h", 5.1, between("anticipatory", "early")),
        ("within_1h", 25, between("anticipatory", "developed")),
        ("within_1h", 25.1, between("early", "developed")),
        ("guess", 0, between("before", "anticipatory")),
        ("guess", 0.1, between("before", "early")),
        ("guess", 9, between("before", "early")),
        ("guess", 9.1, between("anticipatory", "early")),
        ("guess", 30, between("anticipatory", "developed")),
        ("some_word_since_gone", 30, between("anticipatory", "developed")),
    ],
)
def test_a_time_that_is_less_sure_leaves_more_stages_open(certainty, hours, expected):
    assert clock(hours, use(certainty=certainty)) == expected


def test_an_unknown_last_use_gives_no_clock_whatever_else_is_known():
    told = withdrawal.course(TABLE, [use(), use("morphine", None)], at(200))

    assert told.stages == ()
    assert not told.has_clock
    assert told.envelope == ()
    assert withdrawal.Unknown("last_use", "morphine") in told.unknowns
    assert [c.windows for c in told.contributions if c.code == "morphine"] == [()]
    assert all(c.windows for c in told.contributions if c.code == "heroin")


def test_a_use_that_lies_ahead_gives_no_clock_and_is_to_be_corrected():
    told = withdrawal.course(TABLE, [use()], at(-0.1))

    assert told.stages == ()
    assert withdrawal.Unknown("ahead", "heroin") in told.unknowns


def test_nothing_told_is_no_clock():
    told = withdrawal.course(TABLE, [], at(50))

    assert told.stages == ()
    assert told.contributions == ()
    assert told.envelope == ()
    assert [each.key for each in told.unknowns] == ["nothing_told", "never_looked", "doses"]


@pytest.mark.parametrize(
    "code", ["kratom", "tramadol", "nitazene_suspected", "other", "gone_since"]
)
def test_an_opioid_no_source_speaks_of_has_no_clock_and_borrows_none(code):
    told = withdrawal.course(TABLE, [use(), use(code, named="as told")], at(50))

    assert told.stages == ()
    assert withdrawal.Unknown("no_source", code, "as told") in told.unknowns


def test_a_time_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="does not say its zone"):
        withdrawal.course(TABLE, [use(last=at(0).replace(tzinfo=None))], at(1))
    with pytest.raises(ValueError, match="does not say its zone"):
        withdrawal.course(TABLE, [], at(1).replace(tzinfo=None))


def test_an_hour_is_an_hour_on_the_night_the_clocks_change():
    zone = ZoneInfo("America/Los_Angeles")
    evening = datetime(2027, 3, 13, 22, 0, tzinfo=zone)  # the clocks go forward at 02:00
    morning = datetime(2027, 3, 14, 5, 0, tzinfo=zone)  # six hours later, seven on their faces

    assert withdrawal.course(TABLE, [use(last=evening)], morning).stages == ("anticipatory",)
    later = withdrawal.course(TABLE, [use(last=evening)], morning + MINUTE)
    assert later.stages == ("anticipatory", "early")


# --- Several at once


def test_of_two_opioids_the_widest_range_is_shown_and_each_keeps_its_own():
    told = withdrawal.course(TABLE, [use(), use("methadone_otp", at(10))], at(60))

    assert told.stages == between("before", "waning")
    heroin, methadone = sorted(told.contributions, key=lambda each: each.code)
    onset, peak, end = told.envelope
    assert (onset.earliest, onset.latest, onset.is_open) == (at(6), at(10 + 72), False)
    assert (peak.earliest, peak.latest) == (at(24), at(10 + 192))
    assert (end.earliest, end.latest, end.is_open) == (at(72), at(10 + 504), True)
    assert [w.earliest for w in heroin.windows] == [at(6), at(24), at(72)]
    assert [w.earliest for w in methadone.windows] == [at(22), at(82), at(250)]


def test_a_guess_widens_the_windows_on_both_sides():
    told = withdrawal.course(TABLE, [use(certainty="guess")], at(60))

    assert [(w.earliest, w.latest) for w in told.envelope] == [
        (at(0), at(30)), (at(18), at(78)), (at(66), at(246)),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("code", "supply", "how"),
    [
        ("heroin", {"fentanyl": "yes"}, ["contains"]),
        ("heroin", {"fentanyl": "unknown"}, ["may_contain"]),
        ("heroin", {}, ["may_contain"]),
        ("heroin", {"fentanyl": "no"}, []),
        ("heroin", {"fentanyl": "no", "xylazine": "yes"}, []),
        ("methadone_otp", {}, []),
        ("methadone_otp", {"fentanyl": "unknown"}, ["may_contain"]),
        ("fentanyl_powder", {"fentanyl": "yes"}, []),
    ],
)
def test_only_a_no_keeps_fentanyl_out_of_a_supply(code, supply, how):
    told = withdrawal.course(TABLE, [use(code, supply=supply)], at(60))

    found = [each for each in told.contributions if each.how != "told"]
    assert [each.how for each in found] == how
    assert all((f.opioid.key, f.code, f.last_used_at) == ("fentanyl", code, LAST) for f in found)


def test_fentanyl_in_the_supply_widens_what_heroin_alone_would_leave():
    assert clock(50) == between("developed", "waning")
    assert clock(50, use(supply={"fentanyl": "unknown"})) == between("before", "waning")


@pytest.mark.parametrize(
    ("supply", "expected"),
    [
        ({"fentanyl": "no"}, [("supply_believed", "fentanyl")]),
        ({}, [("supply_unknown", "fentanyl")]),
        ({"fentanyl": "yes", "xylazine": "yes"}, [("supply_held", "fentanyl"), ("supply_held", "xylazine")]),
        ({"fentanyl": "no", "medetomidine": "unknown"},
         [("supply_believed", "fentanyl"), ("supply_unknown", "medetomidine")]),
        ({"fentanyl": "no", "xylazine": "no"}, [("supply_believed", "fentanyl")]),
    ],
)  # fmt: skip
def test_what_is_not_known_of_a_supply_is_said(supply, expected):
    told = withdrawal.course(TABLE, [use(supply=supply)], at(60))

    assert [(u.key, u.supply) for u in told.unknowns if u.supply] == expected


@pytest.mark.parametrize(("days", "is_said"), [(None, False), (7, False), (6, True), (2, True)])
def test_use_that_was_not_daily_is_said_and_moves_no_clock(days, is_said):
    told = withdrawal.course(TABLE, [use(days_per_week=days)], at(30))

    assert (withdrawal.Unknown("not_daily", "heroin") in told.unknowns) is is_said
    assert told.stages == between("early", "developed")


def test_a_guess_is_said_and_a_surer_time_is_not():
    for certainty, is_said in [("guess", True), ("within_1h", False), ("exact", False)]:
        told = withdrawal.course(TABLE, [use(certainty=certainty)], at(30))
        assert (withdrawal.Unknown("guess", "heroin") in told.unknowns) is is_said


# --- What is seen


def sight(told) -> withdrawal.Seen:
    """What is seen, where something is."""
    seen: withdrawal.Seen | None = told.seen
    assert seen is not None
    return seen


def signs(points):
    return sight(look(30, points)).signs


@pytest.mark.parametrize(
    ("points", "expected"),
    [
        (NOTHING, "nothing"),
        ((0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0), "first"),
        ((0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 0), "early"),
        (EARLY, "early"),
        ((0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0), "later"),
        (MILD, "later"),
    ],
)
def test_what_is_seen_is_as_far_along_as_the_furthest_symptom(points, expected):
    assert signs(points) == expected


@pytest.mark.parametrize(
    ("points", "fits"),
    [
        (NOTHING, ("before", "anticipatory", "protracted")),
        ((0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0), ("before", "anticipatory", "early", "waning", "protracted")),
        (EARLY, ("early", "waning", "protracted")),
        (MILD, ("early", "developed", "waning", "protracted")),
        (MODERATE, ("developed", "waning")),
    ],
)  # fmt: skip
def test_symptoms_and_the_band_of_the_score_fit_stages(points, fits):
    assert sight(look(30, points)).fits == fits


def test_a_look_without_a_complete_score_shows_what_is_there_and_never_that_nothing_is():
    there = withdrawal.course(TABLE, [use()], at(30), findings=seen(30, heart_rate_bpm=120))
    gone = withdrawal.course(TABLE, [use()], at(30), findings=seen(30, heart_rate_bpm=70))

    assert sight(there).signs == "later"
    assert sight(there).score is None
    assert sight(there).fits == ("early", "developed", "waning", "protracted")
    assert sight(there).at == at(30)
    assert gone.seen is None
    assert withdrawal.Unknown("never_looked") in gone.unknowns
    assert withdrawal.Unknown("never_looked") not in there.unknowns


def test_a_symptom_no_stage_lists_counts_as_the_catalogue_puts_it():
    from dataclasses import replace

    bare = replace(COURSES, stages=tuple(replace(each, findings=()) for each in COURSES.stages))
    for points, expected in [(EARLY, "early"), (MILD, "later")]:
        told = withdrawal.course(Timetable.of(bare), [use()], at(30), findings=seen(30, points))
        assert sight(told).signs == expected


# --- Clock against signs


@pytest.mark.parametrize(
    ("hours", "points", "differs"),
    [
        (11, MILD, ()),
        (5, MILD, ("earlier",)),
        (11, MODERATE, ("earlier",)),
        (30, MODERATE, ()),
        (30, NOTHING, ("later",)),
        (2, NOTHING, ()),
        (100, NOTHING, ()),
        (300, MODERATE, ("later",)),
        (60, STRONG, ("stronger",)),
        (11, STRONG, ("earlier", "stronger")),
    ],
)
def test_where_clock_and_signs_differ_the_direction_is_said(hours, points, differs):
    told = look(hours, points)

    assert told.compared
    assert told.differs == differs
    assert {each.when for each in told.questions} == set(differs)


def test_signs_are_held_against_the_clock_of_their_own_hour():
    assert look(5, MILD, now=40).differs == ("earlier",)
    assert look(11, MILD, now=40).differs == ()


def test_without_a_clock_nothing_is_compared_and_a_red_score_is_still_said():
    told = look(30, STRONG, use(last=None))

    assert not told.compared
    assert told.differs == ("stronger",)
    assert look(30, MODERATE, use(last=None)).differs == ()


def test_use_after_the_look_makes_the_look_incomparable():
    told = look(1, MILD, use(last=at(5)), now=12)

    assert told.stages == between("anticipatory", "early")
    assert not told.compared
    assert told.differs == ()


def test_questions_are_questions():
    assert all("?" in each.words for each in COURSES.questions)


# --- Medicine given


def test_that_no_doses_are_kept_is_said_and_that_none_were_given_is_not_the_same():
    kept = withdrawal.course(TABLE, [use()], at(30), doses=[])
    none = withdrawal.course(TABLE, [use()], at(30), doses=None)

    assert withdrawal.Unknown("doses") in none.unknowns
    assert withdrawal.Unknown("doses") not in kept.unknowns


def test_the_last_dose_of_an_opioid_given_here_is_that_opioids_last_use():
    doses = [Dose(at(40), "buprenorphine"), Dose(at(20), "buprenorphine"), Dose(at(70), "morphine")]
    told = withdrawal.course(TABLE, [use()], at(60), doses=doses)

    given_here = [each for each in told.contributions if each.how == "given"]
    assert [(each.code, each.last_used_at) for each in given_here] == [("buprenorphine", at(40))]
    assert told.stages == between("before", "waning")


def test_naloxone_is_no_opioid_that_leaves_the_body():
    told = withdrawal.course(TABLE, [use()], at(30), doses=[Dose(at(29), "naloxone")])

    assert [each.how for each in told.contributions] == ["told"]


@pytest.mark.parametrize(
    ("code", "minutes", "rise", "fits"),
    [
        ("buprenorphine", 120, 6, True),
        ("buprenorphine", 120, 5, False),
        ("buprenorphine", 121, 9, None),
        ("naloxone", 60, 6, True),
        ("naloxone", 61, 6, None),
        ("naltrexone", 60, 7, True),
    ],
)
def test_a_rise_after_a_dose_counts_within_the_time_of_its_definition(code, minutes, rise, fits):
    given_at = at(25)
    scores = [
        Score(at(24), 10, 1),
        Score(given_at, 4, 0),
        Score(given_at + 30 * MINUTE, 3, 0),
        Score(given_at + minutes * MINUTE, 4 + rise, 1),
    ]
    if fits is None:
        rise, scores = None, [scores[0], scores[1], scores[3]]

    (after,) = withdrawal.course(
        TABLE, [use()], at(40), scores=scores, doses=[Dose(given_at, code)]
    ).after_doses

    assert (after.rise, after.fits) == (rise, fits)


def test_without_a_score_before_the_dose_no_rise_is_made_up():
    (after,) = withdrawal.course(
        TABLE, [use()], at(40), scores=[Score(at(26), 20, 2)], doses=[Dose(at(25), "naloxone")]
    ).after_doses

    assert after.rise is after.fits is None


@pytest.mark.parametrize(
    ("code", "windows"),
    [
        ("naloxone", [("onset", 0, 1, False), ("end", 30, 60, False)]),
        ("buprenorphine", [("onset", 0, 90, False), ("peak", 60, 180, False), ("end", 1440, None, True)]),
        ("naltrexone", [("onset", 0, 60, False), ("end", 1440, 2880, True)]),
        ("morphine", None),
    ],
)  # fmt: skip
def test_the_windows_of_withdrawal_set_off_count_from_the_dose(code, windows):
    found = withdrawal.course(TABLE, [], at(40), doses=[Dose(at(25), code)]).after_doses

    told = [
        (w.of, (w.earliest - at(25)) / MINUTE, None if w.latest is None else (w.latest - at(25)) / MINUTE, w.is_open)
        for after in found
        for w in after.windows
    ]  # fmt: skip
    assert told == (windows or [])
    assert len(found) == (windows is not None)


def test_doses_are_told_oldest_first_and_those_ahead_not_at_all():
    doses = [Dose(at(30), "naloxone"), Dose(at(20), "buprenorphine"), Dose(at(50), "naloxone")]
    told = withdrawal.course(TABLE, [], at(40), doses=doses).after_doses

    assert [(each.dose.code, each.dose.at) for each in told] == [
        ("buprenorphine", at(20)), ("naloxone", at(30)),
    ]  # fmt: skip


# --- What is not opioid withdrawal


@pytest.mark.parametrize(
    ("value", "presence"),
    [("38.4", "absent"), ("38.5", "absent"), ("38.6", "present"), ("39.1", "present")],
)
def test_fever_is_no_withdrawal_above_38_5_and_not_at_it(value, presence):
    found = other_signs(COURSES, {"temperature_c": (at(1), Decimal(value))}, {})

    assert (found[0].sign.key, found[0].presence.value) == ("fever", presence)
    assert (found[0].at, found[0].value) == (at(1), Decimal(value))


def test_what_no_field_asks_is_not_asked_and_what_was_not_looked_at_not_absent():
    found = {each.sign.key: each.presence for each in other_signs(COURSES, {}, {})}

    asked = {"fever", "hallucination", "confusion"}
    assert {found[key] for key in asked} == {Presence.NOT_OBSERVED}
    assert {found[key] for key in found.keys() - asked} == {Presence.NOT_ASKED}


@pytest.mark.parametrize(("fired", "presence"), [(True, "present"), (False, "absent")])
def test_what_a_scale_raises_is_as_its_newest_look_says(fired, presence):
    raised = {("ciwa_ar", "hallucination"): (at(3), fired)}

    found = {each.sign.key: each for each in other_signs(COURSES, {}, raised)}

    assert (found["hallucination"].presence.value, found["hallucination"].at) == (presence, at(3))
    assert found["confusion"].presence is Presence.NOT_OBSERVED


# --- What holds for everybody

CODES = sorted(code.code for code in library.codes("opioid_type").codes)
TIMED = [code for code in CODES if edges(COURSES, COURSES.covering(code))]
BELIEFS = st.dictionaries(
    st.sampled_from(["fentanyl", "xylazine", "medetomidine"]),
    st.sampled_from(["yes", "no", "unknown"]),
)
ZONES = st.sampled_from(["UTC", "America/Los_Angeles", "Asia/Kolkata", "Europe/Dublin"])


@st.composite
def told(draw, known=True):
    """One use up to thirty days before ``at(720)``, in some zone."""
    last = at(0) + timedelta(minutes=draw(st.integers(0, 720 * 60)))
    zone = ZoneInfo(draw(ZONES))
    certainty = draw(st.sampled_from(["exact", "within_1h", "guess"]))
    return use(draw(st.sampled_from(TIMED)), last.astimezone(zone), certainty, draw(BELIEFS))


NOW = at(720)
SEVERAL = st.lists(told(), min_size=1, max_size=4)


@given(SEVERAL)
def test_the_envelope_is_never_narrower_than_any_member(uses):
    whole = withdrawal.course(TABLE, uses, NOW)
    by_part = {window.of: window for window in whole.envelope}

    for one in whole.contributions:
        for window in one.windows:
            around = by_part[window.of]
            assert around.earliest <= window.earliest
            assert (around.latest or NEVER) >= (window.latest or around.earliest)
            assert around.is_open or not window.is_open
    for each in uses:
        alone = withdrawal.course(TABLE, [each], NOW)
        assert set(alone.stages) <= set(whole.stages)


NEVER, FOREVER = datetime.max.replace(tzinfo=UTC), timedelta.max


@pytest.mark.parametrize("opioid", [o for o in COURSES.opioids if o.members], ids=lambda o: o.key)
def test_a_kind_that_may_be_any_of_several_is_as_wide_as_each_of_them(opioid):
    around = {found.of: found for found in TABLE.ranges[opioid.key]}

    for key in opioid.members:
        for mine, theirs in zip(TABLE.edges[opioid.key], TABLE.edges[key], strict=True):
            assert mine.earliest <= theirs.earliest
            assert (mine.latest or FOREVER) >= (theirs.latest or FOREVER)
        for told in TABLE.ranges[key]:
            wide = around[told.of]
            assert wide.earliest <= told.earliest
            assert (wide.latest or FOREVER) >= (told.latest or FOREVER)
            assert wide.is_open or not told.is_open


@given(SEVERAL, st.integers(0, 3), st.integers(0, 720 * 60))
def test_a_later_last_use_never_gives_a_later_stage(uses, which, minutes):
    from dataclasses import replace

    which %= len(uses)
    later = min(uses[which].last_used_at.astimezone(UTC) + minutes * MINUTE, NOW)
    moved = [replace(u, last_used_at=later) if n == which else u for n, u in enumerate(uses)]
    before, after = (withdrawal.course(TABLE, each, NOW).stages for each in (uses, moved))

    assert STAGES.index(after[0]) <= STAGES.index(before[0])
    assert STAGES.index(after[-1]) <= STAGES.index(before[-1])


@given(SEVERAL, st.sampled_from(CODES), st.data())
def test_one_unknown_last_use_never_yields_a_stage(uses, code, data):
    place = data.draw(st.integers(0, len(uses)))
    with_unknown = [*uses[:place], use(code, None), *uses[place:]]

    assert withdrawal.course(TABLE, with_unknown, NOW).stages == ()


@given(SEVERAL, st.randoms(use_true_random=False))
def test_the_order_in_which_opioids_were_told_does_not_matter(uses, dice):
    mixed = list(uses)
    dice.shuffle(mixed)
    one, other = (withdrawal.course(TABLE, each, NOW) for each in (uses, mixed))

    assert (one.stages, one.envelope) == (other.stages, other.envelope)
    assert sorted(map(repr, one.unknowns)) == sorted(map(repr, other.unknowns))
    assert [c.code for c in one.contributions] == [c.code for c in other.contributions]


@given(SEVERAL, ZONES, st.integers(-12, 14))
def test_zones_and_clock_changes_change_nothing(uses, name, offset):
    from dataclasses import replace

    fixed = timezone(timedelta(hours=offset))
    moved = [replace(each, last_used_at=each.last_used_at.astimezone(fixed)) for each in uses]
    here = withdrawal.course(TABLE, uses, NOW)
    there = withdrawal.course(TABLE, moved, NOW.astimezone(ZoneInfo(name)))

    assert (here.stages, here.envelope) == (there.stages, there.envelope)


@given(st.integers(0, 24 * 60 * 60), st.integers(0, 12 * 60), st.sampled_from(TIMED))
def test_at_every_moment_some_stage_is_possible_and_none_between_is_left_out(minutes, slack, code):
    found = edges(COURSES, COURSES.covering(code))
    stages = possible(found, minutes * MINUTE, (minutes + slack) * MINUTE)

    assert stages
    assert stages == between(stages[0], stages[-1])


def test_the_edges_of_nothing_are_no_edges():
    assert union([]) == ()
    assert edges(COURSES, COURSES.opioid("not_in_tables")) == ()


def test_a_peak_nobody_gives_lies_anywhere_between_onset_and_end():
    assert edges(COURSES, COURSES.opioid("long_acting")) == (
        Edge(0 * H, 72 * H), Edge(30 * H, 72 * H), Edge(30 * H, 240 * H), Edge(30 * H, 240 * H),
        Edge(240 * H, 240 * H),
    )  # fmt: skip
