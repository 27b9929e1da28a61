"""What is not part of opioid withdrawal, as far as a field shows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from stepdown.clinical.courses import OtherSign, WithdrawalCourses
from stepdown.clinical.symptoms import Presence


@dataclass(frozen=True, slots=True)
class OtherFinding:
    """A sign that is not part of opioid withdrawal, as the record knows it."""

    sign: OtherSign
    presence: Presence
    at: datetime | None = None
    value: Decimal | None = None


def other_signs(
    courses: WithdrawalCourses,
    measured: Mapping[str, tuple[datetime, Decimal]],
    raised: Mapping[tuple[str, str], tuple[datetime, bool]],
) -> tuple[OtherFinding, ...]:
    """What is not opioid withdrawal, in reading order, from the newest looks.

    A sign stands until its field is looked at again, however long ago that was. What no
    field asks is not asked, never absent.

    Args:
        measured: vital sign -> when it was measured last, and its value in its own unit.
        raised: (scale, rule) -> when it was last looked at, and whether the rule fired.
    """
    return tuple(_other(sign, measured, raised) for sign in courses.signs)


def _other(
    sign: OtherSign,
    measured: Mapping[str, tuple[datetime, Decimal]],
    raised: Mapping[tuple[str, str], tuple[datetime, bool]],
) -> OtherFinding:
    if sign.vital is not None and sign.vital.vital in measured:
        at, value = measured[sign.vital.vital]
        return OtherFinding(sign, _presence(value > sign.vital.above), at, value)
    if sign.scale is not None and (
        looked := raised.get((sign.scale.instrument, sign.scale.raises))
    ):
        return OtherFinding(sign, _presence(looked[1]), looked[0])
    has_field = sign.vital is not None or sign.scale is not None
    return OtherFinding(sign, Presence.NOT_OBSERVED if has_field else Presence.NOT_ASKED)


def _presence(is_there: bool) -> Presence:
    return Presence.PRESENT if is_there else Presence.ABSENT
