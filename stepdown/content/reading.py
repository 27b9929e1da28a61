"""YAML as we want it: line numbers kept, exact decimals, no surprises.

``yes``, ``no``, ``on`` and ``off`` stay words, so that an answer "no" is not False.
Numbers with a point are Decimal. Dates and times stay text. A key given twice, an
alias and a custom tag are refused: content is read by people, top to bottom.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import yaml
from yaml.composer import Composer
from yaml.parser import Parser
from yaml.reader import Reader
from yaml.resolver import Resolver
from yaml.scanner import Scanner

from stepdown.content.errors import ContentError

Place = tuple[str | int, ...]
"""Where in a document: keys and list positions from the top."""

MOST_BYTES: Final = 1_000_000
"""Far above any content file; guards against a mistaken file in a content folder."""


@dataclass(frozen=True, slots=True)
class Document:
    """A parsed file: plain data, and the line each place starts on."""

    path: Path
    data: Any
    lines: Mapping[Place, int]

    def line(self, place: Place) -> int:
        """The line of a place, or of the nearest place around it."""
        while place not in self.lines and place:
            place = place[:-1]
        return self.lines.get(place, 1)

    def error(self, place: Place, message: str) -> ContentError:
        """An error that points at a place in this file."""
        return ContentError(self.path, self.line(place), message)


class _Nodes(Composer, Resolver):
    """Nodes by the resolvers of YAML 1.2's core schema; no aliases."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}
    check_event: Any  # of the parser that finds the events
    peek_event: Any

    def __init__(self, text: str, path: Path) -> None:
        Composer.__init__(self)
        Resolver.__init__(self)
        self.path = path

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            line = self.peek_event().start_mark.line + 1
            raise ContentError(
                self.path, line, "uses an alias. Write the content out where it belongs."
            )
        return super().compose_node(parent, index)


_Nodes.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))
_Nodes.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"^(?:null|~|)$"), ["n", "~", ""])
_Nodes.add_implicit_resolver(
    "tag:yaml.org,2002:int", re.compile(r"^-?(?:0|[1-9][0-9]*)$"), list("-0123456789")
)
_Nodes.add_implicit_resolver(
    "tag:yaml.org,2002:float",
    re.compile(r"^-?(?:0|[1-9][0-9]*)\.[0-9]+$"),
    list("-0123456789"),
)


class _OwnLoader(_Nodes, Reader, Scanner, Parser):
    """The parser written in Python, for machines where PyYAML came without libyaml."""

    def __init__(self, text: str, path: Path) -> None:
        Reader.__init__(self, text)
        Scanner.__init__(self)
        Parser.__init__(self)
        _Nodes.__init__(self, text, path)


_Loader: type[_Nodes] = _OwnLoader

if yaml.__with_libyaml__:
    from yaml._yaml import CParser

    class _FastLoader(_Nodes, CParser):
        """libyaml finds the same events several times as fast."""

        def __init__(self, text: str, path: Path) -> None:
            CParser.__init__(self, text)
            _Nodes.__init__(self, text, path)

    _Loader = _FastLoader


def read(path: Path) -> Document:
    """Parse one file.

    Raises:
        ContentError: it cannot be read, is not YAML, or uses what we refuse.
    """
    try:
        raw = path.read_bytes()
        text = raw.decode("utf-8")
    except OSError as error:
        raise ContentError(path, 1, f"cannot be read ({error.strerror}). Check the file.") from None
    except UnicodeDecodeError:
        raise ContentError(path, 1, "is not UTF-8 text. Save it as UTF-8.") from None
    if len(raw) > MOST_BYTES:
        raise ContentError(path, 1, f"is larger than {MOST_BYTES:,} bytes. Is this the right file?")
    return parse(text, path)


def parse(text: str, path: Path) -> Document:
    """Parse text that came from ``path``.

    Raises:
        ContentError: it is not YAML, or uses what we refuse.
    """
    lines: dict[Place, int] = {}
    try:
        node = _node(text, path)
        if node is None:
            raise ContentError(path, 1, "is empty. Write the content, or remove the file.")
        data = _plain(node, (), lines, path)
    except RecursionError:
        raise ContentError(path, 1, "is nested too deeply. Write it flatter.") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or "cannot be parsed"
        line = 1 if mark is None else mark.line + 1
        raise ContentError(
            path, line, f"is not YAML: {problem}. Check indents and quotes."
        ) from None
    return Document(path, data, lines)


def _node(text: str, path: Path) -> yaml.Node | None:
    try:
        return _Loader(text, path).get_single_node()
    except yaml.YAMLError:
        # The same words and line on every machine; libyaml's are others, and less exact.
        _OwnLoader(text, path).get_single_node()
        raise


def _plain(node: yaml.Node, place: Place, lines: dict[Place, int], path: Path) -> Any:
    line = node.start_mark.line + 1
    lines.setdefault(place, line)
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, place, lines, path)
    if isinstance(node, yaml.SequenceNode):
        return [
            _plain(each, (*place, position), lines, path)
            for position, each in enumerate(node.value)
        ]
    return _scalar(node, path, line)


def _mapping(
    node: yaml.MappingNode, place: Place, lines: dict[Place, int], path: Path
) -> dict[str, Any]:
    data: dict[str, Any] = {}
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        if not isinstance(key_node, yaml.ScalarNode):
            raise ContentError(path, line, "has a key that is not a word. Use plain keys.")
        key = str(key_node.value)
        if key in data:
            raise ContentError(path, line, f"gives {key!r} twice. Keep one of them.")
        lines[(*place, key)] = line
        data[key] = _plain(value_node, (*place, key), lines, path)
    return data


def _scalar(node: yaml.Node, path: Path, line: int) -> Any:
    value = str(node.value)
    match node.tag:
        case "tag:yaml.org,2002:str":
            return value
        case "tag:yaml.org,2002:int":
            return int(value)
        case "tag:yaml.org,2002:float":
            return Decimal(value)
        case "tag:yaml.org,2002:bool":
            return value == "true"
        case "tag:yaml.org,2002:null":
            return None
    raise ContentError(path, line, f"uses the tag {node.tag}. Plain YAML only.")
