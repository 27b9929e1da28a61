"""The parts of an intake: which form asks, which record it becomes, who may do it.

Written out, one after another, in the order of the work (operations.md 4.3). Each
``act`` records and says in a few words what was recorded.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stepdown.care.admissions import forms as asked
from stepdown.care.admissions.fields import WallTimeForm
from stepdown.content import library
from stepdown.records import access
from stepdown.records.access import Actor
from stepdown.records.actions.admission import arrival, history, papers
from stepdown.records.actions.admission.history import Use
from stepdown.records.models import Episode
from stepdown.web.request import Request
from stepdown.web.signing_forms import SigningForm

Act = Callable[[Request, Episode, Any], str]


@dataclass(frozen=True, slots=True)
class Part:
    """One part: its page, the row and letter of the matrix it needs, and what it records.

    ``documents`` names the records of the admission guard that it supplies.
    ``repeats`` keeps the page open after saving, for lists.
    """

    slug: str
    label: Any
    row: str
    letter: str
    form: type[forms.Form]
    act: Act
    documents: tuple[str, ...] = ()
    repeats: bool = False

    def may_read(self, actor: Actor) -> bool:
        """True when the active role reads this kind of record."""
        return access.may(actor, self.row, "R")

    def may_tell(self, actor: Actor) -> bool:
        """True when the active role records it."""
        return access.may(actor, self.row, self.letter)


def made(part: Part, request: Request, data: Any, **extra: Any) -> forms.Form:
    """The part's form, with what its kind needs to know."""
    if issubclass(part.form, SigningForm):
        extra["request"] = request
    if issubclass(part.form, WallTimeForm):
        extra |= {"zone": request.actor.facility.tz, "now": request.now}
    return part.form(data, **extra)


def _identify(request: Request, episode: Episode, form: asked.IdentityForm) -> str:
    told = form.cleaned_data
    arrival.identify(episode, told["first"], told["second"], **_by(request, told))
    return _("Identity recorded.")


def _consent(request: Request, episode: Episode, form: asked.ConsentForm) -> str:
    told = form.cleaned_data
    row = papers.record_consent(episode, **paper(told), proof=form.proof, **_by(request, told))
    kind = library.codes("consent_type").code(row.kind)
    decision = library.codes("consent_decision").code(row.decision)
    return _("Recorded: {document}, {decision}.").format(
        document=kind.label if kind else row.kind,
        decision=decision.label.lower() if decision else row.decision,
    )


def paper(told: dict[str, Any]) -> dict[str, Any]:
    """A consent as the form told it, in the words of ``papers.record_consent``."""
    names = ("kind", "decision", "language", "read_by", "capacity", "interpreter", "reason")
    return {name: told[name] for name in names} | {"copy_given": told["copy_given"] == "yes"}


def _allergy(request: Request, episode: Episode, form: asked.AllergyForm) -> str:
    told = form.cleaned_data
    row = history.record_allergy(
        episode,
        statement=told["statement"],
        substance=told["substance"],
        reaction=told["reaction"],
        severity=told["severity"],
        reason=told["reason"],
        **_by(request, told),
    )
    return _("Recorded: {allergy}.").format(allergy=row)


def _use(request: Request, episode: Episode, form: asked.UseForm) -> str:
    told = form.cleaned_data
    said = use(form)
    history.record_use(episode, said, **_by(request, told))
    name = "opioid_type" if said.category == "opioid" else "co_use"
    listed = library.codes(name).code(said.substance)
    return _("Recorded: {substance}.").format(substance=listed.label if listed else said.substance)


def use(form: asked.UseForm) -> Use:
    """The use of a substance as the form told it."""
    told = form.cleaned_data
    category, _mark, substance = told["substance"].partition(":")
    return Use(
        category=category,
        substance=substance,
        certainty=told["certainty"],
        last_used_at=form.moment,
        route=told["route"],
        amount=told["amount"],
        days_per_week=told["days_per_week"],
        years=told["years"],
        supply=form.supply,
        note=told["note"],
    )


def _pregnancy(request: Request, episode: Episode, form: asked.PregnancyForm) -> str:
    told = form.cleaned_data
    history.record_pregnancy(episode, **pregnancy(told), **_by(request, told))
    return _("Pregnancy status recorded.")


def pregnancy(told: dict[str, Any]) -> dict[str, Any]:
    """A test as the form told it, in the words of ``history.record_pregnancy``."""
    names = ("applies", "result", "lot", "second_reader", "reason")
    seen = {"yes": True, "no": False}.get(told["control_ok"])
    return {name: told[name] for name in names} | {"control_ok": seen}


def _goal(request: Request, episode: Episode, form: asked.GoalForm) -> str:
    history.record_goal(episode, form.cleaned_data["words"], **_by(request, form.cleaned_data))
    return _("Kept in the person's own words.")


def _order(request: Request, episode: Episode, form: asked.OrderForm) -> str:
    told = form.cleaned_data
    papers.admit(episode, told["text"], proof=form.proof, **_by(request, told))
    return _("Admission ordered and signed.")


def _by(request: Request, told: dict[str, Any]) -> dict[str, Any]:
    return {"by": request.actor, "at": request.now, "submission": told["submission"]}


PARTS = (
    Part("identity", gettext_lazy("Identity"), "identity", "C", asked.IdentityForm, _identify,
         ("identity",)),
    Part("consents", gettext_lazy("Consents and notices"), "consents", "C", asked.ConsentForm,
         _consent, ("consent_to_treat", "part2_notice"), repeats=True),
    Part("allergies", gettext_lazy("Allergies"), "allergies", "C", asked.AllergyForm, _allergy,
         ("allergies",), repeats=True),
    Part("use", gettext_lazy("Substances and last use"), "substance_use", "C", asked.UseForm, _use,
         ("last_use",), repeats=True),
    Part("pregnancy", gettext_lazy("Pregnancy"), "pregnancy_test", "C", asked.PregnancyForm,
         _pregnancy, ("pregnancy",)),
    Part("goal", gettext_lazy("Goal"), "goals", "C", asked.GoalForm, _goal),
    Part("order", gettext_lazy("Admission order"), "orders", "S", asked.OrderForm, _order,
         ("admission_order",)),
)  # fmt: skip


def part_called(slug: str) -> Part | None:
    """The part with this page, or None."""
    return next((part for part in PARTS if part.slug == slug), None)
