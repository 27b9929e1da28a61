"""What was typed on a device without a connection, and how far its word is taken.

A form that could not be sent waits on the device, sealed. When it comes at last it says
when it was typed, and who was working in which role. The server believes that as far as it
can check it: with a stamp it gave this person in this role while it was still in touch,
and with the device's clock having run as evenly as its own ever since.
Why: docs/decisions/bedside-entry-without-a-network.md.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from cryptography.fernet import InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _

from stepdown.records import audit
from stepdown.records.access import Actor
from stepdown.records.errors import NotPermitted, Refused
from stepdown.records.models import Facility
from stepdown.web.sealing import box

HEADER = "X-Stepdown-Typed"
RECORDED = "X-Stepdown-Recorded"
PURPOSE = "device stamp"

TOLERANCE = timedelta(minutes=2)
"""How far a device's clock may run apart from ours (as in ``records.actions.telling``)."""

View = Callable[..., HttpResponseBase]


@dataclass(frozen=True, slots=True)
class Typed:
    """When a form was typed, and when its device was last known to be in touch before that."""

    at: datetime
    in_touch: datetime

    @property
    def words(self) -> str:
        """For the log of reads: both times in UTC, to the second."""
        at, since = (f"{each:%Y-%m-%d %H:%M:%SZ}" for each in (self.at, self.in_touch))
        return f"typed {at}, in touch {since}"


# --- what a device is given while it is in touch ----------------------------


def limit(facility: Facility) -> timedelta:
    """How long a device keeps a sheet, and how long its word for the time is taken."""
    return timedelta(hours=int(facility.setting("offline_hours")))


def keys(user_id: UUID, device: UUID) -> list[bytes]:
    """The 32-byte keys of one person on one device: of the present web key, then of former ones.

    Nothing is stored: the same person gets the same key on the same device again, and no
    key of another person can be worked out from it.
    """
    secrets = [settings.SECRET_KEY, *map(str, settings.SECRET_KEY_FALLBACKS)]
    return [_derived(secret, user_id, device) for secret in secrets]


def _derived(secret: str, user_id: UUID, device: UUID) -> bytes:
    about = b"stepdown device key" + user_id.bytes
    return HKDF(SHA256(), length=32, salt=device.bytes, info=about).derive(secret.encode())


def stamp(actor: Actor, now: datetime) -> str:
    """Sealed proof that this person worked in this role here at this time."""
    told = {"user": str(actor.user.pk), "role": actor.role, "at": _ms(now)}
    told["working"] = str(actor.assignment.pk)
    return box(PURPOSE).encrypt_at_time(json.dumps(told).encode(), int(now.timestamp())).decode()


# --- what a device says when it is back -------------------------------------


def takes_typed(view: View) -> View:
    """Mark a view that records at ``request.told_at``; others refuse what was typed earlier."""
    view.takes_typed = True  # type: ignore[attr-defined]
    return view


def read(request: HttpRequest, view: Any) -> HttpResponseBase | None:
    """Believe a late form or turn it away; sets ``request.typed`` and ``request.told_at``.

    An answer is plain words for the device to show; None lets the form through.
    """
    told = request.headers.get(HEADER)
    if told is None or request.method != "POST":
        return None
    actor, now = request.actor, request.now  # type: ignore[attr-defined]
    try:
        if getattr(view, "takes_typed", False) is not True:
            raise Refused(_("Not recorded: this form cannot be sent later. Open it and type it."))
        request.typed = believed(told, actor, now)  # type: ignore[attr-defined]
    except Refused as refused:
        plain = "text/plain; charset=utf-8"
        return HttpResponse(refused.message, status=refused.status, content_type=plain)
    request.told_at = request.typed.at  # type: ignore[attr-defined]
    return None


def believed(told: str, actor: Actor, now: datetime) -> Typed:
    """When a form was typed, from what its device says about it.

    Args:
        told: JSON of ``stamp``; and by the device's clock, in ms: ``stamped`` (when the
            stamp came), ``typed``, ``sent``.

    Raises:
        NotPermitted: another person typed it, or this one in another role.
        Refused: the time cannot be believed; the author enters it.
    """
    note, given = _opened(told)
    if given["user"] != str(actor.user.pk):
        raise NotPermitted(
            _("Not recorded: another person typed this. It is sent when that person signs in.")
        )
    if given["working"] != str(actor.assignment.pk):
        raise NotPermitted(
            _(
                "Not recorded: you typed this as {then} and work as {now} now. Work as {then} "
                "again and it is sent. If that role is closed to you, tell the charge nurse what "
                "you saw."
            ).format(then=given["role"], now=actor.role)
        )
    in_touch = _instant(given["at"])
    away, ran = now - in_touch, timedelta(milliseconds=note["sent"] - note["stamped"])
    at = in_touch + timedelta(milliseconds=note["typed"] - note["stamped"])
    if abs(away - ran) > TOLERANCE or not in_touch - TOLERANCE <= at <= now + TOLERANCE:
        raise Refused(
            _(
                "Not recorded: the clock of this tablet was changed while it was out of touch. "
                "Open the entry and enter when it happened."
            )
        )
    at = min(at, now)
    hours = limit(actor.facility)
    if now - at > hours:
        raise Refused(
            _(
                "Not recorded: typed {time}, more than {hours} hours ago, which is longer than "
                "this unit takes a tablet's word for. Open the entry, check its time, and mark it "
                "as written down during a downtime."
            ).format(
                time=f"{actor.facility.local(at):%H:%M, %d %b}",
                hours=int(hours.total_seconds() // 3600),
            )
        )
    return Typed(at, in_touch)


def _opened(told: str) -> tuple[dict[str, int], dict[str, Any]]:
    try:
        note = json.loads(told)
        given = json.loads(box(PURPOSE).decrypt(str(note["stamp"]).encode()))
        times = {name: int(note[name]) for name in ("stamped", "typed", "sent")}
        if any(abs(each) > _LATEST_MS for each in times.values()):
            raise ValueError("no such time")
        return times, dict(given)
    except (InvalidToken, ValueError, KeyError, TypeError, OverflowError) as error:
        raise Refused(
            _(
                "Not recorded: what this tablet says about the time cannot be read. Open the entry "
                "and enter when it happened."
            )
        ) from error


_LATEST_MS = 10**13
"""Some three hundred years of milliseconds: beyond it no clock has been."""


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def _instant(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)


def note(request: HttpRequest, response: HttpResponseBase) -> None:
    """Log whose word was taken for which time, once a late form was recorded."""
    found: Typed | None = getattr(request, "typed", None)
    if found is None or response.status_code >= 400:
        return
    match = request.resolver_match
    audit.looked(
        "typed.sent",
        by=request.actor,  # type: ignore[attr-defined]
        at=request.now,  # type: ignore[attr-defined]
        episode_id=match.kwargs.get("episode_id") if match else None,
        detail=found.words,
    )


def recorded(response: HttpResponse, seen: Mapping[str, UUID]) -> HttpResponse:
    """Tell the device what it recorded, so that its own next entry does not clash with it.

    Args:
        seen: name of the form's field that says what was in view -> the new entry.
    """
    if seen:
        told = {name: str(pk) for name, pk in seen.items()}
        response.headers[RECORDED] = json.dumps(told)
    return response
