"""Pin the dependencies of pyproject.toml, with hashes, into requirements/ (``make lock``).

``all.txt`` is solved first and constrains the others, so one package never has
two versions. Nothing of the machine that ran it (index, cache, path) is written.
"""

from __future__ import annotations

import os
import subprocess
import sys

ALL = "requirements/all.txt"
LOCKS: dict[str, tuple[str, ...]] = {
    ALL: ("postgres", "parquet", "test", "check", "browser"),
    "requirements/dev.txt": ("parquet", "test", "check"),
    "requirements/postgres.txt": ("postgres",),
    "requirements/runtime.txt": (),
    "requirements/lock.txt": ("lock",),
}
OPTIONS = (
    "--quiet",
    "--upgrade",
    "--generate-hashes",
    "--allow-unsafe",  # setuptools, which installs the project itself
    "--build-deps-for=editable",
    "--strip-extras",
    "--no-emit-options",
    "--no-emit-index-url",
    "--no-emit-trusted-host",
    "--no-emit-find-links",
    "--annotation-style=line",
)


def command(lock: str, extras: tuple[str, ...]) -> list[str]:
    """The pip-compile call for one lock file."""
    constraint = [] if lock == ALL else ["--constraint", ALL, "--no-annotate"]
    chosen = [word for extra in extras for word in ("--extra", extra)]
    return [
        *(sys.executable, "-m", "piptools", "compile", *OPTIONS),
        *(*constraint, *chosen, "--output-file", lock, "pyproject.toml"),
    ]


def main() -> int:
    """Write every lock file; stop at the first that cannot be solved."""
    environment = {**os.environ, "CUSTOM_COMPILE_COMMAND": "make lock"}
    for lock, extras in LOCKS.items():
        print(f"{lock} ...", flush=True)
        if subprocess.run(command(lock, extras), check=False, env=environment).returncode:
            print(f"{lock} is as it was: the packages above do not fit together.", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
