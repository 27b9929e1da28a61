"""`stepdown export`: who asks is proven, the ledger is first, and files are whole or not there."""

from __future__ import annotations

import io
import json
import stat
import sys
from hashlib import sha256
from pathlib import Path

import pytest

from stepdown.operate.exports import csvs, files
from stepdown.records.actions.access import exports
from stepdown.records.models import AccessEvent, Export, ExportEnd
from tests.operate.conftest import Call
from tests.records.world import World

PASSWORD = "a long walk by the harbour"
ASK = ("--purpose", "quality", "--because", "How long until the first dose")


@pytest.fixture
def world(db: None, now, at_now) -> World:
    world = World.founded(now)
    user = world.by("RN").user
    user.set_password(PASSWORD)
    user.set_pin("4826")
    user.save()
    stay = world.arrive("=Wilhelmina Exportova")
    world.cows(stay)
    return world


@pytest.fixture
def export(call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def export(*words: object, secret: str = PASSWORD, username: str = "harbor-rn", role="RN"):
        monkeypatch.setattr(sys, "stdin", io.StringIO(f"{secret}\n"))
        return call(
            "export", "--as", username, "--role", role, *ASK,
            "--into", tmp_path / "out", "--password-from-stdin", *words,
        )  # fmt: skip

    return export


def test_three_files_a_dictionary_and_a_manifest_with_their_digests(export, world, tmp_path):
    answer = export()

    assert answer.status == 0, answer.err
    out = tmp_path / "out"
    assert sorted(each.name for each in out.iterdir()) == [
        "dictionary.csv", "episodes.csv", "manifest.json", "observations.csv", "scores.csv",
    ]  # fmt: skip
    end = ExportEnd.objects.select_related("export").get()
    assert (end.outcome, end.export.role) == ("finished", "RN")
    for told in end.files:
        data = (out / told["name"]).read_bytes()
        assert (told["bytes"], told["sha256"]) == (len(data), sha256(data).hexdigest())
    manifest = json.loads((out / "manifest.json").read_text())
    assert manifest["purpose_in_words"] == "How long until the first dose"
    assert "42 CFR part 2 prohibits" in manifest["notice"]
    assert all(stat.S_IMODE(each.stat().st_mode) == 0o600 for each in out.iterdir())
    assert "Exportova" not in "".join(each.read_text() for each in out.iterdir())


def test_csv_is_as_rfc_4180_has_it_and_every_column_is_in_the_dictionary(export, world, tmp_path):
    export()
    out = tmp_path / "out"
    text = (out / "observations.csv").read_bytes()

    assert text.count(b"\r\n") == text.count(b"\n") == 3
    rows = files.read_rows(out / "observations.csv")
    cows = next(row for row in rows if row["kind"] == "cows")
    assert cows["total"].isdigit()
    assert (cows["replaces"], cows["systolic_mmhg"], cows["is_void"]) == ("", "", "false")
    told = {(row["dataset"], row["column"]): row for row in files.read_rows(out / "dictionary.csv")}
    assert set(rows[0]) == {column for dataset, column in told if dataset == "observations"}
    assert told[("observations", "heart_rate_bpm")]["unit"] == "bpm"
    assert "complete: Complete" in told[("observations", "outcome")]["codes"]


@pytest.mark.parametrize("begins", ["=", "+", "-", "@", "\t", "\r"])
def test_a_text_that_begins_like_a_formula_is_not_one(begins):
    assert csvs.guarded(f"{begins}1+1") == f"'{begins}1+1"
    assert csvs.guarded(-1) == -1
    assert csvs.text([(f"{begins}x",)]).lstrip('"').startswith("'")


def test_a_code_that_begins_like_a_formula_is_guarded_and_a_number_is_not(tmp_path):
    from stepdown.records.reading.exporting import Column, Dataset

    columns = (Column("c", "code", ""), Column("n", "decimal", ""))
    rows = iter([("=1+1", "-5"), (None, "0"), ("fine", None)])
    made = files.sink("csv")

    written = files.write(Dataset("x", "", columns, rows), tmp_path, "csv", made)

    assert (tmp_path / "x.csv").read_bytes() == b"c,n\r\n'=1+1,-5\r\n,0\r\nfine,\r\n"
    assert written.rows == 3


def test_parquet_holds_the_same_with_types(export, world, tmp_path):
    parquet = pytest.importorskip("pyarrow.parquet")
    assert export("--format", "parquet").status == 0
    export("--into", tmp_path / "csv")

    for name in ("observations", "scores", "episodes"):
        table = parquet.read_table(tmp_path / "out" / f"{name}.parquet")
        plain = files.read_rows(tmp_path / "csv" / f"{name}.csv")
        assert (table.num_rows, table.column_names) == (len(plain), list(plain[0]))
    table = parquet.read_table(tmp_path / "out" / "observations.parquet")
    types = {field.name: str(field.type) for field in table.schema}
    assert types["occurred_at_utc"] == "timestamp[us, tz=UTC]"
    assert types["heart_rate_bpm"] == "decimal128(18, 6)"
    assert types["total"] == "int32"
    assert sorted(str(each) for each in table.column("heart_rate_bpm").to_pylist()) == [
        "76.000000", "None",
    ]  # fmt: skip
    assert table.schema.field("heart_rate_bpm").metadata[b"unit"] == b"bpm"


def test_without_its_library_parquet_is_a_sentence_and_no_ledger_row(export, world, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    monkeypatch.delitem(sys.modules, "stepdown.operate.exports.parquets", raising=False)
    monkeypatch.delattr("stepdown.operate.exports.parquets", raising=False)

    answer = export("--format", "parquet")

    assert answer.status == 2
    assert "Install the extra, stepdown[parquet], or take --format csv." in answer.err
    assert not Export.objects.exists()


def test_a_wrong_password_takes_nothing_and_is_on_record(export, world, tmp_path):
    answer = export(secret="a guess")

    assert answer.status == 1
    assert "not the password of this account" in answer.err
    assert not Export.objects.exists()
    assert AccessEvent.objects.get(what="signature.refused").detail == "console"
    assert list((tmp_path / "out").iterdir()) == []


def test_five_wrong_ones_and_the_right_one_waits_too(export, world):
    for _each in range(5):
        export(secret="a guess")

    answer = export()

    assert (answer.status, Export.objects.count()) == (1, 0)
    assert "5 wrong tries for this account. Wait 15 minutes" in answer.err


def test_a_pin_takes_nothing(export, world):
    answer = export(secret="4826")

    assert answer.status == 1
    assert "takes your password, not your PIN" in answer.err


@pytest.mark.parametrize(
    ("username", "role"), [("harbor-rn", "MD"), ("nobody", "RN"), ("harbor-md", "RN")]
)
def test_nobody_borrows_a_name_or_a_role(export, world, username, role):
    answer = export(username=username, role=role)

    assert answer.status == 1
    assert answer.err == f"Nobody called {username} works here as {role} now.\n"


def test_a_role_without_clinical_rights_is_refused_before_it_types_anything(export, world):
    answer = export(username="harbor-sys", role="SYS")

    assert (answer.status, Export.objects.count()) == (1, 0)
    assert "Ask: MD, PRES, RN" in answer.err


def test_a_folder_in_use_is_left_alone(export, world, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("keep")

    answer = export()

    assert "is not empty. Name a new folder: --into" in answer.err
    assert [each.name for each in (tmp_path / "out").iterdir()] == ["mine.txt"]
    assert not Export.objects.exists()


def test_the_ledger_row_is_there_before_the_first_row_is_read(export, world, monkeypatch):
    seen = []
    whole = files.write

    def watched(dataset, *more):
        seen.append((Export.objects.count(), ExportEnd.objects.count()))
        return whole(dataset, *more)

    monkeypatch.setattr(files, "write", watched)
    export()

    assert seen == [(1, 0)] * 3


def test_an_export_that_breaks_off_leaves_no_file_and_says_so(export, world, tmp_path, monkeypatch):
    def full(*_told):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(csvs.Csv, "write", full)
    answer = export()

    assert answer.status == 1
    assert "No space left on device" in answer.err
    assert list((tmp_path / "out").iterdir()) == []
    end = ExportEnd.objects.get()
    assert (end.outcome, end.fault, end.files) == ("failed", "OSError", [])


def test_a_day_is_a_day_of_the_house(export, world):
    export("--from", "2027-01-07", "--to", "2027-01-07")

    row = Export.objects.get()
    assert str(row.since and row.since.isoformat()) == "2027-01-07T08:00:00+00:00"
    assert str(row.until and row.until.isoformat()) == "2027-01-08T08:00:00+00:00"


def test_every_ledger_field_can_be_asked_for(export, world):
    export("--kind", "cows", "--dataset", "scores")

    row = Export.objects.get()
    assert (row.kinds, row.datasets) == (["cows"], ["scores"])
    assert exports.READS.keys() >= set(row.datasets)
