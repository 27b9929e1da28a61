"""The request every signed-in view receives, as the type checker sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest

if TYPE_CHECKING:
    from datetime import datetime

    from stepdown.records.access import Actor
    from stepdown.web.door import Visit
    from stepdown.web.typed import Typed


class Request(HttpRequest):
    """An ``HttpRequest`` after our middleware has passed over it.

    Never built by hand: it names what the middleware adds, so that views can be
    checked. ``actor`` is who asks, in which role and facility; ``now`` is the one
    time this request knows, aware; ``htmx`` says that htmx made the request;
    ``visit`` is all that the session told. ``told_at`` is when a form was typed: ``now``, or
    earlier where ``typed`` says that it waited on a device without a connection.
    """

    actor: Actor
    now: datetime
    htmx: bool
    visit: Visit
    told_at: datetime
    typed: Typed | None
