"""Answers that somebody must act on at once, whatever the rest of the scale comes to."""

from __future__ import annotations

from stepdown.clinical.instruments.model import Answers, Instrument, Raise
from stepdown.clinical.instruments.scoring import lower_bound, refuse_impossible


def raised(instrument: Instrument, answers: Answers) -> tuple[Raise, ...]:
    """What these answers raise, in the order of the file; an unfinished scale raises, too.

    A question that was not answered raises nothing and calms nothing: what another
    answer raised stands.

    Raises:
        ImpossibleAnswer: as in :func:`scoring.score`.
    """
    refuse_impossible(instrument, answers)
    return tuple(each for each in instrument.raises if _fires(each, instrument, answers))


def _fires(each: Raise, instrument: Instrument, answers: Answers) -> bool:
    if any(condition.holds(answers) for condition in each.when_any):
        return True
    if each.at_least is None:
        return False
    certain = lower_bound(instrument, answers)
    return certain is not None and certain >= each.at_least
