"""What the person in care sees: one question at a time, and nothing else of this house.

The browser keeps nothing and decides nothing. Each answer goes to the server at once, so
reloading, going back, a second tab or a lost connection all come out at the same question.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from stepdown.care.handing import state
from stepdown.care.handing.state import Form, How
from stepdown.clinical.instruments import Item
from stepdown.content import library
from stepdown.records.actions.monitoring import handovers
from stepdown.records.models import HandoverDraft
from stepdown.web import handed
from stepdown.web.access import while_handed
from stepdown.web.addresses import address
from stepdown.web.page import page, wants_fragment

SEE_OTHER = 303


@require_http_methods(["GET", "POST"])
@while_handed
def form(request: HttpRequest) -> HttpResponse:
    """Whichever page of the form comes next; an answer, a step back, a stop."""
    found = state.of(request)
    error = ""
    if request.method == "POST" and not found.how:
        error = _take(found, request)
        if not error and not wants_fragment(request):
            return HttpResponseRedirect(address(handed.FORM), status=SEE_OTHER)
    elif request.method == "GET" and found.draft is not None and not found.how:
        handovers.keep(found.draft, at=found.now)  # opening the page is a touch
    return _drawn(request, found, error)


def _take(found: Form, request: HttpRequest) -> str:
    """Do what was pressed. Returns what is wrong with it, in words for the person; or nothing."""
    draft, wish = found.draft, request.POST.get("do", "")
    assert draft is not None
    if wish == "not_me":
        found.end(How.NOT_ME)
        return ""
    if wish == "yes":
        draft.is_confirmed = True
    elif not draft.is_confirmed:
        return ""
    elif wish == "stop":
        found.end(How.STOPPED)
        return ""
    elif wish == "send":
        found.end(How.FINISHED)
        return ""
    elif wish == "back":
        _go_back(found, draft, request.POST.get("item", ""))
    elif wish == "again":
        draft.passed, draft.here = [], ""
    else:
        error = _answered(found, draft, request)
        if error:
            return error
    if not handovers.keep(draft, at=found.now):
        fresh = state.load(found.handover.pk, found.by, found.now)
        found.draft, found.ended = fresh.draft, fresh.ended
    return ""


def _answered(found: Form, draft: HandoverDraft, request: HttpRequest) -> str:
    """Keep one answer, or that a question was skipped: a skipped one has no answer, never a zero."""
    item = next((i for i in found.questions if i.key == request.POST.get("item", "")), None)
    if item is None:
        return ""
    code = request.POST.get("answer", "").strip()
    if request.POST.get("do") == "skip":
        draft.answers.pop(item.key, None)
        draft.passed = [*(key for key in draft.passed if key != item.key), item.key]
    elif item.option(code) is None:
        return _wrong(item, code)
    else:
        draft.answers = {**draft.answers, item.key: code}
        draft.passed = [key for key in draft.passed if key != item.key]
    draft.here = ""
    return ""


def _wrong(item: Item, code: str) -> str:
    if item.number is None:
        return _("Choose one answer, or skip the question.")
    return _("Enter a whole number from {low} to {high}, or skip the question.").format(
        low=item.number.lowest, high=item.number.highest
    )


def _go_back(found: Form, draft: HandoverDraft, key: str) -> None:
    """To the question before this one; from the end, to the last."""
    keys = [item.key for item in found.questions]
    place = keys.index(key) if key in keys else len(keys)
    draft.here = keys[max(place - 1, 0)]


@require_safe
@while_handed
def rest(request: HttpRequest) -> HttpResponse:
    """Where a page goes that nobody touched. Asking is no touch: the server's clock decides."""
    state.of(request)
    return HttpResponseRedirect(address(handed.FORM), status=SEE_OTHER)


def _drawn(request: HttpRequest, found: Form, error: str) -> HttpResponse:
    words = library.handover_pages()
    context: dict[str, Any] = {"form": found, "words": words, "error": error}
    if found.how:
        context |= _over(found)
        return page(request, "handing/over.html", "sheet", context)
    seconds = int(found.limit.total_seconds())
    context |= {"ends": seconds, "warns": min(state.WARN_S, seconds // 2)}
    assert found.draft is not None
    if not found.draft.is_confirmed:
        return page(request, "handing/start.html", "sheet", context)
    status = 422 if error else 200
    item = found.here
    if item is None:
        left = len(found.questions) - len(found.answers)
        context |= {"left": left, "answered": len(found.answers)}
        return page(request, "handing/last.html", "sheet", context, status)
    place = [each.key for each in found.questions].index(item.key)
    context |= {
        "item": item,
        "chosen": found.answers.get(item.key, ""),
        "number": place + 1,
        "all": len(found.questions),
        "typed": request.POST.get("answer", "") if error else found.answers.get(item.key, ""),
    }
    return page(request, "handing/question.html", "sheet", context, status)


def _over(found: Form) -> dict[str, Any]:
    """The last page. Nothing of the answers is on it, but for help where somebody needs it."""
    by_the_person = found.how in (How.FINISHED, How.STOPPED)
    return {
        "is_sent": by_the_person,
        "needs_help": by_the_person and bool(found.raised()),
    }
