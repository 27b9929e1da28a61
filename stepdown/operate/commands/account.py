"""Open an account for somebody who works here, from the operator's console.

For the first accounts, before anybody can sign in and open the others. Asks for what
was not given, and for a first password; agency and student accounts need a last day.
Without a user name, lists the accounts there are.
"""

from __future__ import annotations

import argparse
import getpass
import sys
from datetime import date, datetime, time, timedelta

from stepdown import clock
from stepdown.operate.console import Stopped, say
from stepdown.operate.readiness import unapplied
from stepdown.records.actions.beds import founding
from stepdown.records.actions.people.accounts import Employment, NewAccount
from stepdown.records.models import Assignment, Facility, Role


def arguments(parser: argparse.ArgumentParser) -> None:
    """What the account needs; nothing lists the accounts there are."""
    parser.add_argument("username", nargs="?")
    parser.add_argument("--name", default="", help="as colleagues know it")
    parser.add_argument("--role", choices=Role.values, metavar="ROLE", help=", ".join(Role.values))
    parser.add_argument("--facility", metavar="CODE", help="needed where there are several")
    parser.add_argument("--employment", choices=Employment.values, default=Employment.STAFF)
    parser.add_argument(
        "--expires", type=date.fromisoformat, metavar="YYYY-MM-DD", help="the last day"
    )
    parser.add_argument("--email", default="")
    parser.add_argument("--licence", default="", metavar="NUMBER")
    parser.add_argument("--licence-state", default="", metavar="CA")
    parser.add_argument("--licence-expires", type=date.fromisoformat, metavar="YYYY-MM-DD")
    parser.add_argument("--trained-in-vitals", action="store_true")
    parser.add_argument(
        "--password-from-stdin", action="store_true", help="read the first password from there"
    )


def run(args: argparse.Namespace) -> int:
    """Open the account, or list."""
    if unapplied():
        raise Stopped("The database is not set up yet. Run: stepdown migrate")
    if args.username is None:
        return _list()
    facility = _facility(args.facility)
    if not args.password_from_stdin:
        args.name = args.name or input("Name, as colleagues know it: ")
        args.role = args.role or input(f"Role ({', '.join(Role.values)}): ").strip().upper()
    if args.role is None:
        raise Stopped(f"Name the role: --role, one of {', '.join(Role.values)}.", status=2)
    new = NewAccount(
        username=args.username,
        name=args.name or args.username,
        role=args.role,
        employment=args.employment,
        email=args.email,
        password=_password(args),
        expires_at=_end_of(args.expires, facility),
        licence_number=args.licence,
        licence_state=args.licence_state,
        licence_expires_on=args.licence_expires,
        trained_in_vitals=args.trained_in_vitals,
    )
    assignment = founding.enrol(new, facility, at=clock.now())
    until = f" until {args.expires}" if args.expires else ""
    say(f"{assignment.user.username} can sign in to {facility.name} as {assignment.role}{until}.")
    return 0


def _facility(code: str | None) -> Facility:
    facilities = list(Facility.objects.order_by("code"))
    found = [each for each in facilities if code in (None, each.code)]
    if len(found) == 1:
        return found[0]
    if not facilities:
        raise Stopped("There is no facility yet. Run: stepdown facility FILE")
    codes = ", ".join(each.code for each in facilities)
    raise Stopped(f"Name the facility: --facility, one of {codes}.", status=2)


def _password(args: argparse.Namespace) -> str:
    """The first password, typed twice, or given on standard input.

    Raises:
        Stopped: empty, or not the same twice.
    """
    if args.password_from_stdin:
        password = sys.stdin.readline().rstrip("\n")
    else:
        password = getpass.getpass("First password: ")
        if password != getpass.getpass("The same again: "):
            raise Stopped("Not opened: the two passwords differ.")
    if not password:
        raise Stopped("Not opened: an account needs a first password.")
    return password


def _end_of(day: date | None, facility: Facility) -> datetime | None:
    """Midnight after the last day, on the facility's clock."""
    if day is None:
        return None
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=facility.tz)


def _list() -> int:
    now = clock.now()
    accounts = Assignment.objects.select_related("user", "facility")
    for each in accounts.order_by("facility__code", "user__username", "role"):
        ends = each.expires_at
        until = f"until {each.facility.local(ends):%Y-%m-%d %H:%M}" if ends else ""
        state = "open" if each.runs_at(now) else "closed"
        say(f"{each.facility.code:20} {each.user.username:16} {each.role:5} {state:7} {until}")
    return 0
