"""What the course of withdrawal may not say about itself: one mistake, one message."""

from __future__ import annotations

import copy
import shutil

import pytest
import yaml

from stepdown.content import binding, course_checks, library, review
from stepdown.content.errors import ContentError
from stepdown.content.reading import Document, read

SHIPPED = read(library.HERE / "courses" / "withdrawal.yaml")
KEYS = [each["key"] for each in SHIPPED.data["opioids"]]
HEROIN, SHORT, LONG = KEYS.index("heroin"), KEYS.index("short_acting"), KEYS.index("long_acting")
SLOW, NONE = KEYS.index("extended_release"), KEYS.index("not_in_tables")
UNKNOWN = KEYS.index("unknown_supply")


def with_change(place, value):
    """The shipped file with one place changed, or removed where the value is ``...``."""
    data = copy.deepcopy(SHIPPED.data)
    *way, last = place
    spot = data
    for step in way:
        spot = spot[step]
    if value is ...:
        del spot[last]
    else:
        spot[last] = value
    return Document(SHIPPED.path, data, SHIPPED.lines)


SAID = {"of": "onset", "words": "x", "source": "x", "tag": "U"}


@pytest.mark.parametrize(
    ("place", "value", "message"),
    [
        (("opioids", SHORT, "key"), "heroin", "kind of opioid 'heroin' is used twice"),
        (("opioids", LONG, "codes"), ["heroin"], "code 'heroin' is used twice"),
        (("opioids", HEROIN, "also"), ["opium"], "'opium' is no kind"),
        (("opioids", SHORT, "also"), ["heroin"], "leans on others itself"),
        (("opioids", SLOW, "members"), ["unknown_supply"], "must stand before this one"),
        (("opioids", SLOW, "members"), ["not_in_tables"], "nothing can be as wide"),
        (("opioids", SLOW, "also"), ["long_acting"], "has only members"),
        (("opioids", UNKNOWN, "statements"), [SAID], "has only members"),
        (("opioids", LONG, "statements"), [SAID], "needs an earliest onset"),
        (("opioids", LONG, "statements", 1), ..., "needs an earliest end"),
        (("opioids", LONG, "statements", 0, "at_most"), ..., "has an earliest and a latest"),
        (("opioids", LONG, "statements", 0, "at_most"), 29, "ends before it starts"),
        (("opioids", LONG, "statements", 0, "tag"), "S", "only what is tagged C is confirmed"),
        (("opioids", LONG, "statements", 0, "of"), "end", "needs an earliest onset"),
        (("opioids", HEROIN, "statements", 0, "of"), "end", "list onset, then peak, then end"),
        (("windows_for",), "long_acting", "needs a peak"),
        (("windows_for",), "opium", "'opium' is no kind"),
        (("otherwise",), "opium", "'opium' is no kind"),
        (("precipitated", 0, "rise", "points"), 0, "a rise has points"),
        (("precipitated", 0, "statements", 0, "tag"), "U", "only what is tagged C is confirmed"),
        (("stages", 5), ..., "the stages are, in this order"),
        (("stages", 3, "words"), ..., "all stages but the first have a window"),
        (("stages", 3, "at_least"), 72, "Developed ends before it starts"),
        (("seen", 0, "severities"), [], "say which stages nothing with severity 0 fits"),
        (("seen", 1, "severities"), [0, 1, 2, 3, 4], "is used twice"),
        (("seen", 3, "unscored"), False, "say which stages first with no score fits"),
        (("seen", 0, "fits"), [], "name at least one stage"),
        (("seen", 0, "fits"), ["waning", "early"], "in their order"),
        (("slack",), [], "say how far off"),
        (("supplies", 0, "adds"), "opium", "'opium' is no kind of opioid"),
        (("unknowns", 0), ..., "'nothing_told': every gap"),
        (("unknowns", 0, "key"), "something_new", "'something_new': every gap"),
        (("unknowns", 0, "key"), "last_use", "gap 'last_use' is used twice"),
        (("signs", 1, "key"), "fever", "sign 'fever' is used twice"),
        (("signs", 0, "scale"), {"instrument": "ciwa_ar", "raises": "hallucination"}, "one field, not two"),
    ],
)  # fmt: skip
def test_what_would_let_a_clock_or_a_sign_mislead_is_refused(place, value, message):
    document = with_change(place, value)

    with pytest.raises(ContentError):
        library.bound(library.KINDS["courses"], document)
    told = course_checks.faults(binding.bind(library.KINDS["courses"], document.data))
    assert any(message in said for _place, said in told)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("codes: [oxycodone_er]", "codes: [oxycodone_xx]", "'oxycodone_xx' is no code of codes/opioid_type"),
        ("codes: [oxycodone_er]", "codes: [oxycodone_xx]", "no kind covers 'oxycodone_er'"),
        ("code: medetomidine", "code: sawdust", "'sawdust' is no code of codes/adulterant_suspected"),
        ("certainty: guess,", "certainty: hunch,", "'hunch' is no code of codes/certainty"),
        ("symptoms: [yawning]", "symptoms: [sneezing]", "'sneezing' is no symptom"),
        ("vital: temperature_c,", "vital: humour,", "'humour' is no vital sign"),
        ("raises: disoriented", "raises: lost", "ciwa_ar raises no 'lost'"),
        ("instrument: ciwa_ar, raises: hallucination", "instrument: ciwa_xx, raises: hallucination", "ciwa_xx raises no"),
    ],
)  # fmt: skip
def test_what_the_file_names_elsewhere_is_there(tmp_path, monkeypatch, old, new, message):
    text = SHIPPED.path.read_text("utf-8")
    assert old in text
    home = tmp_path / "content"
    shutil.copytree(library.HERE, home, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    (home / "courses" / "withdrawal.yaml").write_text(text.replace(old, new), "utf-8")
    monkeypatch.setattr(library, "HERE", home)

    assert any(message in str(problem) for problem in review.problems(library.Shelf()))


def test_the_shipped_file_is_plain_yaml_that_any_tool_reads():
    assert yaml.safe_load(SHIPPED.path.read_text("utf-8"))["key"] == "withdrawal"
