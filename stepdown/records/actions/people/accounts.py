"""Accounts and the roles they work in: opened, limited in time, closed; never deleted."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from stepdown.records import access, audit
from stepdown.records.access import Actor
from stepdown.records.errors import Clash, NotPermitted, Refused
from stepdown.records.models import Assignment, Facility, Role, User

Employment = Assignment.Employment

LONGEST = {Employment.AGENCY: timedelta(days=92), Employment.STUDENT: timedelta(days=183)}
"""Agency and student roles always end; renewing one is a new decision."""

COMMON_PINS = frozenset({"0000", "1111", "1234", "2222", "4321", "9999", "123456", "000000"})


@dataclass(frozen=True, slots=True)
class NewAccount:
    """Somebody who starts working here, in their first role."""

    username: str
    name: str
    role: str
    employment: str = Employment.STAFF
    email: str = ""
    password: str = ""
    expires_at: datetime | None = None
    licence_number: str = ""
    licence_state: str = ""
    licence_expires_on: date | None = None
    trained_in_vitals: bool = False


def open_account(new: NewAccount, *, by: Actor, at: datetime, submission: UUID) -> Assignment:
    """Open an account with one role.

    Raises:
        Refused: user name missing, taken or odd; unknown role; a weak password; an
            agency or student role without an end, or with one too far away.
    """
    check(new, at)
    try:
        with audit.action("accounts.open", by=by, at=at) as ledger:
            user, assignment = build(new, by.facility, at=at)
            ledger.created(user)
            ledger.created(assignment)
            return assignment
    except Clash:
        check(new, at)  # taken in the meantime
        raise


def assign(
    user: User,
    role: str,
    *,
    employment: str = Employment.STAFF,
    expires_at: datetime | None = None,
    by: Actor,
    at: datetime,
    submission: UUID,
) -> Assignment:
    """Give somebody who works here another role, or renew one that has an end.

    Licence and training are those of the role being renewed, else empty.

    Raises:
        Refused: unknown role or employment; an end that is missing, past or too far;
            it is one's own account: who keeps the accounts would open every chart.
        NotPermitted: the account has no role at this facility.
    """
    access.require(by, "accounts", "C")
    if user.pk == by.user.pk:
        raise Refused(
            _("Not given: somebody else gives you a role."), {"role": _("Ask somebody else.")}
        )
    wrong = _wrong_role(role, employment) | _wrong_end(employment, expires_at, at)
    if wrong:
        raise Refused(_("Not given. ") + " ".join(wrong.values()), wrong)
    with audit.action("accounts.assign", by=by, at=at) as ledger:
        held = {
            each.role: each for each in _of_here(user, by).assignments.filter(facility=by.facility)
        }
        row = held.get(role)
        if row is None:
            row = Assignment(
                facility=by.facility,
                user=user,
                role=role,
                employment=employment,
                starts_at=at,
                expires_at=expires_at,
            )
            ledger.created(row)
        else:
            row.employment, row.expires_at = employment, expires_at
            ledger.changed(row, "employment", "expires_at")
        account = row.user
        if account.expires_at is not None and (
            expires_at is None or expires_at > account.expires_at
        ):
            account.expires_at = expires_at
            ledger.changed(account, "expires_at")
        return row


def _of_here(user: User, by: Actor) -> User:
    """The account as it is now.

    Raises:
        NotPermitted: it has no role at this facility.
    """
    here = User.objects.filter(pk=user.pk, assignments__facility=by.facility).distinct().first()
    if here is None:
        raise NotPermitted(_("Not done: this account has no role in this facility."))
    return here


def check(new: NewAccount, at: datetime) -> None:
    """Return quietly when an account could be opened as described.

    Raises:
        Refused: as in :func:`open_account`, each field named.
    """
    wrong = _wrong(new, at)
    if wrong:
        raise Refused(_("Not opened. ") + " ".join(wrong.values()), wrong)


def build(new: NewAccount, facility: Facility, *, at: datetime) -> tuple[User, Assignment]:
    """The unsaved account and role of somebody new; no password means none can sign in."""
    user = User(username=new.username.strip(), name=new.name.strip(), email=new.email.strip())
    if new.password:
        user.set_password(new.password)
    else:
        user.set_unusable_password()
    if new.employment != Employment.STAFF:
        user.expires_at = new.expires_at
    assignment = Assignment(
        facility=facility,
        user=user,
        role=new.role,
        employment=new.employment,
        starts_at=at,
        expires_at=new.expires_at,
        licence_number=new.licence_number.strip(),
        licence_state=new.licence_state.strip().upper(),
        licence_expires_on=new.licence_expires_on,
        trained_in_vitals=new.trained_in_vitals,
    )
    return user, assignment


def _wrong(new: NewAccount, at: datetime) -> dict[str, str]:
    wrong = {}
    if not re.fullmatch(r"[A-Za-z0-9._-]{2,60}", new.username.strip()):
        wrong["username"] = _("A user name has 2 to 60 letters, figures, dots or dashes.")
    elif User.objects.filter(username__iexact=new.username.strip()).exists():
        wrong["username"] = _("This user name is taken.")
    if not new.name.strip():
        wrong["name"] = _("Enter the name as colleagues know it.")
    wrong.update(_wrong_role(new.role, new.employment))
    wrong.update(_wrong_end(new.employment, new.expires_at, at))
    if new.password:
        try:
            validate_password(new.password, User(username=new.username, name=new.name))
        except ValidationError as error:
            wrong["password"] = " ".join(error.messages)
    return wrong


def _wrong_role(role: str, employment: str) -> dict[str, str]:
    wrong = {}
    if role not in Role.values:
        wrong["role"] = _("Choose a role.")
    if employment not in Employment.values:
        wrong["employment"] = _("Choose staff, agency or student.")
    return wrong


def _wrong_end(employment: str, expires_at: datetime | None, at: datetime) -> dict[str, str]:
    if expires_at is not None and expires_at <= at:
        return {"expires_at": _("The end is in the past.")}
    longest = LONGEST.get(Employment(employment)) if employment in Employment.values else None
    if longest is None:
        return {}
    if expires_at is None:
        return {"expires_at": _("Agency and student roles need a last day.")}
    if expires_at - at > longest:
        return {"expires_at": _("At most {days} days from today.").format(days=longest.days)}
    return {}


def close_account(user: User, *, by: Actor, at: datetime, submission: UUID) -> User:
    """Switch an account off at once. What it recorded stays.

    Raises:
        Refused: it is one's own. NotPermitted: it has no role at this facility.
    """
    if user.pk == by.user.pk:
        raise Refused(_("Not done: somebody else closes your own account."))
    with audit.action("accounts.close", by=by, at=at) as ledger:
        account = _of_here(user, by)
        account.is_active = False
        ledger.changed(account, "is_active")
        return account


def set_pin(pin: str, *, by: Actor, at: datetime, submission: UUID) -> User:
    """Choose the PIN that reopens one's own locked screen and signs.

    Raises:
        Refused: not 4 to 8 figures, or one that everybody tries first.
    """
    if not re.fullmatch(r"[0-9]{4,8}", pin):
        raise Refused(_("Not set: a PIN has 4 to 8 figures."), {"pin": _("4 to 8 figures.")})
    if pin in COMMON_PINS or len(set(pin)) == 1:
        raise Refused(
            _("Not set: this PIN is one of the first that is tried. Choose another."),
            {"pin": _("Choose another.")},
        )
    with audit.action("accounts.set_pin", by=by, at=at) as ledger:
        user = User.objects.get(pk=by.user.pk)
        user.set_pin(pin)
        ledger.changed(user, "pin")
        return user
