"""Playing a journey calls the real actions, and the verdict can be trusted both ways."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from stepdown.operate.journeys import format as journeys
from stepdown.operate.journeys import verdict
from stepdown.operate.journeys.pending import Counts
from stepdown.operate.journeys.replaying import replay
from stepdown.operate.journeys.times import wall
from stepdown.operate.journeys.verdict import Status, Verdict
from stepdown.records import audit
from stepdown.records.errors import Refused
from stepdown.records.models import AuditEvent, Deployment, Episode, Facility, Observation
from tests.operate.journeys.writing import ARRIVAL, HEAD, VITALS, line_of, reading, write

pytestmark = pytest.mark.django_db

ADMISSION = f"""\
{ARRIVAL}\
  - {{at: 2027-01-04 08:02, do: admissions.identify, by: ADM1,
     with: {{identifiers: [photo_id, date_of_birth]}}}}
  - {{at: 2027-01-04 08:03, do: consents.record, by: RN1, with: {{kind: treatment,
     decision: given, language: English, read_by: the person, capacity: yes}}}}
  - {{at: 2027-01-04 08:04, do: consents.record, by: RN1, with: {{kind: part2_notice,
     decision: given, language: English, read_by: the person, capacity: yes}}}}
  - {{at: 2027-01-04 08:05, do: allergies.record, by: RN1, with: {{statement: none_known}}}}
  - {{at: 2027-01-04 08:06, do: substance_use.record, by: RN1, with: {{substance: heroin,
     category: opioid, certainty: exact, last_used_at: 2027-01-03 21:30}}}}
  - {{at: 2027-01-04 08:07, do: pregnancy.record, by: RN1, with: {{applies: no,
     result: not_done, reason: cannot be pregnant}}}}
{reading("2027-01-04 08:15", label="first")}\
  - {{at: 2027-01-04 08:20, do: observations.record, by: RN1, with: {{context: arrival,
     cssrs_screener: {{q1: no, q2: no, q6_lifetime: no}}}}}}
"""

ORDER = "  - {at: 2027-01-04 08:30, do: orders.admit, by: PRES1, with: {text: Admit.}}\n"

TRANSITION = """\
  - at: 2027-01-04 08:35
    do: episodes.transition
    by: RN1
    with: {to: WITHDRAWAL}
