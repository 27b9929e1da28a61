"""What the facility has set, who signed it, and what it was before."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from stepdown.care.facility.forms import SettingForm
from stepdown.care.facility.tabs import tabs
from stepdown.content import library
from stepdown.content.settings import FacilitySetting
from stepdown.records.access import Actor
from stepdown.records.actions.access import settings
from stepdown.records.errors import Refused
from stepdown.records.models import SettingChange
from stepdown.web.access import asks
from stepdown.web.page import page, posted
from stepdown.web.request import Request


@dataclass(frozen=True, slots=True)
class Line:
    """One setting as the page shows it: the value that holds, and who answers for it."""

    setting: FacilitySetting
    text: str
    change: SettingChange | None
    may_change: bool

    @property
    def shown(self) -> str:
        """The value in words, with its unit."""
        return in_words(self.setting, self.text)


def in_words(setting: FacilitySetting, text: str) -> str:
    """A setting's text as people read it: ``3 minutes``, ``Yes``, ``07:00 19:00``."""
    if setting.type == "yes_no":
        return _("Yes") if text == "yes" else _("No")
    units = {
        "minutes": _("{n} minutes"), "hours": _("{n} hours"), "days": _("{n} days"),
        "points": _("{n} points"),
    }  # fmt: skip
    return units[setting.type].format(n=text) if setting.type in units else text


def _text(actor: Actor, setting: FacilitySetting) -> str:
    return str(actor.facility.settings.get(setting.key, setting.default))


def _line(actor: Actor, setting: FacilitySetting, change: SettingChange | None) -> Line:
    return Line(setting, _text(actor, setting), change, actor.role == setting.signed_by)


@require_safe
@asks("facility_settings", "R")
def overview(request: Request) -> HttpResponse:
    """Every setting with its value, range, source and signature."""
    actor = request.actor
    changes = SettingChange.objects.filter(facility=actor.facility).select_related("actor")
    latest = {change.key: change for change in changes.order_by("recorded_at", "pk")}
    lines = [
        _line(actor, setting, latest.get(setting.key))
        for setting in library.facility_settings().values()
    ]
    groups = [
        (name, list(of_group))
        for name, of_group in groupby(lines, key=lambda each: each.setting.group)
    ]
    drafts = sum(1 for line in lines if line.change is None)
    context = {"groups": groups, "drafts": drafts, "tabs": tabs(actor, "settings")}
    return render(request, "facility/settings.html", context)


@require_http_methods(["GET", "POST"])
@asks("facility_settings", "R")
def one(request: Request, key: str) -> HttpResponseBase:
    """One setting: what it is, what it was, and for whoever signs it the way to change it."""
    actor = request.actor
    setting = library.facility_settings().get(key)
    if setting is None:
        raise Http404
    form = None
    if actor.role == setting.signed_by:
        form = SettingForm(
            posted(request), setting=setting, current=_text(actor, setting), request=request
        )
        if form.is_valid() and _changed(request, form, setting.key):
            return redirect("facility:setting", key=key)
    elif request.method == "POST":
        raise Refused(_("Not changed: {role} signs this setting.").format(role=setting.signed_by))
    history = SettingChange.objects.filter(facility=actor.facility, key=key)
    changes = list(history.select_related("actor").order_by("-recorded_at", "-pk"))
    context = {
        "line": _line(actor, setting, changes[0] if changes else None),
        "changes": [
            (change, in_words(setting, str(change.previous)), in_words(setting, str(change.value)))
            for change in changes
        ],
        "form": form,
        "tabs": tabs(actor, "settings"),
    }
    status = 422 if form is not None and form.errors else 200
    return page(request, "facility/setting.html", "change", context, status)


def _changed(request: Request, form: SettingForm, key: str) -> bool:
    given = form.cleaned_data
    try:
        settings.change(
            key,
            given["value"],
            why=given["why"],
            by=request.actor,
            at=request.now,
            submission=given["submission"],
            proof=form.proof,
        )
    except Refused as refused:
        form.refuse(refused.message, refused.fields)
        return False
    return True
