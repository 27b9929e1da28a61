"""What leaves the house in an export: datasets, their columns, and rows in a stream.

Rows are read as texts, in one pass, without a model made of any: a million of them pass
through a memory that does not grow. Nothing is worked out: a total stands in a row where one
was recorded, and is empty where none was. Names, birth dates and free words never leave.
"""

from __future__ import annotations

import hmac
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, lru_cache
from typing import Any

from django.conf import settings
from django.db import connection, models
from django.db.models import F, Func, QuerySet, TextField
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from stepdown.content import library
from stepdown.records.access import Actor
from stepdown.records.models import ContentSnapshot, Episode, Export, Observation

AT_ONCE = 5_000
"""Rows fetched at a time."""

PSEUDONYM_LENGTH = 24
"""Figures of a pseudonym, in hex: 96 bits."""

OLDEST_YEARS = 90
"""An age of 90 years stands for 90 and above: older people are few enough to be known by it
(45 CFR 164.514(b)(2)(i)(C))."""

Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a file.

    ``kind``: ``id``, ``code`` (a word of ours), ``integer``, ``decimal``, ``boolean``, ``utc``,
    ``local`` (with its offset) or ``json``.
    """

    name: str
    kind: str
    words: str
    unit: str = ""
    codes: str = ""


@dataclass(frozen=True, slots=True)
class Dataset:
    """One file: its columns, and its rows as a stream."""

    name: str
    words: str
    columns: tuple[Column, ...]
    rows: Iterator[Row]


@dataclass(frozen=True)
class Scope:
    """Who takes what out: what they may see, between two instants, under which pseudonyms."""

    export: Export
    by: Actor
    now: datetime

    def stays(self) -> QuerySet[Episode]:
        """The stays whose records leave: those this actor may see, restricted charts included
        only where they are invited."""
        return Episode.objects.visible_to(self.by, self.now).order_by()

    def named(self) -> Callable[[str], str]:
        """What stands for an id: a pseudonym, or the id itself in an identified export."""
        if self.export.identified:
            return _dashed
        return lru_cache(maxsize=4096)(_pseudonyms(self.export))


def datasets(scope: Scope) -> Iterator[Dataset]:
    """The datasets that were asked for, each with its rows still unread."""
    for name in scope.export.datasets:
        yield DATASETS[name](scope)


# --- ids and times -------------------------------------------------------------------------------


def pseudonym_key(export: Export) -> bytes:
    """The key of one purpose: its code and its words, whatever their spacing and case.

    Exports for one purpose fit together; those for two cannot be joined by whoever holds both.
    The audit key is never handed out and never changes, so neither do pseudonyms.
    """
    words = " ".join(export.words.casefold().split())
    told = json.dumps(["export pseudonym", str(export.facility_id), export.purpose, words])
    return hmac.digest(settings.STEPDOWN_AUDIT_KEY.encode(), told.encode(), "sha256")


def _pseudonyms(export: Export) -> Callable[[str], str]:
    key, digest = pseudonym_key(export), hmac.digest

    def pseudonym(key_of_row: str) -> str:
        plain = key_of_row.replace("-", "").encode()
        return digest(key, plain, "sha256").hex()[:PSEUDONYM_LENGTH]

    return pseudonym


def _dashed(found: str) -> str:
    if len(found) != 32:
        return found
    return f"{found[:8]}-{found[8:12]}-{found[12:16]}-{found[16:20]}-{found[20:]}"


def _text(name: str) -> Cast:
    return Cast(F(name), TextField())


def _instant(name: str) -> Any:
    """A time as ``2027-01-07 14:30:00[.ffffff]`` in UTC: as SQLite keeps it."""
    if connection.vendor == "sqlite":
        return _text(name)
    return Func(
        F(name),
        template="to_char(%(expressions)s AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')",
        output_field=TextField(),
    )


def _utc(told: str) -> str:
    """ISO 8601 in UTC, to the second or the microsecond as recorded."""
    return f"{told[:10]}T{told[11:].removesuffix('.000000')}Z"


def _local(told: str, zone: Any) -> str:
    """ISO 8601 on the facility's clock, with its offset of that day."""
    instant = datetime.fromisoformat(f"{told}+00:00").astimezone(zone)
    return instant.isoformat()