"""


def play(tmp_path: Path, events: str, **kwargs: object) -> Verdict:
    (found,) = replay([journeys.load(write(tmp_path, events))], **kwargs)  # type: ignore[arg-type]
    return found


def expecting(*lines: str, at: str = "2027-01-04 11:00") -> str:
    return f"  - at: {at}\n    expect:\n" + "".join(f"      - {{{line}}}\n" for line in lines)


def test_an_admission_goes_through_the_real_guard(tmp_path: Path):
    found = play(
        tmp_path,
        ADMISSION + ORDER + TRANSITION
        + expecting(
            "state: WITHDRAWAL", "phase: PRE_DOSE", 'bed: "01"', "day: 1", "last_use_hours: 13",
            "score: {instrument: cows, total: 10, band: mild}",
            "score: {instrument: cssrs_screener, band: none}",
            "next_due: {instrument: cows, at: 2027-01-04 12:15}",
            "symptoms: {present: [yawning, cramps], absent: [gooseflesh]}",
            'board: {as: RN1, bed: "01", name: Sev E., day: 1, score: 10, band: mild}',
        ),
    )  # fmt: skip

    assert found.status is Status.PASSED, "\n".join(found.lines())
    assert Episode.objects.get().state == "WITHDRAWAL"


def test_the_guard_refuses_what_is_missing_and_names_it(tmp_path: Path):
    found = play(tmp_path, ADMISSION + TRANSITION + "    expect: [{refused: 'order'}]\n")

    assert found.status is Status.PASSED, "\n".join(found.lines())
    assert Episode.objects.get().state == "INTAKE"


def test_an_unexpected_refusal_fails_with_file_line_and_message(tmp_path: Path):
    found = play(tmp_path, ADMISSION + TRANSITION)
    text = "\n".join(found.lines())

    assert found.status is Status.FAILED
    path = tmp_path / "seventh.yaml"
    assert f"{path}:{line_of(path, '08:35')}" in text
    assert "A prescriber writes the admission order." in text


@pytest.mark.parametrize(
    "wrong",
    [
        "state: WITHDRAWAL",
        "phase: PRE_DOSE",
        "day: 2",
        'bed: "02"',
        "bed: null",
        "last_use_hours: 12",
        "last_use_hours: null",
        "score: {instrument: cows, total: 11, band: mild}",
        "score: {instrument: cows, total: 10, band: moderate}",
        "score: {instrument: cows, band: mild}",
        "score: {instrument: cssrs_screener, band: low}",
        "score: {instrument: astrology, total: 10, band: mild}",
        "no_total: cows",
        "no_total: astrology",
        "next_due: {instrument: cows, at: 2027-01-04 12:16}",
        'board: {as: RN1, bed: "01", next_due: 2027-01-04 12:16}',
        "next_due: {instrument: astrology, at: 2027-01-04 12:15}",
        "symptoms: {present: [gooseflesh]}",
        "symptoms: {absent: [yawning]}",
        "symptoms: {absent: [sleeplessness]}",
        "symptoms: {present: [no_such_symptom]}",
        'board: {as: RN1, bed: "01", day: 2}',
        'board: {as: RN1, bed: "01", score: 11}',
        'board: {as: RN1, bed: "01", free: true}',
        'board: {as: RN1, bed: "02", free: false}',
    ],
)
def test_a_wrong_expectation_fails_with_file_and_line(tmp_path: Path, wrong: str):
    found = play(tmp_path, ADMISSION + expecting(wrong))

    assert found.status is Status.FAILED
    assert found.expectations == {"passed": 0, "failed": 1, "pending": 0}
    path = tmp_path / "seventh.yaml"
    assert f"({path}:{line_of(path, wrong)})" in "\n".join(found.lines())


def test_a_refusal_that_does_not_come_fails(tmp_path: Path):
    found = play(tmp_path, ARRIVAL + "    expect: [{refused: taken}]\n")

    assert found.status is Status.FAILED
    assert "it was not refused" in "\n".join(found.lines())


def test_a_refusal_with_other_words_fails_and_shows_them(tmp_path: Path):
    found = play(tmp_path, ADMISSION + TRANSITION + "    expect: [{refused: hospital}]\n")

    assert found.status is Status.FAILED
    assert "refused otherwise: Not admitted" in "\n".join(found.lines())


@pytest.mark.parametrize(
    ("cows", "says"),
    [
        ("[1, 2, 1, 1, 1, 1, 1, 1, 1, 0]", "restlessness"),
        ("[1, 1, 1, 1, 1, 4, 1, 1, 1, 0]", "GI"),
        ("[1, 1, 1, 1, 1, 1, 1, 1, 1, 1]", "gooseflesh"),
    ],
)
def test_a_value_that_an_item_does_not_have_is_refused_by_the_action(
    tmp_path: Path, cows: str, says: str
):
    found = play(
        tmp_path,
        ARRIVAL + reading("2027-01-04 09:00", cows) + f"    expect: [{{refused: {says}}}]\n",
    )

    assert found.status is Status.PASSED, "\n".join(found.lines())
    assert not Observation.objects.exists()


def test_the_pulse_item_cannot_be_set(tmp_path: Path):
    set_by_hand = reading("2027-01-04 09:00").replace("0]}", "0], cows_pulse: 2}")

    found = play(tmp_path, ARRIVAL + set_by_hand + "    expect: [{refused: pulse}]\n")

    assert found.status is Status.PASSED, "\n".join(found.lines())


def test_an_item_left_open_gives_no_total(tmp_path: Path):
    open_items = "[1, 1, null, null, 1, 1, 1, 1, 1, 0]"
    partly = reading("2027-01-04 09:00", open_items).replace(
        "0]}", "0], outcome: partial, reason: Fell asleep.}"
    )

    found = play(tmp_path, ARRIVAL + partly + "    expect: [{no_total: cows}]\n")

    assert found.status is Status.PASSED, "\n".join(found.lines())


def test_asleep_is_an_outcome_beside_vital_signs(tmp_path: Path):
    asleep = (
        "  - at: 2027-01-04 09:00\n    do: observations.record\n    by: RN1\n"
        "    with: {context: scheduled, vitals: {respiratory_rate_bpm: 13}, outcome: asleep,\n"
        "           reason: Breathing quietly.}\n    expect: [{no_total: cows}]\n"
    )

    found = play(tmp_path, ARRIVAL + asleep)

    assert found.status is Status.PASSED, "\n".join(found.lines())
    assert set(Observation.objects.values_list("kind", "outcome")) == {
        ("vitals", "partial"), ("cows", "asleep"),
    }  # fmt: skip


def test_a_reading_can_be_amended_and_struck_out_by_its_label(tmp_path: Path):
    amended = (
        "  - at: 2027-01-04 08:40\n    do: observations.amend\n    by: RN1\n"
        f"    with: {{of: first, instrument: cows, vitals: {VITALS},\n"
        "           cows: [0, 1, 1, 1, 1, 1, 1, 1, 1, 0], reason: typed too fast}\n"
        "    expect: [{score: {instrument: cows, total: 9, band: mild}}]\n"
    )
    struck = (
        "  - at: 2027-01-04 08:45\n    do: observations.void\n    by: RN1\n"
        "    with: {of: first, instrument: cows, reason: wrong person}\n"
        "    expect: [{score: {instrument: cows, total: 9, band: mild}}]\n"
    )

    found = play(tmp_path, ADMISSION + amended + struck)

    assert found.expectations == {"passed": 1, "failed": 1, "pending": 0}
    assert "found no such reading" in "\n".join(found.lines())


def test_what_is_amended_must_be_plain(tmp_path: Path):
    unclear = (
        "  - at: 2027-01-04 08:40\n    do: observations.void\n    by: RN1\n"
        "    with: {of: first, reason: slip}\n"
    )

    found = play(tmp_path, ADMISSION + unclear)

    assert "first told vitals, cows: say which with `instrument:`" in "\n".join(found.lines())


def test_a_late_entry_happened_when_it_says(tmp_path: Path):
    late = reading("2027-01-04 11:00").replace(
        "scheduled,", "scheduled, occurred_at: 2027-01-04 09:10,"
    )

    found = play(tmp_path, ARRIVAL + late)

    assert found.status is Status.PASSED, "\n".join(found.lines())
    told = Observation.objects.of("cows").get()
    assert told.occurred_at.isoformat() == "2027-01-04T17:10:00+00:00"
    assert told.recorded_at.isoformat() == "2027-01-04T19:00:00+00:00"


def test_a_night_of_25_hours_neither_loses_nor_doubles_a_look(tmp_path: Path):
    arrival = ARRIVAL.replace("2027-01-04 08:00", "2027-11-06 22:00")
    evening = (
        reading("2027-11-06 22:30")
        + "    expect: [{next_due: {instrument: cows, at: 2027-11-07 03:30}}]\n"  # 6 h later
    )
    first, second = (
        reading("2027-11-07 01:30").replace("    do:", f"    fold: {fold}\n    do:")
        for fold in (0, 1)
    )
    after = "    expect: [{next_due: {instrument: cows, at: 2027-11-07 06:30}}, {day: 2}]\n"

    found = play(tmp_path, arrival + evening + first + second + after)

    assert found.status is Status.PASSED, "\n".join(found.lines())
    told = Observation.objects.of("cows").order_by("occurred_at")
    assert [row.occurred_at.strftime("%H:%M") for row in told] == ["05:30", "08:30", "09:30"]


def test_nothing_happens_to_somebody_who_has_not_arrived(tmp_path: Path):
    found = play(tmp_path, reading("2027-01-04 09:00") + expecting("state: INTAKE"))

    assert found.status is Status.FAILED
    assert "\n".join(found.lines()).count("the person has not arrived") == 2


def test_an_agency_nurse_whose_time_has_run_out_does_not_act(tmp_path: Path):
    late = reading("2027-01-09 09:00").replace("by: RN1", "by: RN9")

    found = play(tmp_path, ARRIVAL + late)

    assert "Gone Soon does not work here on 2027-01-09." in "\n".join(found.lines())


def test_two_people_cannot_have_one_bed(tmp_path: Path):
    first = write(tmp_path, ARRIVAL)
    head = HEAD.replace("journey: seventh", "journey: eighth").replace("Sev Enth", "Ei Ghth")
    second = write(
        tmp_path, ARRIVAL.replace("08:00", "08:30") + "    expect: [{refused: taken}]\n",
        head=head, name="eighth",
    )  # fmt: skip

    verdicts = replay([journeys.load(first), journeys.load(second)])

    assert verdict.overall(verdicts) is Status.PASSED, [*verdicts[1].lines()]


def test_journeys_are_told_in_the_order_in_which_a_ward_lives_them(tmp_path: Path):
    first = write(tmp_path, ARRIVAL + reading("2027-01-04 12:00"))
    head = HEAD.replace("journey: seventh", "journey: eighth").replace("Sev Enth", "Ei Ghth")
    bed_2 = ARRIVAL.replace('"01"', '"02"').replace("08:00", "09:00")
    second = write(tmp_path, bed_2 + reading("2027-01-04 10:00"), head=head, name="eighth")

    replay([journeys.load(first), journeys.load(second)])

    times = list(AuditEvent.objects.order_by("seq").values_list("at", flat=True))
    assert times == sorted(times)


def test_playing_twice_tells_once_and_keeps_the_chain(tmp_path: Path):
    journey = journeys.load(write(tmp_path, ADMISSION + ORDER + TRANSITION))
    replay([journey])
    before = Observation.objects.count(), audit.version(Facility.objects.get())

    (again,) = replay([journey])

    assert again.status is Status.PASSED, "\n".join(again.lines())
    assert (Observation.objects.count(), audit.version(Facility.objects.get())) == before


def test_until_stops_before_what_comes_later_and_judges_no_pins(tmp_path: Path):
    (tmp_path / "pending.yaml").write_text("seventh: {events: 9, expectations: 9}\n")
    later = expecting("day: 7", at="2027-01-09 09:00")

    found = play(tmp_path, ARRIVAL + later, until=wall("2027-01-04 23:00"))

    assert found.status is Status.PASSED
    assert found.expectations == {"passed": 0, "failed": 0, "pending": 0}


@pytest.mark.parametrize(
    ("pin", "status"),
    [
        ("seventh: {events: 1, expectations: 1}", Status.PENDING),
        ("seventh: {events: 2, expectations: 1}", Status.FAILED),
        ("seventh: {events: 1, expectations: 0}", Status.FAILED),
        ("eighth: {events: 1, expectations: 1}", Status.FAILED),
        (None, Status.PENDING),
    ],
)
def test_what_waits_must_be_what_is_pinned(tmp_path: Path, pin: str | None, status: Status):
    if pin:
        (tmp_path / "pending.yaml").write_text(pin)
    waits = (
        "  - at: 2027-01-04 09:00\n    do: medication.give\n    by: RN1\n    why: not built\n"
        "    expect: [{claim: It helps.}]\n"
    )

    found = play(tmp_path, ARRIVAL + waits)

    assert found.pending == Counts(1, 1)
    assert found.status is status


def test_the_verdict_as_data_names_each_expectation(tmp_path: Path):
    path = write(
        tmp_path,
        ADMISSION + TRANSITION + expecting("day: 1, id: G-01", "bed: null", "claim: It helps."),
    )
    verdicts = replay([journeys.load(path)])

    data = json.loads(json.dumps(verdict.as_data(verdicts)))

    assert (data["verdict"], data["status"]) == ("failed", 1)
    (journey,) = data["journeys"]
    assert [(r["id"], r["status"]) for r in journey["results"]] == [
        ("G-01", "passed"), (None, "failed"), (None, "pending"),
    ]  # fmt: skip
    assert journey["results"][0]["line"] == line_of(path, "day: 1")
    assert journey["refused"][0]["line"] == line_of(path, "08:35")


def test_a_replay_leaves_a_database_of_real_people_alone(tmp_path: Path):
    Deployment.objects.create(demo=False, created_at=datetime(2026, 1, 1, tzinfo=UTC))

    with pytest.raises(Refused, match="made for real people"):
        play(tmp_path, ARRIVAL)

    assert not Facility.objects.exists()
