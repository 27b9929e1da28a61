"""The nurse's side: handing a tablet over for one form, and seeing what the person told."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from stepdown.care.handing import state
from stepdown.care.handing.state import Form, How
from stepdown.records import access, audit
from stepdown.records.access import VITALS_ONLY
from stepdown.records.actions.monitoring import handovers
from stepdown.records.errors import NotPermitted, Refused
from stepdown.records.models import Episode, Handover
from stepdown.web import handed
from stepdown.web.access import asks
from stepdown.web.addresses import address
from stepdown.web.page import page, posted
from stepdown.web.request import Request
from stepdown.web.signing_forms import SubmissionField

SEE_OTHER = 303


class HandOverForm(forms.Form):
    """Which scale, and what the page calls the person."""

    submission = SubmissionField()
    kind = forms.ChoiceField(
        label=gettext_lazy("Form"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose the form.")},
    )
    called = forms.ChoiceField(
        label=gettext_lazy("The page asks: is this you?"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose what the page calls the person.")},
    )

    def __init__(self, *args: Any, episode: Episode, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [  # type: ignore[attr-defined]
            (each.key, each.name) for each in handovers.offered()
        ]
        self.fields["called"].choices = [  # type: ignore[attr-defined]
            (each, each) for each in names(episode)
        ]


def names(episode: Episode) -> list[str]:
    """What a page may call somebody: the first name, or initials where others look on."""
    words = episode.person.called.split()
    initials = " ".join(f"{word[0].upper()}." for word in words)
    return list(dict.fromkeys([words[0][:40], initials[:40]])) if words else []


def _may(request: Request) -> None:
    if access.condition(request.actor, "observations", "C") in VITALS_ONLY:
        raise NotPermitted(_("Your role records vital signs only. Ask a nurse to hand it over."))


def _stay(request: Request, episode_id: UUID) -> Episode:
    visible = Episode.objects.visible_to(request.actor, request.now)
    found: Episode = get_object_or_404(visible.select_related("person"), pk=episode_id)
    found.facility = request.actor.facility
    return found


@asks("observations", "C")
@require_http_methods(["GET", "POST"])
def hand_over(request: Request, episode_id: UUID) -> HttpResponse:
    """Choose a form and give the tablet away: from then on this browser shows nothing else."""
    _may(request)
    episode = _stay(request, episode_id)
    if episode.closed_at is not None:
        raise Http404
    form = HandOverForm(posted(request), episode=episode)
    out = handovers.open_of(episode)
    if request.method == "POST" and form.is_valid():
        try:
            handover = handovers.begin(
                episode,
                form.cleaned_data["kind"],
                called=form.cleaned_data["called"],
                by=request.actor,
                at=request.now,
                submission=form.cleaned_data["submission"],
            )
        except NotPermitted:
            raise
        except Refused as refused:
            form.add_error(None, refused.message)
        else:
            handed.hand(request.session, handover.pk)
            return _onward(request, address(handed.FORM))
    context = {"form": form, "out": out, **_about(episode, request)}
    if not form.is_bound:
        audit.looked("hand_over", by=request.actor, at=request.now, episode_id=episode.pk)
    return page(request, "handing/hand_over.html", "sheet", context, 422 if form.errors else 200)


def _onward(request: Request, url: str) -> HttpResponse:
    if request.htmx:
        return HttpResponse(status=204, headers={"HX-Redirect": url})
    return HttpResponseRedirect(url, status=SEE_OTHER)


def _about(episode: Episode, request: Request) -> dict[str, Any]:
    lying = episode.bed_stays.filter(ended_at=None).select_related("bed").first()
    return {
        "episode": episode,
        "bed": lying.bed.label if lying else "",
        "day": episode.day_on(request.now),
    }


@asks("observations", "C")
@require_http_methods(["GET", "POST"])
def told(request: Request, episode_id: UUID, handover_id: UUID) -> HttpResponse:
    """What a person told on a handed-over tablet, and what to do about it now."""
    _may(request)
    episode = _stay(request, episode_id)
    try:
        found = state.load(handover_id, request.actor, request.now)
    except Handover.DoesNotExist:
        raise Http404 from None
    if found.handover.episode_id != episode.pk:
        raise Http404
    if found.is_left:
        found.end(How.LEFT)
    error = ""
    if request.method == "POST":
        try:
            _decide(found, request)
        except NotPermitted:
            raise
        except Refused as refused:
            error = refused.message
        else:
            return _onward(request, request.path)
    else:
        audit.looked("handed_over", by=request.actor, at=request.now, episode_id=episode.pk)
    context = {
        "form": found,
        "error": error,
        "is_running": not found.how,
        "can_record": episode.closed_at is None,
        "lines": handovers.answers_in_words(found.scale, _answers(found)),
        **_result(found),
        **_about(episode, request),
    }
    return page(request, "handing/told.html", "sheet", context, 422 if error else 200)


def _decide(found: Form, request: Request) -> None:
    """Close a form from another screen, record answers that wait, or let them go.

    Raises:
        Refused: it cannot be done; the answers still wait.
    """
    wish = request.POST.get("do", "")
    if found.draft is None:
        return
    if wish == "record":
        how = found.how or How.CLOSED
        handovers.end(found.handover, how, by=request.actor, at=request.now)
        messages.success(request, _("Recorded."))
    elif wish == "throw_away":
        handovers.throw_away(found.handover, by=request.actor, at=request.now)
        messages.warning(request, _("Thrown away. The answers are not in the record."))


def _answers(found: Form) -> dict[str, str]:
    if found.ended is not None:
        return found.ended.observation.chosen() if found.ended.observation else {}
    return found.answers


def _result(found: Form) -> dict[str, Any]:
    """The result in the words of the wording the person saw, and what it asks of people."""
    row = found.ended.observation if found.ended else None
    band = found.scale.band(row.band) if row is not None and row.band else None
    return {
        "row": row,
        "band": band,
        "raised": found.raised(),
        "how": How(found.how).label if found.how else "",
    }
