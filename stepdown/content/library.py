"""The library of reviewed content: found by glob, read once, checked with file and line.

Shipped content lives beside this file. A facility adds its own folders through the
environment variable ``STEPDOWN_CONTENT`` (separated like ``PATH``), each laid out the
same way: ``instruments/*.yaml`` and so on. A key may exist only once.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

from stepdown.clinical.courses import WithdrawalCourses
from stepdown.clinical.episodes import EpisodeStates
from stepdown.clinical.instruments import Instrument
from stepdown.clinical.schedules import Schedule
from stepdown.clinical.sedation import SedationMapping, in_use
from stepdown.clinical.symptoms import SymptomCatalogue
from stepdown.clinical.vitals import Vital
from stepdown.content import binding, checks, unfilled
from stepdown.content.access import Permissions
from stepdown.content.codes import CodeSet
from stepdown.content.errors import ContentError
from stepdown.content.handing import HandoverPages
from stepdown.content.reading import Document, read
from stepdown.content.sets import VitalSigns
from stepdown.content.settings import FacilitySetting, FacilitySettings

T = TypeVar("T")

HERE = Path(__file__).parent

KINDS: dict[str, type[Any]] = {
    "instruments": Instrument,
    "vitals": VitalSigns,
    "schedules": Schedule,
    "symptoms": SymptomCatalogue,
    "courses": WithdrawalCourses,
    "access": Permissions,
    "settings": FacilitySettings,
    "codes": CodeSet,
    "states": EpisodeStates,
    "sedation": SedationMapping,
    "handover": HandoverPages,
}
"""Folder -> what one file in it describes. Its JSON Schema is schema/<folder>.json."""

MOST_TEXTS = 256
"""Canonical texts remembered; far more than there are files, so it only bounds a runaway."""


class Shelf:
    """Everything in a set of content folders. Each file is read when first asked for."""

    def __init__(self, *folders: Path) -> None:
        self.folders = (HERE, *folders)
        self._kept: dict[str, dict[str, Any]] = {}
        self._texts: dict[int, tuple[Any, str, str]] = {}

    def things(self, folder: str) -> Mapping[str, Any]:
        """Key -> thing, for every file of one kind.

        Raises:
            ContentError: a file does not fit, or a key exists twice.
        """
        if folder not in self._kept:
            kept: dict[str, Any] = {}
            for path in self.paths(folder):
                document = read(path)
                thing = bound(KINDS[folder], document)
                if thing.key in kept:
                    raise document.error(
                        ("key",), f"{thing.key!r} exists already. Give this one its own key."
                    )
                kept[thing.key] = thing
            self._kept[folder] = kept
        return self._kept[folder]

    def text(self, content: Any) -> tuple[str, str]:
        """The canonical text of this very object and its digest, worked out once.

        Recording asks for them each time.
        """
        kept = self._texts.get(id(content))
        if kept is not None and kept[0] is content:
            return kept[1], kept[2]
        text = binding.canonical(content)
        found = hashlib.sha256(text.encode()).hexdigest()
        if len(self._texts) >= MOST_TEXTS:
            self._texts.clear()
        self._texts[id(content)] = (content, text, found)
        return text, found

    def paths(self, folder: str) -> list[Path]:
        """The files of one kind, shipped ones first, then by name."""
        return [path for root in self.folders for path in sorted((root / folder).glob("*.yaml"))]


def bound(kind: type[T], document: Document) -> T:
    """A document as the thing it describes, consistent in itself.

    Raises:
        ContentError: naming file and line.
    """
    for fault in unfilled.faults(document):
        raise fault
    try:
        thing = binding.bind(kind, document.data)
    except binding.Misfit as misfit:
        raise document.error(misfit.place, _at(misfit.place) + misfit.message) from None
    for place, message in checks.faults(thing):
        raise document.error(place, message)
    return thing


def _at(place: tuple[str | int, ...]) -> str:
    return f"{'.'.join(map(str, place))} " if place else "the file "


_shelves: list[Shelf] = []


def _shelf() -> Shelf:
    if not _shelves:
        named = os.environ.get("STEPDOWN_CONTENT", "").split(os.pathsep)
        _shelves.append(Shelf(*(Path(each) for each in named if each)))
    return _shelves[-1]


@contextmanager
def using(*folders: Path) -> Iterator[None]:
    """Content of these folders as well, until the block ends. Meant for tests.

    Process-wide, threads included: a live server in the same process sees it too.
    """
    _shelves.append(Shelf(*_shelf().folders[1:], *folders))
    try:
        yield
    finally:
        _shelves.pop()


def everything() -> Mapping[str, Mapping[str, Any]]:
    """Folder -> key -> thing: all that was reviewed, for the page that lists it."""
    return {folder: _shelf().things(folder) for folder in KINDS}


def instrument(key: str) -> Instrument:
    """The instrument with this key.

    Raises:
        KeyError: there is none.
    """
    return instruments()[key]


def instruments() -> Mapping[str, Instrument]:
    """Instrument key -> instrument."""
    return _shelf().things("instruments")


def vital_signs() -> VitalSigns:
    """The vital signs with their version, as a snapshot keeps them."""
    found: VitalSigns = _shelf().things("vitals")["vitals"]
    return found


def vitals() -> Mapping[str, Vital]:
    """Vital key -> vital sign, in reading order. Snapshot :func:`vital_signs`, not this."""
    return vital_signs().by_key()


def schedule(key: str = "monitoring") -> Schedule:
    """The schedule with this key.

    Raises:
        KeyError: there is none.
    """
    found: Schedule = _shelf().things("schedules")[key]
    return found


def symptoms(key: str = "withdrawal") -> SymptomCatalogue:
    """The symptom catalogue with this key.

    Raises:
        KeyError: there is none.
    """
    found: SymptomCatalogue = _shelf().things("symptoms")[key]
    return found


def courses(key: str = "withdrawal") -> WithdrawalCourses:
    """The course of withdrawal with this key.

    Raises:
        KeyError: there is none.
    """
    found: WithdrawalCourses = _shelf().things("courses")[key]
    return found


def permissions() -> Permissions:
    """The permission matrix."""
    found: Permissions = _shelf().things("access")["permissions"]
    return found


def facility_settings() -> Mapping[str, FacilitySetting]:
    """Setting key -> what a facility may set, in page order."""
    found: FacilitySettings = _shelf().things("settings")["facility"]
    return found.by_key()


def codes(name: str) -> CodeSet:
    """The code set with this key.

    Raises:
        KeyError: there is none.
    """
    found: CodeSet = _shelf().things("codes")[name]
    return found


def episode_states() -> EpisodeStates:
    """The states of an episode and the transition table."""
    found: EpisodeStates = _shelf().things("states")["episode"]
    return found


def sedation() -> Mapping[str, SedationMapping]:
    """Mapping key -> what the levels of one sedation scale mean."""
    return _shelf().things("sedation")


def sedation_scale() -> Instrument:
    """The scale that sedation is looked at with here: our own words, or the facility's own."""
    return instrument(in_use(sedation().values())[0].instrument)


def handover_pages() -> HandoverPages:
    """The reviewed words of a handed-over form."""
    found: HandoverPages = _shelf().things("handover")["pages"]
    return found


def canonical(content: Any) -> str:
    """One text for one content, whatever the layout of its file."""
    return _shelf().text(content)[0]


def digest(content: Any) -> str:
    """SHA-256 of the canonical text, as 64 hexadecimal digits."""
    return _shelf().text(content)[1]


def restore(kind: type[T], text: str) -> T:
    """The thing whose canonical text this is, as it was when the text was kept.

    >>> kept = canonical(instrument("cows"))
    >>> restore(Instrument, kept) == instrument("cows")
    True
    """
    return binding.bind(kind, json.loads(text, parse_float=Decimal))


def problems() -> tuple[ContentError, ...]:
    """Every fault in every content file: form, schema, sense, worked examples, cross-references.

    Slow and thorough, for start-up and ``stepdown content check``. Empty when all is well.
    """
    from stepdown.content import review  # jsonschema is loaded only here

    return tuple(review.problems(_shelf()))


def check() -> None:
    """Return quietly when all content is sound.

    Raises:
        ContentError: the first fault found.
    """
    for problem in problems():
        raise problem
