"""Handing a tablet to the person in care for one form, and taking what they told into the record.

Between the two there is only a draft: it is kept with each answer, belongs to no record
and has no audit event. Whoever handed the tablet over answers for the entry; that the
person told it, and when, stands in the handover and its end.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError
from django.utils.translation import gettext as _

from stepdown.clinical import instruments
from stepdown.clinical.instruments import Instrument
from stepdown.content import library
from stepdown.records import access, audit, fits, snapshots
from stepdown.records.access import Actor
from stepdown.records.actions import telling
from stepdown.records.actions.monitoring import preparing
from stepdown.records.actions.monitoring.readings import Scale
from stepdown.records.errors import Conflict, NotPermitted, Refused
from stepdown.records.models import Episode, Handover, HandoverDraft, HandoverEnd, Observation
from stepdown.records.transactions import writing

How = HandoverEnd.How


def offered() -> list[Instrument]:
    """The scales a person can fill in alone: theirs to rate, and nothing in them is measured."""
    return [each for each in library.instruments().values() if can_be_handed(each)]


ASKED_BY_A_PERSON = frozenset({"cssrs_screener"})
"""A suicide screen is asked by somebody who stays, in private; it is never left with a tablet."""


def can_be_handed(scale: Instrument) -> bool:
    """True for a scale that the person rates alone and that needs no vital sign."""
    if scale.key in ASKED_BY_A_PERSON or scale.rated_by == "clinician":
        return False
    return not any(item.derived_from for item in scale.items)


def begin(
    episode: Episode, kind: str, *, called: str, by: Actor, at: datetime, submission: UUID
) -> Handover:
    """Hand the tablet over for one form; a retry returns the first telling.

    Raises:
        NotPermitted: the role may not record this scale, or does not see this stay.
        Refused: not a scale for the person alone; nothing to call them; the stay has ended.
        Conflict: a tablet is with this person already.
    """
    scale = preparing.instrument(kind)
    _must_record(scale, by)
    if not can_be_handed(scale):
        raise Refused(
            _("Not handed over: {scale} is not for the person to fill in alone.").format(
                scale=scale.short_name
            ),
            {"kind": _("Choose one of the list.")},
        )
    if not called.strip():
        raise Refused(
            _(
                "Not handed over: say what the page may call the person, so that they can say it is theirs."
            ),
            {"called": _("Choose one.")},
        )

    def write() -> Handover:
        with audit.action("handovers.begin", by=by, at=at, episode_id=episode.pk) as ledger:
            current = telling.must_see(episode, by=by, at=at)
            telling.must_be_open(current)
            out = open_of(current)
            if out is not None and out.submission_id != submission:
                raise Conflict(
                    _(
                        "Not handed over: a tablet is with this person already, since {time}, from "
                        "{who}. Take that one back, or close its form here first."
                    ).format(
                        who=out.actor.name,
                        time=by.facility.local(out.occurred_at).strftime("%H:%M"),
                    )
                )
            snapshots.keep(scale, kind="instrument", key=scale.key)
            row = Handover.told(
                by,
                at=at,
                submission=submission,
                episode=current,
                kind=scale.key,
                called=called.strip(),
                snapshot_id=snapshots.digest_of(scale),
            )
            fits.refuse(row)
            ledger.created(row)
            HandoverDraft.objects.create(handover=row, touched_at=at)
            return row

    return telling.once(Handover, submission, write, by=by, about=episode.pk)


def _must_record(scale: Instrument, by: Actor) -> None:
    """Refuse a role that does not record this scale, or takes vital signs only.

    Raises:
        NotPermitted: says whom to ask.
    """
    access.require(by, scale.record, "C")
    if access.condition(by, scale.record, "C") in access.VITALS_ONLY:
        raise NotPermitted(
            _("Not done: your role records vital signs only. Ask a nurse to do this.")
        )


def open_of(episode: Episode) -> Handover | None:
    """The handover of this stay that has not ended yet, if there is one."""
    found: Handover | None = (
        Handover.objects.filter(episode=episode, end=None)
        .select_related("actor", "draft")
        .newest()
        .first()
    )
    return found


def wording(handover: Handover) -> Instrument:
    """The scale as the person is shown it."""
    return library.restore(Instrument, handover.snapshot.text)


def keep(draft: HandoverDraft, *, at: datetime) -> bool:
    """Keep what was answered so far; False where the form ended meanwhile, and nothing is kept."""
    with writing():
        kept = HandoverDraft.objects.filter(pk=draft.pk, ended="").update(
            answers=draft.answers,
            passed=draft.passed,
            here=draft.here,
            is_confirmed=draft.is_confirmed,
            touched_at=at,
        )
    draft.touched_at = at
    return kept == 1


def asked(scale: Instrument, answers: Mapping[str, str]) -> dict[str, str]:
    """The answers without those to questions that the others no longer lead to."""
    kept = dict(answers)
    while True:
        known = {item.key for item in instruments.asked_items(scale, kept)}
        left = {key: code for key, code in kept.items() if key in known}
        if left == kept:
            return left
        kept = left


def end(handover: Handover, how: str, *, by: Actor, at: datetime) -> HandoverEnd:
    """End the form and record what the person answered; a second end returns the first.

    Nothing answered leaves no observation. Some answered leaves an unfinished one: what
    was left out is never a zero.

    Raises:
        NotPermitted: the role that answers for it has ended, or may not record this scale.
            The answers wait, and somebody else can take them into the record.
        Refused: the stay has ended meanwhile. The answers wait to be seen.
    """
    scale = wording(handover)
    try:
        _must_record(scale, by)
        return _end(handover, scale, how, by=by, at=at)
    except IntegrityError:
        told: HandoverEnd | None = HandoverEnd.objects.filter(handover=handover).first()
        if told is None:
            raise
        return told
    except Refused:
        ended: HandoverEnd | None = HandoverEnd.objects.filter(handover=handover).first()
        if ended is not None:
            return ended
        HandoverDraft.objects.filter(pk=handover.pk, ended="").update(ended=how)
        raise


def _end(
    handover: Handover, scale: Instrument, how: str, *, by: Actor, at: datetime
) -> HandoverEnd:
    episode_id = handover.episode_id
    with audit.action("handovers.end", by=by, at=at, episode_id=episode_id) as ledger:
        draft = HandoverDraft.objects.select_for_update().filter(pk=handover.pk).first()
        if draft is None:
            raise Refused(_("Not recorded: this form has ended already."))
        how = draft.ended or how
        answers = asked(scale, draft.answers)
        observation = None
        if answers:
            telling.must_be_open(Episode.objects.get(pk=episode_id, facility=by.facility))
            observation = _told(handover, scale, answers, draft, how, by=by, at=at)
            ledger.created(observation)
        row = _ended(handover, scale, how, answers, observation, by=by, at=at)
        ledger.created(row)
        draft.delete()
        return row


def _told(
    handover: Handover,
    scale: Instrument,
    answers: Mapping[str, str],
    draft: HandoverDraft,
    how: str,
    *,
    by: Actor,
    at: datetime,
) -> Observation:
    left = len(instruments.missing_items(scale, answers))
    reason = ""
    if left:
        everything = len(instruments.asked_items(scale, answers))
        reason = _("{how}: {answered} of {asked} answered.").format(
            how=How(how).label, answered=everything - left, asked=everything
        )
    outcome = Observation.Outcome.PARTIAL if left else Observation.Outcome.COMPLETE
    told = preparing.scored(scale, Scale(answers, outcome, reason), {})
    told.keep()
    row = Observation.told(
        by,
        at=at,
        submission=handover.pk,
        occurred_at=draft.touched_at,
        episode_id=handover.episode_id,
        **told.fields,
    )
    fits.refuse(row)
    return row


def _ended(
    handover: Handover,
    scale: Instrument,
    how: str,
    answers: Mapping[str, str],
    observation: Observation | None,
    *,
    by: Actor,
    at: datetime,
) -> HandoverEnd:
    return HandoverEnd.told(
        by,
        at=at,
        submission=handover.pk,
        handover=handover,
        how=how,
        answered=len(answers),
        asked=len(instruments.asked_items(scale, answers)),
        observation=observation,
    )


def throw_away(handover: Handover, *, by: Actor, at: datetime) -> HandoverEnd:
    """End a form whose answers cannot be recorded any more, after somebody has seen them.

    Raises:
        Refused: they can be recorded; do that instead.
    """
    scale = wording(handover)
    _must_record(scale, by)

    def write() -> HandoverEnd:
        with audit.action(
            "handovers.throw_away", by=by, at=at, episode_id=handover.episode_id
        ) as ledger:
            episode = telling.must_see(Episode(pk=handover.episode_id), by=by, at=at)
            draft = HandoverDraft.objects.select_for_update().filter(pk=handover.pk).first()
            if draft is None:
                raise Refused(_("Not done: this form has ended already."))
            answers = asked(scale, draft.answers)
            if answers and episode.closed_at is None:
                raise Refused(_("Not thrown away: these answers can be recorded. Record them."))
            row = _ended(handover, scale, How.THROWN_AWAY, answers, None, by=by, at=at)
            ledger.created(row)
            draft.delete()
            return row

    return telling.once(HandoverEnd, handover.pk, write, by=by)


def answers_in_words(scale: Instrument, answers: Mapping[str, str]) -> Sequence[tuple[str, str]]:
    """(question, answer) in the words of the page, for the questions that were answered."""
    found: list[tuple[str, str]] = []
    for item in scale.items:
        option: Any = item.option(answers[item.key]) if item.key in answers else None
        if option is not None:
            found.append((item.label, option.text))
    return found