def _both(told: str | None, zone: Any) -> tuple[str | None, str | None]:
    return (None, None) if told is None else (_utc(told), _local(told, zone))


# --- observations --------------------------------------------------------------------------------

NOT_EXPORTED = frozenset(
    {"id", "facility", "episode", "actor", "submission_id", "replaces", "snapshot", "note"}
    | {"reason", "why", "answers", "values", "occurred_at", "recorded_at"}
)
"""Columns of an observation that leave in another form, or never: free words are never taken."""

WORDED = frozenset({"kind", "outcome", "context", "band", "role"})
"""Texts of an observation that hold codes of ours and nothing that anybody typed."""


def _as_recorded() -> list[models.Field[Any, Any]]:
    """The columns of an observation that leave as they stand, those added since included.

    A text that is not known to hold codes stays here.
    """
    found = []
    for field in Observation._meta.concrete_fields:
        texts = isinstance(field, models.CharField | models.TextField)
        if field.name not in NOT_EXPORTED and (not texts or field.name in WORDED):
            found.append(field)
    return found


_KINDS = (
    (models.BooleanField, "boolean"),
    (models.IntegerField, "integer"),
    (models.DecimalField, "decimal"),
    (models.JSONField, "json"),
    (models.DateTimeField, "utc"),
)


def _column_of(field: models.Field[Any, Any]) -> Column:
    kind = next((kind for made, kind in _KINDS if isinstance(field, made)), "code")
    codes = "; ".join(f"{value}: {label}" for value, label in field.flatchoices)
    return Column(field.name, kind, _WORDS.get(field.name, str(field.verbose_name)), codes=codes)


_WORDS = {
    "role": "Role in which it was recorded; nobody's name",
    "is_void": "Entered in error: neither this row nor the one it replaces stands",
    "kind": "vitals, or the key of a scale",
    "outcome": "Whether it was taken, and why not",
    "total": "Points as recorded; empty where the scale has no total or an item is unanswered",
    "at_least": "Lower bound of the points where items are unanswered; never a total",
    "band": "Key of the band of the total, or of the gravest zone of vital signs",
    "asked_twice": "Vital signs whose unusual value the recorder confirmed",
    "severity": "Severity of the band",
}

_SAID = (
    Column("observation", "id", "This row"),
    Column("replaces", "id", "The row that this one corrects or strikes out; empty for most"),
    Column("episode", "id", "The stay; joins to the other files"),
    Column("content_version", "code", "Version of the scale or of the vital signs used"),
    Column("content_digest", "code", "Its digest, the first 12 figures"),
    Column("occurred_at_utc", "utc", "When it happened"),
    Column("occurred_at_local", "local", "The same on the facility's clock"),
    Column("recorded_at_utc", "utc", "When it was recorded"),
    Column("stands", "boolean", "Not entered in error and not corrected by a later row"),
)


def _observations(scope: Scope, *, answered: bool) -> QuerySet[Observation]:
    found = Observation.objects.filter(episode__in=scope.stays()).order_by()
    export = scope.export
    if export.since is not None:
        found = found.filter(occurred_at__gte=export.since)
    if export.until is not None:
        found = found.filter(occurred_at__lt=export.until)
    if export.kinds:
        found = found.filter(kind__in=export.kinds)
    return found.exclude(kind="vitals") if answered else found


def _replaced(scope: Scope) -> frozenset[str]:
    """Ids of the rows that a later one corrects or strikes out: few, and read once.

    A join would do, but the column is nearly always empty: once SQLite knows that, it takes
    the index for useless and reads the whole table again for each row.
    """
    corrections = Observation.objects.filter(facility=scope.by.facility, replaces__isnull=False)
    return frozenset(corrections.values_list(_text("replaces_id"), flat=True))


def _plain(field: models.Field[Any, Any]) -> Any:
    if isinstance(field, models.DateTimeField):
        return _instant(field.name)
    as_text = isinstance(field, models.JSONField | models.DecimalField)
    return _text(field.name) if as_text else F(field.name)


