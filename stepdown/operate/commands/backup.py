"""Back up the database, the log of reads and the attachments into one encrypted file.

    stepdown backup --to /mnt/backups --key-file ~/backup.key --keep 30
    stepdown backup verify /mnt/backups/stepdown-....backup
    stepdown backup key ~/backup.key

The unit goes on working meanwhile. Each backup is restored at once into a scratch database
and compared row by row, and its chains are verified; until that has succeeded its name says
"unverified". The folder of keys is never in it: keep that elsewhere. How the file is made
stands in docs/guide/backup.md.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from django.conf import settings

from stepdown import clock
from stepdown.operate import anchors
from stepdown.operate.backups import apart, archive, asking, files
from stepdown.operate.backups.rebuilding import Outcome, Wish
from stepdown.operate.backups.sealing import NotOpened, Sealer, Secret, make_key_file
from stepdown.operate.console import Progress, Stopped, say, warn
from stepdown.records.models import Facility


def arguments(parser: argparse.ArgumentParser) -> None:
    """What to do, where to, and the secret."""
    parser.add_argument(
        "what", nargs="?", choices=["make", "verify", "key"], default="make",
        help="make a backup (the default), verify one, or make a key file",
    )  # fmt: skip
    parser.add_argument("file", nargs="?", type=Path, metavar="FILE")
    parser.add_argument(
        "--to", type=Path, metavar="DIR", help="folder (backups in the data folder)"
    )
    parser.add_argument(
        "--keep", type=int, metavar="N", help="then remove all but the N newest verified ones"
    )
    parser.add_argument(
        "--unverified", action="store_true", help="do not restore it to see whether it is good"
    )
    asking.arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Make, verify, or make a key."""
    if (args.what == "make") == (args.file is not None):
        raise Stopped(f"stepdown backup {args.what}: name a file just for verify and key.", 2)
    if args.keep is not None and args.keep < 1:
        raise Stopped("--keep keeps at least 1.", status=2)
    try:
        if args.what == "key":
            return _key(args.file)
        secret = asking.secret(args, twice=args.what == "make")
        return _verify(args.file, secret) if args.what == "verify" else _make(args, secret)
    except NotOpened as error:
        raise Stopped(str(error)) from error


def _key(file: Path) -> int:
    try:
        make_key_file(file)
    except OSError as error:
        raise Stopped(f"No key was made: {file}: {error.strerror}.") from error
    say(f"{file} is a new key. Keep copies where no backup lies: without it none can be opened.")
    return 0


def _make(args: argparse.Namespace, secret: Secret) -> int:
    folder = args.to or Path(settings.STEPDOWN_DATA) / "backups"
    at, progress = clock.now(), Progress()
    with archive.frozen() as present:
        begin = archive.described(present, at=at)
        name = files.name(begin["deployment"], at)
        file = folder / (name + files.UNVERIFIED)
        if (folder / (name + files.SUFFIX)).exists():
            raise Stopped(f"Nothing was backed up: {name}{files.SUFFIX} is there already.")
        with files.appearing(file) as stream:
            sealer = Sealer(stream, secret)
            end = archive.write(sealer, present, begin, progress)
            sealer.finish()
    rows = sum(each["rows"] for each in end["tables"].values())
    rate = rows / max(progress.elapsed, 0.001)
    size = file.stat().st_size
    warn(f"{rows:,} rows in {progress.elapsed:.1f} s ({rate:,.0f}/s), {_size(size)}")
    for each in archive.ends_in(begin):
        (writes, mac), (reads, _mac) = each.anchor.writes, each.anchor.reads
        say(f"{each.code}: up to event {writes:,} ({mac[:12]}) and look {reads:,}")
    if args.unverified:
        say(f"{file}: written, NOT verified.")
        return 0
    return _judge(file, secret, args.keep)


def _judge(file: Path, secret: Secret, keep: int | None) -> int:
    """Restore what was just written; a good one loses the word "unverified"."""
    try:
        backup, _outcome = _restored(file, secret)
    except Stopped as stopped:
        raise Stopped(f"{stopped} The backup is kept as {file}: do not rely on it.") from stopped
    better = files.verified(file)
    _note(backup, better)
    say(f"{better}: verified.")
    if keep:
        for old in files.retire(better.parent, backup.begin["deployment"], keep):
            say(f"{old.name} was removed: {keep} newer ones are kept.")
    return 0


def _verify(file: Path, secret: Secret) -> int:
    backup, outcome = _restored(file, secret)
    for line in outcome.said:
        say(line)
    if outcome.migrated:
        say(f"Of an older release; {outcome.migrated} migrations brought it up to this one.")
    better = files.verified(file) if file.name.endswith(files.UNVERIFIED) else file
    kind = "a demonstration" if backup.begin["demo"] else "real people"
    say(f"{better}: verified, {outcome.rows:,} rows of {backup.begin['at']}, {kind}.")
    return 0


def _restored(file: Path, secret: Secret) -> tuple[apart.Opened, Outcome]:
    """Restore into a scratch database, which compares and verifies."""
    backup = apart.opened(file, secret)
    wish = Wish(anchors=anchors.default_file())
    with apart.scratch() as (url, data):
        return backup, apart.into(url, wish, backup=backup, data=data)


def _note(backup: apart.Opened, file: Path) -> None:
    """That there is a good one, and where the chains ended: they were verified."""
    line = {"at": backup.begin["at"], "file": file.name, "deployment": backup.begin["deployment"]}
    with (Path(settings.STEPDOWN_DATA) / "backups.jsonl").open("a") as stream:
        stream.write(json.dumps(line) + "\n")
    for each in archive.ends_in(backup.begin):
        facility = Facility(pk=each.facility, code=each.code)
        anchors.note(anchors.default_file(), facility, each.anchor, at=clock.now())


def _size(count: int) -> str:
    return f"{count / 1e6:,.1f} MB"
