"""Changing what a facility may set, and signing content: never without a signature (N26)."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from stepdown.content import library
from stepdown.records import audit, signing, snapshots
from stepdown.records.access import Actor
from stepdown.records.actions import telling
from stepdown.records.errors import NotPermitted, Refused
from stepdown.records.models import Facility, SettingChange, Signature


def change(
    key: str,
    value: str,
    *,
    why: str,
    by: Actor,
    at: datetime,
    submission: UUID,
    proof: signing.Proof,
) -> SettingChange:
    """Give a setting a new value, signed by the role that answers for it.

    ``value`` is text, as the setting reads it ("4", "07:00 19:00", "yes").

    Raises:
        Refused: no such setting; a value outside its range; no reason.
        NotPermitted: another role answers for it. NotSigned: see ``signing.sign``.
    """
    known = library.facility_settings()
    if key not in known:
        raise Refused(_("Not changed: there is no such setting."))
    definition = known[key]
    try:
        definition.value(value)
    except ValueError as error:
        raise Refused(_("Not changed. ") + str(error), {"value": str(error)}) from error
    if not why.strip():
        raise Refused(_("Not changed: say why."), {"why": _("Say why.")})
    if by.role != definition.signed_by:
        raise NotPermitted(
            _("Not changed: {role} signs this setting.").format(role=definition.signed_by)
        )
    name = "settings.change" if definition.signed_by == "MD" else "settings.change_operational"

    def write() -> SettingChange:
        with audit.action(name, by=by, at=at) as ledger:
            facility = Facility.objects.select_for_update().get(pk=by.facility.pk)
            row = SettingChange.told(
                by,
                at=at,
                submission=submission,
                key=key,
                value=value,
                previous=facility.settings.get(key, definition.default),
                why=why.strip(),
            )
            ledger.created(row)
            signing.sign_row(
                row, meaning="changed a setting", by=by, at=at, proof=proof, ledger=ledger
            )
            facility.settings = {**facility.settings, key: value}
            ledger.changed(facility, "settings")
            return row

    return telling.once(SettingChange, submission, write, by=by, apart_from=frozenset({"previous"}))


def sign_content(
    content: Any, *, kind: str, by: Actor, at: datetime, proof: signing.Proof
) -> Signature:
    """A medical director signs reviewed content, over its canonical text.

    Any change to the content gives it another digest, and so no signature.

    Raises:
        NotPermitted: not a role that signs content. NotSigned: see ``signing.sign``.
    """
    with audit.action("content.sign", by=by, at=at) as ledger:
        digest = snapshots.keep(content, kind=kind, key=content.key)
        return signing.sign(
            digest,
            meaning="reviewed and signed",
            words=library.canonical(content),
            by=by,
            at=at,
            proof=proof,
            ledger=ledger,
        )


def signature_on(content: Any, facility: Facility) -> Signature | None:
    """The newest signature on exactly this content here, or None: then it is a draft."""
    return (
        Signature.objects.filter(
            facility=facility,
            subject_id=snapshots.digest_of(content),
            meaning="reviewed and signed",
        )
        .select_related("signer")
        .order_by("-signed_at")
        .first()
    )


def signed_digests(facility: Facility) -> frozenset[str]:
    """Digests of all content signed at a facility."""
    return frozenset(
        Signature.objects.filter(facility=facility, meaning="reviewed and signed").values_list(
            "subject_id", flat=True
        )
    )