def observations(scope: Scope) -> Dataset:
    """One row for each observation of any kind: what was recorded of it, vital signs as columns."""
    vitals = library.vitals()
    fields = _as_recorded()
    columns = (
        *_SAID,
        *map(_column_of, fields),
        *(Column(key, "decimal", sign.label, sign.unit) for key, sign in vitals.items()),
        Column("other_values", "json", "Vital signs under keys that this release does not know"),
    )
    words = _("Every observation, one row each")
    return Dataset("observations", words, columns, _observation_rows(scope, fields, list(vitals)))


def _observation_rows(
    scope: Scope, fields: list[models.Field[Any, Any]], vitals: list[str]
) -> Iterator[Row]:
    asked = _observations(scope, answered=False).values_list(
        _text("pk"), _text("replaces_id"), _text("episode_id"), "snapshot_id",
        _instant("occurred_at"), _instant("recorded_at"),
        "is_void", _text("values"), *map(_plain, fields),
    )  # fmt: skip
    named, zone, versions = scope.named(), scope.by.facility.tz, _versions()
    replaced = _replaced(scope)
    key = named if scope.export.identified else _pseudonyms(scope.export)
    lists = [n for n, field in enumerate(fields) if isinstance(field, models.JSONField)]
    times = [n for n, field in enumerate(fields) if isinstance(field, models.DateTimeField)]
    known, none = frozenset(vitals), (None,) * (len(vitals) + 1)
    for row in asked.iterator(chunk_size=AT_ONCE):
        own, replaces, episode, digest, at, told_at, void, values = row[:8]
        rest = list(row[8:])
        for n in lists:
            rest[n] = _compact(rest[n])
        for n in times:
            rest[n] = rest[n] and _utc(rest[n])
        if values == "{}":
            measured: Row = none
        else:
            found = json.loads(values)
            others = {each: found[each] for each in found.keys() - known}
            measured = (*map(found.get, vitals), json.dumps(others) if others else None)
        yield (
            key(own), replaces and key(replaces), named(episode), versions[digest], digest[:12],
            _utc(at), _local(at, zone), _utc(told_at), not void and own not in replaced,
            *rest, *measured,
        )  # fmt: skip


def _compact(told: str | None) -> str | None:
    """JSON in one spelling, whichever database kept it; an empty list or object is empty."""
    if told is None or told in ("[]", "{}", "null"):
        return None
    return json.dumps(json.loads(told), sort_keys=True, separators=(",", ":"))


def _versions() -> dict[str, str]:
    """Digest -> version of all content ever used here; a few hundred at most."""
    return dict(ContentSnapshot.objects.values_list("digest", "version"))


# --- scores --------------------------------------------------------------------------------------

NUMBER = re.compile(r"-?\d{1,9}(\.\d{1,4})?")
IN_WORDS = "(words)"
"""Stands for an answer that was typed: it may name somebody, so it stays here."""


def scores(scope: Scope) -> Dataset:
    """One row for each answered item of a scale, as it was chosen; no total is made of them."""
    columns = (
        *(each for each in _SAID if each.name not in ("recorded_at_utc", "replaces")),
        Column("kind", "code", "The key of the scale"),
        Column("outcome", "code", "Whether the scale was finished"),
        Column("is_void", "boolean", _WORDS["is_void"]),
        Column("item", "code", "The key of the item"),
        Column(
            "answer", "code", f"The option chosen or the number told; {IN_WORDS} where words were"
        ),
        Column("points", "integer", "Points of that option as recorded; empty where it has none"),
    )
    return Dataset("scores", _("Every answer, one row each"), columns, _score_rows(scope))


def _score_rows(scope: Scope) -> Iterator[Row]:
    asked = _observations(scope, answered=True).values_list(
        _text("pk"), _text("episode_id"), "snapshot_id", _instant("occurred_at"),
        "is_void", "kind", "outcome", _text("answers"),
    )  # fmt: skip
    named, zone, versions = scope.named(), scope.by.facility.tz, _versions()
    replaced = _replaced(scope)
    key = named if scope.export.identified else _pseudonyms(scope.export)
    for own, episode, digest, at, void, kind, outcome, answers in asked.iterator(
        chunk_size=AT_ONCE
    ):
        if answers == "{}":
            continue
        row = (
            key(own), named(episode), versions[digest], digest[:12], _utc(at), _local(at, zone),
            not void and own not in replaced, kind, outcome, void,
        )  # fmt: skip
        codes = _codes_of(digest)
        for item, chosen in json.loads(answers).items():
            option, points = _chosen(chosen)
            yield (*row, item, _of_ours(option, codes), points)


