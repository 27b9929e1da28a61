"""What stands out about one person right now, from single readings: no rule engine yet.

Limits are the content's own (``content/vitals``), unsigned until a medical director
signs them; pages say so beside each.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from stepdown.clinical import vitals as clinical
from stepdown.content import library
from stepdown.records.models import AMBER, RED
from stepdown.records.reading.drafts import SEDATION
from stepdown.records.reading.raised import Raised
from stepdown.records.reading.sql import Told

STOP, WARN = "stop", "warn"
TOLD_FROM_SEVERITY = 2
"""A suicide screen is told from its moderate tier on (severity 2 of 0 to 4)."""


@dataclass(frozen=True, slots=True)
class Flag:
    """One thing to act on, gravest first by ``rank``. It holds no words of any language.

    ``key`` is a vital sign's key (``value`` and the ``limit`` it reached, in its
    unit), an instrument's key (``value`` is its band's key), or ``pregnant``.
    ``draft`` names the content it rests on, as ``drafts.Drafts`` does, or nothing. ``rule``
    is the raise of that scale which an answer fired.
    """

    key: str
    level: str
    rank: int
    at: datetime | None = None
    value: str = ""
    limit: str = ""
    draft: str = ""
    rule: str = ""

    def words(self, *, is_short: bool = False) -> str:
        """The flag in a few words, with the number and its limit.

        Args:
            is_short: with the sign's usual letters (SBP), where there is little room.
        """
        if self == PREGNANT:
            return _("Pregnancy test positive")
        if self.rule:
            found = library.instruments().get(self.key)
            told = found.raise_of(self.rule) if found else None
            return told.words if told else f"{self.key}: {self.rule}"
        if not self.limit:
            instrument = library.instruments().get(self.key)
            band = instrument.band(self.value) if instrument else None
            if instrument is not None and self.draft.startswith(SEDATION):
                return _("{scale}: {level}").format(
                    scale=instrument.short_name, level=band.label if band else self.value
                )
            return _("Suicide screen: {tier}").format(tier=band.label if band else self.value)
        sign = library.vitals()[self.key]
        return _("{sign} {value}, limit {limit}").format(
            sign=sign.short if is_short else sign.label, value=self.value, limit=self.limit
        )

    @property
    def act(self) -> str:
        """What is to be done about an answer that raised this; empty for other flags."""
        found = library.instruments().get(self.key) if self.rule else None
        told = found.raise_of(self.rule) if found else None
        return told.act if told else ""


PREGNANT = Flag("pregnant", WARN, rank=30)


def of_screen(kind: str, latest: Told | None, done: Told | None) -> tuple[Flag, ...]:
    """The worst tier that still stands: of the latest complete screen, or a newer unfinished one.

    A screen refused or left unfinished never takes back what an earlier one found.
    """
    rated = [(told.severity, told) for told in (latest, done) if told and told.severity is not None]
    severity, worst = max(rated, key=lambda pair: pair[0], default=(0, None))
    if worst is None or severity < TOLD_FROM_SEVERITY:
        return ()
    level, rank = (STOP, 0) if severity > TOLD_FROM_SEVERITY else (WARN, 20)
    return (Flag(kind, level, rank, worst.at, worst.band, draft=kind),)


def of_sedation(
    told: Mapping[str, tuple[Told | None, Told | None]], since: datetime
) -> tuple[Flag, ...]:
    """A sedation level at which to stop and call, from the newest look that gave one.

    Red stands until somebody looks again; amber for a day. A look without a level takes
    nothing back.

    Args:
        told: scale -> its newest look of any outcome, and its newest complete one.
        since: from when on an amber level is shown.
    """
    done = [(each.at, kind, each) for kind, (_last, each) in told.items() if each is not None]
    if not done:
        return ()
    at, kind, newest = max(done, key=lambda found: found[:2])
    mapping = next(each for each in library.sedation().values() if each.instrument == kind)
    level = mapping.level(newest.band)
    if level is None or level.zone == "within" or (level.zone == AMBER and at < since):
        return ()
    grave, rank = (STOP, 5) if level.zone == RED else (WARN, 35)
    return (Flag(kind, grave, rank, at, newest.band, draft=f"{SEDATION}{mapping.key}"),)


def of_raised(found: Iterable[Raised]) -> tuple[Flag, ...]:
    """What answers raised and nobody has looked after yet; a rule that is gone stays grave."""
    flags: dict[tuple[str, str], Flag] = {}
    for each in found:
        scale = library.instruments().get(each.kind)
        rule = scale.raise_of(each.rule) if scale else None
        level, rank = (WARN, 25) if rule and rule.urgency == WARN else (STOP, 2)
        flag = Flag(each.kind, level, rank, each.at, draft=each.kind, rule=each.rule)
        flags.setdefault((each.kind, each.rule), flag)  # since when nobody has looked
    return tuple(flags.values())


def of_vitals(values: Mapping[str, str], at: datetime) -> tuple[Flag, ...]:
    """Each vital sign of one reading that lies in a red or an amber zone, in reading order."""
    found = []
    for key, sign in library.vitals().items():
        if (text := values.get(key)) is None:
            continue
        zone = clinical.zone(sign, Decimal(text))
        if zone is clinical.Zone.WITHIN:
            continue
        limit: Decimal = getattr(sign.limits, zone.value)
        level, rank = (STOP, 10) if zone.is_red else (WARN, 40)
        found.append(Flag(key, level, rank, at, text, f"{limit.normalize():f}", draft="vitals"))
    return tuple(found)
