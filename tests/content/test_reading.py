"""Reading YAML: what it means, where it was, and what is refused."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from stepdown.content import library, reading
from stepdown.content.errors import ContentError
from stepdown.content.reading import MOST_BYTES, parse, read

PATH = Path("scale.yaml")
SHIPPED = sorted(library.HERE.glob("*/*.yaml"))


def data(text):
    return parse(text, PATH).data


@pytest.mark.parametrize("word", ["yes", "no", "on", "off", "NO", "07:00", "1e3", "0x1F", "2027-01-04", "012"])  # fmt: skip
def test_words_times_and_dates_stay_text(word):
    assert data(f"answer: {word}") == {"answer": word}


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("4", 4),
        ("-4", -4),
        ("36.90", Decimal("36.90")),
        ("true", True),
        ("false", False),
        ("null", None),
        ("~", None),
        ("", None),
        ('"4"', "4"),
        ("<<", "<<"),
    ],
)
def test_numbers_are_exact_and_truth_is_spelled_out(written, value):
    found = data(f"answer: {written}")["answer"]

    assert (found, type(found)) == (value, type(value))


def test_every_place_knows_its_line():
    document = parse("key: a\nitems:\n  - key: b\n    text: c\n  - key: d\n", PATH)

    assert document.line(("items",)) == 2
    assert document.line(("items", 0, "text")) == 4
    assert document.line(("items", 1)) == 5
    assert document.line(("items", 1, "not there")) == 5
    assert document.line(("nowhere",)) == 1


@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        ("", 1, "is empty"),
        ("# only a comment\n", 1, "is empty"),
        ("a: 1\nb: 2\na: 3\n", 3, "gives 'a' twice"),
        ("a: &x 1\nb: *x\n", 2, "uses an alias"),
        ("a: &x\n  - *x\n", 2, "uses an alias"),
        ("a: 1\nb: *nowhere\n", 2, "uses an alias"),
        ("a: " + "[" * 50_000, 1, "is nested too deeply"),
        ("a: 1\nb: !!python/object:os.system x\n", 2, "uses the tag"),
        ("a: 1\nb: !mine x\n", 2, "uses the tag"),
        ("a: 1\n? [1, 2]\n: x\n", 2, "a key that is not a word"),
        ("a: [1\nb: 2\n", 2, "is not YAML"),
        ("a: 1\n---\nb: 2\n", 2, "is not YAML"),
        ("a:\n\t- b\n", 2, "is not YAML"),
        ("a: \x00", 1, "is not YAML"),
    ],
)
def test_what_we_refuse_is_named_with_file_line_and_the_way_on(text, line, told):
    with pytest.raises(ContentError) as refusal:
        parse(text, PATH)

    assert str(refusal.value).startswith(f"scale.yaml:{line}: ")
    assert told in refusal.value.message
    assert refusal.value.message.rstrip().endswith((".", "?"))


def test_a_file_that_is_not_there_is_an_error_with_its_name(tmp_path):
    with pytest.raises(ContentError, match="cannot be read"):
        read(tmp_path / "gone.yaml")


def test_bytes_that_are_no_text_are_refused(tmp_path):
    path = tmp_path / "bytes.yaml"
    path.write_bytes(b"key: \xff\xfe")

    with pytest.raises(ContentError, match="is not UTF-8 text"):
        read(path)


def test_a_mistaken_huge_file_is_refused(tmp_path):
    path = tmp_path / "huge.yaml"
    path.write_text("a: " + "x" * MOST_BYTES)

    with pytest.raises(ContentError, match=r"is larger than 1,000,000 bytes"):
        read(path)


def test_a_list_or_a_word_at_the_top_still_reads_as_plain_data():
    assert data("- a\n- b\n") == ["a", "b"]
    assert data("a") == "a"


def test_the_parser_without_libyaml_reads_every_shipped_file_alike(monkeypatch):
    found = [read(path) for path in SHIPPED]
    monkeypatch.setattr(reading, "_Loader", reading._OwnLoader)

    assert [read(path) for path in SHIPPED] == found
    assert len(found) > 10