def _chosen(told: Any) -> tuple[str | None, int | None]:
    """(answer, points) of one item, as the record keeps it."""
    if not isinstance(told, list):
        told = [told]
    option = None if told[0] is None else str(told[0])
    points = told[1] if len(told) > 1 and isinstance(told[1], int) else None
    return option, points


def _of_ours(option: str | None, codes: frozenset[str]) -> str | None:
    if option is None or option in codes or NUMBER.fullmatch(option):
        return option
    return IN_WORDS


@cache
def _codes_of(digest: str) -> frozenset[str]:
    """Every code that the scale with this digest offers, whatever its shape."""
    text = ContentSnapshot.objects.values_list("text", flat=True).get(digest=digest)
    return frozenset(_codes_in(json.loads(text)))


def _codes_in(told: Any) -> Iterator[str]:
    if isinstance(told, dict):
        if isinstance(told.get("code"), str):
            yield told["code"]
        told = list(told.values())
    if isinstance(told, list):
        for each in told:
            yield from _codes_in(each)


# --- episodes ------------------------------------------------------------------------------------

_MOMENTS = ("arrived_at", "admitted_at", "closed_at")
_MOMENT_WORDS = {
    "arrived_at": "When the person came",
    "admitted_at": "When they were admitted; empty while they were not",
    "closed_at": "When the stay was closed; empty while it goes on",
}


def episodes(scope: Scope) -> Dataset:
    """One row for each stay that touches the time asked for."""
    columns = (
        Column("episode", "id", "The stay; joins to the other files"),
        Column("person", "id", "The person, across their stays; joins to nothing else"),
        Column("code", "code", "The code used in the house; only in an identified export"),
        _column_of(Episode._meta.get_field("state")),
        _column_of(Episode._meta.get_field("phase")),
        *(
            Column(f"{name}_{kind}", kind, _MOMENT_WORDS[name])
            for name in _MOMENTS
            for kind in ("utc", "local")
        ),
        Column(
            "age_at_arrival_years", "integer",
            f"Whole years; {OLDEST_YEARS} stands for {OLDEST_YEARS} and above; empty where unknown",
            "years",
        ),
    )  # fmt: skip
    return Dataset("episodes", _("Every stay, one row each"), columns, _episode_rows(scope))


def _episode_rows(scope: Scope) -> Iterator[Row]:
    export, zone = scope.export, scope.by.facility.tz
    found = scope.stays()
    if export.until is not None:
        found = found.filter(arrived_at__lt=export.until)
    if export.since is not None:
        found = found.exclude(closed_at__lt=export.since)
    asked = found.values_list(
        _text("pk"), _text("person_id"), "code", "state", "phase", *map(_instant, _MOMENTS),
        "person__born_on",
    )  # fmt: skip
    named = scope.named()
    for own, person, code, state, phase, *moments, born in asked.iterator(chunk_size=AT_ONCE):
        times = [each for told in moments for each in _both(told, zone)]
        yield (
            named(own), named(person), code if export.identified else None, state, phase or None,
            *times, _age(born, datetime.fromisoformat(f"{moments[0]}+00:00").astimezone(zone)),
        )  # fmt: skip


def _age(born: Any, arrived: datetime) -> int | None:
    if born is None:
        return None
    had = (arrived.month, arrived.day) >= (born.month, born.day)
    years: int = arrived.year - born.year - (0 if had else 1)
    return min(years, OLDEST_YEARS)


DATASETS: dict[str, Callable[[Scope], Dataset]] = {
    "observations": observations,
    "scores": scores,
    "episodes": episodes,
}


def as_utc(instant: datetime) -> str:
    """An instant as files tell it."""
    return instant.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
