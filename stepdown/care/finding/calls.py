"""Somebody calls and asks for somebody. This page knows nobody, so it can tell of nobody (N12).

Nothing here reads a person, a stay or a bed. What is typed as the name asked for is drawn
back into its field and goes nowhere else: no statement carries it, no log and no record.
"""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from stepdown.content import library
from stepdown.records.actions.access import calls
from stepdown.records.errors import NotPermitted, Refused
from stepdown.web.access import asks
from stepdown.web.onward import onward
from stepdown.web.page import page, posted
from stepdown.web.request import Request
from stepdown.web.signing_forms import SubmissionField

LOOK = "look"
"""What the button is called that asks what to say."""

LONGEST = 80


class CallForm(forms.Form):
    """Who called and what was done; nobody is named."""

    submission = SubmissionField()
    caller = forms.ChoiceField(
        label=gettext_lazy("Who did they say they are?"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Say who called.")},
    )
    done = forms.ChoiceField(
        label=gettext_lazy("What did you do?"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Say what you did.")},
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        for name, codes in (("caller", calls.CALLER), ("done", calls.DONE)):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = library.codes(codes).choices()


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@asks("calls", "C")
def call(request: Request) -> HttpResponse:
    """The script first, whoever is asked for; then a note of the call."""
    sent = posted(request)
    context = {"asked": "", "has_asked": False, "form": CallForm()}
    if sent is None:
        return page(request, "finding/call.html", "call", context)
    if LOOK in sent:
        context |= {"asked": sent.get("asked", "")[:LONGEST], "has_asked": True}
        return page(request, "finding/call.html", "call", context)
    form = CallForm(sent)
    if form.is_valid():
        said = form.cleaned_data
        try:
            calls.note(
                caller=said["caller"],
                done=said["done"],
                by=request.actor,
                at=request.now,
                submission=said["submission"],
            )
        except NotPermitted:
            raise
        except Refused as refused:
            form.add_error(None, refused.message)
        else:
            messages.success(request, _("The call is on record. Nobody is named in it."))
            return onward(request, "finding:call")
    return page(request, "finding/call.html", "call", context | {"form": form}, 422)
