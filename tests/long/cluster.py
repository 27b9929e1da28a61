"""A PostgreSQL cluster of one's own, that keeps its log; it refuses root, so another runs it."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.faults.server import free_port


def newest_bin() -> Path | None:
    """The newest server programs of this machine."""
    found = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    whole = [each.parent for each in found if (each.parent / "pg_basebackup").exists()]
    return max(whole, key=lambda each: int(each.parent.name), default=None)


def nobody() -> str | None:
    """Who runs the server where we are root."""
    if os.getuid() != 0:
        return None
    names = {each.pw_name for each in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


@dataclass
class Cluster:
    """A data folder, a folder for its log, a base backup, and a port."""

    bin: Path
    folder: Path
    port: int = 0

    @property
    def data(self) -> Path:
        """Where the databases lie."""
        return self.folder / "data"

    @property
    def wal(self) -> Path:
        """Where finished pieces of the log are copied to."""
        return self.folder / "wal"

    def url(self, name: str) -> str:
        """The address of a database here."""
        return f"postgres://stepdown@127.0.0.1:{self.port}/{name}"

    def run(self, program: str, *words: str) -> str:
        """One of PostgreSQL's own programs, as somebody who is not root."""
        before = ["runuser", "-u", user, "--"] if (user := nobody()) else []
        ended = subprocess.run(
            [*before, str(self.bin / program), *words],
            cwd=self.folder, capture_output=True, text=True, check=False, timeout=300,
        )  # fmt: skip
        assert ended.returncode == 0, f"{program}: {ended.stdout}{ended.stderr}"
        return ended.stdout

    def make(self) -> None:
        """As docs/guide/backup.md sets it up."""
        self.port = free_port()
        self.folder.mkdir(parents=True)
        if user := nobody():
            shutil.chown(self.folder, user)
        options = ("-U", "stepdown", "-A", "trust", "-E", "UTF8", "--no-locale")
        self.run("initdb", "-D", str(self.data), *options)
        self.run("pg_ctl", "--version")
        self.wal.mkdir()
        if user:
            shutil.chown(self.wal, user)
        copy = f"test ! -f {self.wal}/%f && cp %p {self.wal}/%f.part && mv {self.wal}/%f.part {self.wal}/%f"
        self.say(
            "wal_level = replica",
            "archive_mode = on",
            "archive_timeout = 60",
            f"archive_command = '{copy}'",
            f"port = {self.port}",
            f"unix_socket_directories = '{self.folder}'",
            "listen_addresses = '127.0.0.1'",
        )

    def say(self, *settings: str) -> None:
        """Add lines to the settings."""
        with (self.data / "postgresql.auto.conf").open("a") as stream:
            stream.write("".join(f"{line}\n" for line in settings))

    def start(self) -> None:
        """Start, and wait until it takes connections."""
        log = str(self.folder / "server.log")
        self.run("pg_ctl", "-D", str(self.data), "-w", "-t", "120", "-l", log, "start")

    def stop(self, how: str = "fast") -> None:
        """Stop; ``immediate`` is a crash."""
        self.run("pg_ctl", "-D", str(self.data), "-m", how, "stop")

    def sql(self, words: str, name: str = "postgres") -> str:
        """One statement, and what it says."""
        where = ("-h", "127.0.0.1", "-p", str(self.port), "-U", "stepdown", "-d", name)
        return self.run("psql", *where, "-At", "-c", words).strip()

    def base_backup(self) -> Path:
        """The whole cluster while it runs, without its log."""
        base = self.folder / "base"
        where = ("-h", "127.0.0.1", "-p", str(self.port), "-U", "stepdown")
        self.run("pg_basebackup", *where, "-D", str(base), "-Ft", "-z", "-X", "none", "-c", "fast")
        return base

    def back_to(self, base: Path, moment: str) -> None:
        """Unpack the base backup into an empty folder, and run the log up to this moment."""
        self.data.rename(self.folder / "data-before")
        self.data.mkdir(mode=0o700)
        if user := nobody():
            shutil.chown(self.data, user)
        before = ["runuser", "-u", user, "--"] if user else []
        words = ["tar", "-xzf", str(base / "base.tar.gz"), "-C", str(self.data)]
        subprocess.run([*before, *words], check=True, cwd=self.folder)
        self.say(
            f"restore_command = 'cp {self.wal}/%f %p'",
            f"recovery_target_time = '{moment}'",
            "recovery_target_action = 'promote'",
        )
        subprocess.run(
            [*before, "touch", str(self.data / "recovery.signal")], check=True, cwd=self.folder
        )
        self.start()
