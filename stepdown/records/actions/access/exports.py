"""Records leaving the house in bulk: signed into the ledger first, and closed with digests.

The row that says who, in which role, what for and how much is written and sealed before
the first row is read (operations.md N10: no disclosure without a ledger row).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from stepdown.content import library
from stepdown.records import access, audit, signing
from stepdown.records.access import Actor
from stepdown.records.actions import telling
from stepdown.records.errors import Conflict, NotPermitted, Refused
from stepdown.records.models import Export, ExportEnd, Signature
from stepdown.records.signing import Proof

SHORTEST_WORDS = 10
"""Characters; a word is no reason, as for breaking the glass."""

FORMATS = ("csv", "parquet")

READS: dict[str, str] = {
    "observations": "observations",
    "scores": "observations",
    "episodes": "demographics",
}
"""Dataset -> the row of the matrix whose readers may take it along."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody wants to take out of the house."""

    purpose: str
    words: str
    datasets: tuple[str, ...]
    file_format: str
    since: datetime | None = None
    until: datetime | None = None
    kinds: tuple[str, ...] = ()
    identified: bool = False


@dataclass(frozen=True, slots=True)
class Written:
    """One file as it lies there: its name, data rows, bytes, and SHA-256 in hex."""

    name: str
    rows: int
    bytes: int
    sha256: str


def check(asked: Asked, *, by: Actor) -> None:
    """Return quietly when this could be exported.

    Raises:
        NotPermitted: the role exports nothing, reads no such records, or only under pseudonyms.
        Refused: purpose, words, datasets, format or times that do not do, each named.
    """
    access.require(by, "exports", "C")
    if asked.identified:
        access.require(by, "exports", "A")
    wrong = _wrong(asked)
    if wrong:
        raise Refused(_("Not exported. ") + " ".join(wrong.values()), wrong)
    for name in asked.datasets:
        access.require(by, READS[name], "R")


def begin(asked: Asked, *, by: Actor, at: datetime, submission: UUID, proof: Proof) -> Export:
    """Write into the ledger, signed, that this export begins. Only then may a row be read.

    A PIN is not enough where the account has a password: four figures guard a screen in a
    locked house, not a file with everybody's records.

    Raises:
        As :func:`check`; NotSigned: not proven, or no valid licence in a role that needs one.
    """
    check(asked, by=by)
    if proof.method == Signature.Method.PIN and by.user.has_usable_password():
        raise Refused(
            _("Not exported: an export takes your password, not your PIN. Nothing left."),
            {"secret": _("Type the password.")},
        )

    def write() -> Export:
        with audit.action("exports.begin", by=by, at=at) as ledger:
            row = Export.told(
                by,
                at=at,
                submission=submission,
                purpose=asked.purpose,
                words=asked.words.strip(),
                datasets=list(asked.datasets),
                since=asked.since,
                until=asked.until,
                kinds=list(asked.kinds),
                file_format=asked.file_format,
                identified=asked.identified,
            )
            ledger.created(row)
            signing.sign_row(row, meaning="export", by=by, at=at, proof=proof, ledger=ledger)
            return row

    return telling.once(Export, submission, write, by=by)


def finish(
    export: Export, files: Sequence[Written], *, by: Actor, at: datetime, submission: UUID
) -> ExportEnd:
    """Close an export with the rows and the digest of each file.

    Raises:
        NotPermitted: it is somebody else's. Conflict: it was closed already.
    """
    told = [asdict(file) for file in files]
    return _end(export, ExportEnd.Outcome.FINISHED, told, "", by, at, submission)


def fail(export: Export, fault: str, *, by: Actor, at: datetime, submission: UUID) -> ExportEnd:
    """Close an export that broke off and whose files were removed; ``fault`` is its kind.

    Raises:
        As :func:`finish`.
    """
    return _end(export, ExportEnd.Outcome.FAILED, [], fault, by, at, submission)


def _end(
    export: Export,
    outcome: str,
    files: list[dict[str, object]],
    fault: str,
    by: Actor,
    at: datetime,
    submission: UUID,
) -> ExportEnd:
    def write() -> ExportEnd:
        with audit.action("exports.end", by=by, at=at) as ledger:
            if (export.actor_id, export.facility_id) != (by.user.pk, by.facility.pk):
                raise NotPermitted(_("Not done: whoever began an export ends it."))
            if ExportEnd.objects.filter(export=export).exists():
                raise Conflict(_("Not done: this export was closed already."))
            row = ExportEnd.told(
                by,
                at=at,
                submission=submission,
                export=export,
                outcome=outcome,
                files=files,
                fault=fault[:120],
            )
            ledger.created(row)
            return row

    return telling.once(ExportEnd, submission, write, by=by)


def _wrong(asked: Asked) -> dict[str, str]:
    wrong = {}
    purposes = library.codes("export_purpose")
    if purposes.code(asked.purpose) is None:
        known = ", ".join(each.code for each in purposes.codes)
        wrong["purpose"] = _("The purpose is one of {known}.").format(known=known)
    if len(asked.words.strip()) < SHORTEST_WORDS:
        wrong["words"] = _("Say in words what it is for. The privacy officer reads it.")
    if not asked.datasets or not set(asked.datasets) <= set(READS):
        wrong["datasets"] = _("There are the datasets {known}.").format(known=", ".join(READS))
    elif len(set(asked.datasets)) < len(asked.datasets):
        wrong["datasets"] = _("Name each dataset once.")
    if asked.file_format not in FORMATS:
        wrong["file_format"] = _("The format is csv or parquet.")
    if asked.since and asked.until and asked.since >= asked.until:
        wrong["until"] = _("The end lies before the beginning.")
    return wrong
