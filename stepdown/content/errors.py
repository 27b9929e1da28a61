"""The one error that content raises: where, what is wrong, and the way on."""

from __future__ import annotations

from pathlib import Path


class ContentError(Exception):
    """A content file cannot be used. Reads ``path:line: what is wrong, and the way on``."""

    def __init__(self, path: Path | str, line: int, message: str) -> None:
        self.path = str(path)
        self.line = line
        self.message = message
        super().__init__(f"{self.path}:{line}: {message}")
