"""Where a handed-over form stands: which question is shown, whether it has ended, and how."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.http import HttpRequest

from stepdown.clinical import instruments
from stepdown.clinical.instruments import Instrument, Item
from stepdown.records.access import Actor
from stepdown.records.actions.monitoring import handovers
from stepdown.records.errors import Refused
from stepdown.records.models import Handover, HandoverDraft, HandoverEnd
from stepdown.web import handed, idle

How = HandoverEnd.How

WARN_S = 60
"""So long before it closes the form asks whether somebody is still there (WCAG 2.2.1: 20 s)."""


@dataclass(slots=True)
class Form:
    """One handed-over form as it stands at ``now``.

    ``draft`` is None once it has ended and is recorded; ``how`` says how it ended, also
    where its answers still wait for somebody to record them.
    """

    handover: Handover
    scale: Instrument
    draft: HandoverDraft | None
    ended: HandoverEnd | None
    by: Actor
    now: datetime

    @property
    def how(self) -> str:
        """How it ended; nothing while it runs."""
        if self.ended is not None:
            return self.ended.how
        return self.draft.ended if self.draft is not None else How.CLOSED.value

    @property
    def limit(self) -> timedelta:
        """Without a touch for so long, the form closes: as any screen here does."""
        return timedelta(seconds=idle.limit_s(self.by.facility))

    @property
    def is_left(self) -> bool:
        """True when nobody has touched it for too long."""
        return (
            self.draft is not None
            and not self.how
            and self.now - self.draft.touched_at > self.limit
        )

    @property
    def answers(self) -> dict[str, str]:
        """The answers that count: those to questions the others lead to."""
        return handovers.asked(self.scale, self.draft.answers) if self.draft else {}

    @property
    def questions(self) -> tuple[Item, ...]:
        """The questions as far as the answers lead."""
        return instruments.asked_items(self.scale, self.answers)

    @property
    def here(self) -> Item | None:
        """The question shown: the one gone back to, else the first neither answered nor skipped.

        None when all are through.
        """
        assert self.draft is not None
        answers, passed = self.answers, self.draft.passed
        for item in self.questions:
            if item.key == self.draft.here:
                return item
        return next(
            (i for i in self.questions if i.key not in answers and i.key not in passed), None
        )

    def end(self, how: str) -> None:
        """End it and record what was answered; where that is not possible, the answers wait."""
        try:
            self.ended = handovers.end(self.handover, how, by=self.by, at=self.now)
            self.draft = None
        except Refused:
            self.draft = HandoverDraft.objects.filter(pk=self.handover.pk).first()

    def raised(self) -> tuple[instruments.Raise, ...]:
        """What the answers raise; the same after they were recorded."""
        answers = self.answers
        if self.ended is not None and self.ended.observation is not None:
            answers = self.ended.observation.chosen()
        return instruments.raised(self.scale, answers)


def of(request: HttpRequest) -> Form:
    """The form this browser is locked to; one left lying too long ends with this request."""
    by: Actor = request.visit.held  # type: ignore[attr-defined]
    now: datetime = request.now  # type: ignore[attr-defined]
    found = load(handed.which(request.session), by, now)
    if found.is_left:
        found.end(How.LEFT)
    return found


def load(handover_id: object, by: Actor, now: datetime) -> Form:
    """A form by its handover.

    Raises:
        Handover.DoesNotExist: not in this house.
    """
    handover = Handover.objects.select_related(
        "snapshot", "actor", "draft", "end__observation"
    ).get(pk=handover_id, facility=by.facility)
    return Form(
        handover=handover,
        scale=handovers.wording(handover),
        draft=getattr(handover, "draft", None),
        ended=getattr(handover, "end", None),
        by=by,
        now=now,
    )
