"""What content may not say about itself: one mistake, one message, at its line."""

from __future__ import annotations

import copy
from decimal import Decimal

import pytest

from stepdown.content import library
from stepdown.content.errors import ContentError
from stepdown.content.reading import Document, read

FILES = {
    "cows": "instruments/cows.yaml",
    "cssrs": "instruments/cssrs_screener.yaml",
    "bam": "instruments/bam.yaml",
    "phq9": "instruments/phq9.yaml",
    "gossop": "instruments/sows_gossop.yaml",
    "dsm5": "instruments/dsm5_oud.yaml",
    "vitals": "vitals/vitals.yaml",
    "schedule": "schedules/monitoring.yaml",
    "symptoms": "symptoms/withdrawal.yaml",
    "permissions": "access/permissions.yaml",
    "settings": "settings/facility.yaml",
    "route": "codes/route.yaml",
    "states": "states/episode.yaml",
}
SHIPPED = {name: read(library.HERE / path) for name, path in FILES.items()}


def with_change(name, place, value):
    """The shipped file with one place changed, or removed where the value is ``...``."""
    document = SHIPPED[name]
    data = copy.deepcopy(document.data)
    *way, last = place
    spot = data
    for step in way:
        spot = spot[step]
    if value is ...:
        del spot[last]
    else:
        spot[last] = value
    return Document(document.path, data, document.lines)


def told(document):
    folder = document.path.parent.name
    with pytest.raises(ContentError) as refusal:
        library.bound(library.KINDS[folder], document)
    return refusal.value


YES = ["yes"]


