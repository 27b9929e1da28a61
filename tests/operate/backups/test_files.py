"""A backup appears whole or not at all, under a name of its own, and goes only when it may."""

from __future__ import annotations

import errno
import fcntl
import os
import resource
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from stepdown.operate.backups import files
from stepdown.operate.console import Stopped

AT = datetime(2027, 1, 7, 14, 30, tzinfo=UTC)


def test_it_has_its_name_only_when_it_is_whole(tmp_path: Path):
    file = tmp_path / "new" / "a.backup"
    with files.appearing(file) as stream:
        stream.write(b"whole")
        assert not file.exists()

    assert file.read_bytes() == b"whole"
    assert file.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in file.parent.iterdir()] == ["a.backup"]


def test_what_was_begun_and_not_finished_leaves_nothing(tmp_path: Path):
    def interrupted() -> None:
        with files.appearing(tmp_path / "a.backup") as stream:
            stream.write(b"half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()

    assert list(tmp_path.iterdir()) == []


def test_nothing_is_written_over(tmp_path: Path):
    (tmp_path / "a.backup").write_text("older")

    said = pytest.raises(Stopped, match=r"a\.backup is there already")
    with said, files.appearing(tmp_path / "a.backup") as stream:
        stream.write(b"newer")

    assert (tmp_path / "a.backup").read_text() == "older"
    assert len(list(tmp_path.iterdir())) == 1


def test_on_a_file_system_without_links_nothing_is_written_over_either(tmp_path, monkeypatch):
    def no_links(*_names: object) -> None:
        raise OSError(errno.EPERM, "no links here")

    monkeypatch.setattr(os, "link", no_links)
    with files.appearing(tmp_path / "a.backup") as stream:
        stream.write(b"first")
    with pytest.raises(Stopped, match="there already"), files.appearing(tmp_path / "a.backup"):
        pass

    assert (tmp_path / "a.backup").read_bytes() == b"first"


def test_a_full_disk_is_said_and_leaves_nothing(tmp_path: Path):
    words = (
        "from pathlib import Path; from stepdown.operate.backups import files; import sys\n"
        "with files.appearing(Path(sys.argv[1])) as stream:\n"
        "    for _each in range(100): stream.write(bytes(100_000))\n"
    )

    def little_room() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))

    ended = subprocess.run(
        [sys.executable, "-c", words, str(tmp_path / "a.backup")],
        preexec_fn=little_room, capture_output=True, text=True, check=False,
        cwd=Path(__file__).parents[3],
    )  # fmt: skip

    assert "Nothing was backed up" in ended.stderr
    assert "is full, or no larger file is allowed" in ended.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path):
    (tmp_path / "file").write_text("")

    said = pytest.raises(Stopped, match="Nothing was backed up")
    with said, files.appearing(tmp_path / "file" / "a.backup"):
        pass


def test_what_a_killed_process_left_goes_and_what_is_being_written_stays(tmp_path: Path):
    (tmp_path / ".stepdown-dead.partial").write_text("half")
    (tmp_path / ".scratch-dead").mkdir()
    (tmp_path / ".scratch-dead" / "stepdown.sqlite3").write_text("rows")
    with (tmp_path / ".stepdown-alive.partial").open("w") as alive:
        fcntl.flock(alive, fcntl.LOCK_EX)
        with files.appearing(tmp_path / "a.backup"), files.scratch(tmp_path, "scratch") as folder:
            assert folder.stat().st_mode & 0o777 == 0o700
            assert not (tmp_path / ".stepdown-dead.partial").exists()
            assert not (tmp_path / ".scratch-dead").exists()

    assert {each.name for each in tmp_path.iterdir()} == {"a.backup", ".stepdown-alive.partial"}


def test_only_verified_backups_of_ones_own_are_retired_and_the_newest_stay(tmp_path: Path):
    days = [AT.replace(day=day) for day in (1, 2, 3, 4)]
    mine = [tmp_path / (files.name("0badcafe", day) + files.SUFFIX) for day in days]
    others = [
        tmp_path / (files.name("0badcafe", AT.replace(year=2020)) + files.UNVERIFIED),
        tmp_path / (files.name("deadbeef", AT.replace(year=2020)) + files.SUFFIX),
        tmp_path / "stepdown-0badcafe-by-hand.backup",
        tmp_path / f"copy-{mine[0].name}",
    ]
    for file in (*mine, *others):
        file.write_text("")

    gone = files.retire(tmp_path, "0badcafe", 2)

    assert gone == mine[:2]
    assert set(tmp_path.iterdir()) == {*mine[2:], *others}
    assert files.retire(tmp_path, "0badcafe", 2) == []


def test_a_verified_backup_loses_the_word_and_never_takes_anothers_name(tmp_path: Path):
    made = tmp_path / f"x{files.UNVERIFIED}"
    made.write_text("new")
    assert files.verified(made) == tmp_path / "x.backup"
    assert not made.exists()

    made.write_text("newer")
    with pytest.raises(Stopped, match="is there already"):
        files.verified(made)
    assert (tmp_path / "x.backup").read_text() == "new"
