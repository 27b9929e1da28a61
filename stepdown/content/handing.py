"""What a handed-over form says around its questions: where help is, in reviewed words."""

from __future__ import annotations

from dataclasses import dataclass

from stepdown.clinical.instruments import Evidence


@dataclass(frozen=True, slots=True)
class HelpLine:
    """One number somebody can call, in words that say for what."""

    words: str
    number: str
    source: str


@dataclass(frozen=True, slots=True)
class HandoverPages:
    """The words of the patient's own pages that a clinician answers for.

    ``need_now`` stands on every page. ``coming`` and ``help`` are shown after an answer
    that somebody must look at now.
    """

    key: str
    name: str
    version: str
    source: str
    need_now: str
    coming: str
    until_then: str
    help: tuple[HelpLine, ...]
    evidence: Evidence = "draft"