@pytest.mark.parametrize(
    ("name", "place", "value", "message"),
    [
        # A sum scale.
        ("cows", ("maximum",), 55, "the items add up to 48, not 55"),
        ("cows", ("items", 1, "options", 3, "points"), 2, "points value 2 is used twice"),
        ("cows", ("items", 1, "options", 3, "code"), "sweat_streaming", "option code"),
        ("cows", ("items", 1, "options"), [], "Sweating needs at least two options"),
        ("cows", ("items", 2, "key"), "pulse", "item key 'pulse' is used twice"),
        ("cows", ("bands", 3), ..., "leaves a gap: it must start at 25"),
        ("cows", ("bands", 1, "at_least"), 4, "overlaps the band before"),
        ("cows", ("bands", 1, "at_most"), 2, "ends before it starts"),
        ("cows", ("bands", 1, "at_most"), ..., "needs at_least and at_most"),
        ("cows", ("bands", 4, "severity"), 5, "severity is 0 to 4"),
        ("cows", ("bands", 4, "severity"), 1, "severity must follow the total"),
        ("cows", ("higher_is_worse",), False, "severity must follow the total"),
        ("cows", ("bands", 4, "key"), "mild", "band key 'mild' is used twice"),
        ("cows", ("items", 0, "derived_from", "above"), "huge", "'huge' is no option"),
        ("cows", ("items", 0, "derived_from", "steps", 1, "at_most"), 80, "steps must rise"),
        ("cows", ("items", 0, "derived_from", "steps"), [], "steps must rise"),
        # A tier scale.
        ("cssrs", ("maximum",), 6, "a tier has no maximum"),
        ("cssrs", ("items", 0, "options", 1, "points"), 1, "a tier has no points"),
        ("cssrs", ("items", 2, "asked_when", 0, "item"), "q5", "'q5' is not an item before"),
        ("cssrs", ("items", 2, "asked_when", 0, "answered"), ["maybe"], "'maybe' is no option"),
        ("cssrs", ("bands", 0, "when_any", 0, "item"), "q9", "'q9' is not an item of this"),
        ("cssrs", ("bands", 2, "severity"), 3, "worst first"),
        ("cssrs", ("bands", 1, "at_least"), 3, "has conditions, not limits in points"),
        ("cssrs", ("bands", 1, "when_any"), [], "would hide the tiers after it"),
        ("cssrs", ("bands", 3, "when_any"), [{"item": "q1", "answered": YES}], "mildest tier"),
        # Scales without bands, of numbers, of counts, of parts; what is raised.
        ("gossop", ("unbanded",), ..., "a sum without bands says why it has none"),
        ("phq9", ("unbanded",), "None.", "only a sum without bands says why"),
        ("bam", ("unbanded",), "None.", "only a sum without bands says why"),
        ("bam", ("maximum",), 60, "a scale of parts has no maximum and no bands of its own"),
        ("bam", ("subscales", 0, "maximum"), 11, "its items add up to 12, not 11"),
        ("bam", ("subscales", 0, "items", 0), "luck", "names an item that this scale does not"),
        ("bam", ("subscales", 0, "items", 0), "health", "item 'health' is used twice"),
        ("bam", ("subscales", 1, "key"), "use", "part 'use' is used twice"),
        ("bam", ("subscales", 2, "higher_is_worse"), True, "severity must follow the total"),
        ("bam", ("subscales", 1, "bands", 1, "at_least"), 13, "leaves a gap"),
        ("bam", ("subscales", 1, "bands", 1, "severity"), 9, "severity is 0 to 4"),
        ("bam", ("items", 6, "scored"), True, "is scored when it is in a part, and only then"),
        ("bam", ("items", 1, "number", "highest"), 0, "lowest comes before highest"),
        ("bam", ("items", 1, "number", "steps", 4, "at_most"), 29, "steps must rise and end at 30"),
        ("bam", ("items", 1, "options"), [{"code": "a", "points": 0, "text": "A", "short": "A"}],
         "is a number: it has no options"),
        ("bam", ("items", 4, "asked_when", 0, "at_least"), 99, "Any alcohol is never 99"),
        ("bam", ("items", 4, "asked_when", 0, "answered"), ["3"], "either answered or at_least"),
        ("phq9", ("items", 9, "options", 0, "points"), 0, "is not scored: its options have no"),
        ("phq9", ("raises", 0, "when_any"), [], "self_harm never fires"),
        ("phq9", ("raises", 0, "at_least"), 28, "points that this scale can be certain of"),
        ("phq9", ("raises", 0, "leads_to"), "phq9", "a raise leads to another look"),
        ("phq9", ("raises", 0, "when_any", 0, "answered", 0), "maybe", "'maybe' is no option"),
        ("dsm5", ("items", 1, "options", 1, "points"), 2, "what is counted is worth 0 or 1"),
        ("dsm5", ("items", 10, "not_counted_when", 0, "item"), "luck", "'luck' is not an item bef"),
        ("schedule", ("rules", 7, "when_raised", "overdue_minutes"), -1, "due comes before overdue"),
        ("schedule", ("rules", 11, "after", "days"), [], "name the days"),
        ("schedule", ("rules", 8, "states"), ["LIMBO"], "LIMBO is neither running nor paused"),
        # Vital signs.
        ("vitals", ("vitals", 1, "key"), "systolic_mmhg", "used twice"),
        ("vitals", ("vitals", 0, "limits", "red_low"), 120, "limits must rise"),
        ("vitals", ("vitals", 0, "usual_high"), 400, "must lie within the plausible ones"),
        ("vitals", ("vitals", 0, "limits", "red_low"), Decimal("90.5"), "more decimals"),
        ("vitals", ("vitals", 1, "below"), "horoscope", "is no vital sign of this file"),
        # The schedule.
        ("schedule", ("rules", 1, "id"), "I1", "rule id 'I1' is used twice"),
        ("schedule", ("paused", 0), "INTAKE", "both running and paused"),
        ("schedule", ("shifts",), [], "at least one shift start"),
        ("schedule", ("rules", 0, "first"), ..., "exactly one of first, every"),
        ("schedule", ("rules", 0, "first", "overdue_minutes"), 5, "due comes before overdue"),
        ("schedule", ("rules", 3, "every", "night_minutes"), 60, "may only stretch"),
        ("schedule", ("rules", 6, "on_day", "overdue_day"), 3, "comes after the due day"),
        # Symptoms.
        ("symptoms", ("symptoms", 1, "key"), "yawning", "used twice"),
        ("symptoms", ("symptoms", 0, "vital"), {"vital": "x", "at_least": [1]}, "one field"),
        ("symptoms", ("symptoms", 0, "item", "absent"), [], "mean present and absent"),
        ("symptoms", ("symptoms", 0, "item", "absent"), ["stuffy_or_moist"], "used twice"),
        ("symptoms", ("symptoms", 9, "vital", "at_least"), [131, 111], "at_least must rise"),
        # Permissions.
        ("permissions", ("roles", 1, "key"), "MD", "role 'MD' is used twice"),
        ("permissions", ("rows", 1, "key"), "enquiry", "row 'enquiry' is used twice"),
        ("permissions", ("added", 0, "key"), "enquiry", "row 'enquiry' is used twice"),
        ("permissions", ("rows", 0, "cells", "FAM"), ..., "one cell; look at FAM"),
        ("permissions", ("rows", 0, "cells", "MD", "verbs"), "RX", "letters of CRUSA"),
        ("permissions", ("rows", 0, "cells", "MD", "only"), "moon", "not explained"),
        ("permissions", ("rows", 0, "cells", "MD", "limited"), "R", "needs a condition"),
        ("permissions", ("rows", 0, "cells", "BHT", "only"), "author", "grants nothing"),
        # Settings, codes, states.
        ("settings", ("settings", 1, "key"), "idle_lock_minutes", "used twice"),
        ("settings", ("settings", 0, "default"), "99", "the default does not fit"),
        ("route", ("codes", 1, "code"), "iv", "code 'iv' is used twice"),
        ("states", ("states", 1, "key"), "INTAKE", "state 'INTAKE' is used twice"),
        ("states", ("documents", 1, "key"), "identity", "document 'identity' is used twice"),
        ("states", ("transitions", 1, "key"), "admit", "transition 'admit' is used twice"),
        ("states", ("transitions", 0, "enter"), "LIMBO", "'LIMBO' is no state or phase"),
        ("states", ("transitions", 0, "required"), ["luck"], "'luck' is not described"),
        ("states", ("transitions", 0, "required"), [], "names the documents it requires"),
        ("states", ("transitions", 1, "why_not"), ..., "not built says why_not"),
        ("states", ("transitions", 0, "why_not"), "Busy.", "a built one does not"),
    ],
)  # fmt: skip
def test_a_contradiction_is_refused_when_the_file_is_read(name, place, value, message):
    document = with_change(name, place, value)

    error = told(document)

    assert message in error.message
    assert error.path == str(document.path)
    assert error.line > 1


@pytest.mark.parametrize("name", FILES)
def test_the_shipped_files_contradict_nothing(name):
    document = SHIPPED[name]

    assert library.bound(library.KINDS[document.path.parent.name], document).key
