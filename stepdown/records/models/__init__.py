"""Nouns: what the records hold. Each lives in a file of its own, by concept."""

from stepdown.records.models.access.audit import AccessEvent, AccessHead, AuditEvent, ChainHead
from stepdown.records.models.access.calls import CallNote
from stepdown.records.models.access.export import Export, ExportEnd
from stepdown.records.models.access.search import SearchTally
from stepdown.records.models.access.signature import (
    BreakGlass,
    BreakGlassReview,
    SettingChange,
    Signature,
)
from stepdown.records.models.admission.documents import (
    AdmissionOrder,
    AllergyEntry,
    Consent,
    GoalEntry,
    IdentityCheck,
    PregnancyEntry,
    SubstanceUse,
)
from stepdown.records.models.beds.facility import Bed, Facility, Unit
from stepdown.records.models.beds.stay import BedStay
from stepdown.records.models.monitoring.fluids import FluidEntry
from stepdown.records.models.monitoring.handover import Handover, HandoverDraft, HandoverEnd
from stepdown.records.models.monitoring.observation import (
    AMBER,
    RED,
    VITALS,
    ContentSnapshot,
    Observation,
    PersonalTarget,
)
from stepdown.records.models.monitoring.rounds import SafetyRound
from stepdown.records.models.people.account_changes import LicenceRenewal, SecondFactorReset
from stepdown.records.models.people.assignment import Assignment, Role
from stepdown.records.models.people.deployment import Deployment
from stepdown.records.models.people.episode import Episode, Phase, Segment, State, Transition
from stepdown.records.models.people.person import Person, PersonKey
from stepdown.records.models.people.user import User

__all__ = [
    "AMBER",
    "RED",
    "VITALS",
    "AccessEvent",
    "AccessHead",
    "AdmissionOrder",
    "AllergyEntry",
    "Assignment",
    "AuditEvent",
    "Bed",
    "BedStay",
    "BreakGlass",
    "BreakGlassReview",
    "CallNote",
    "ChainHead",
    "Consent",
    "ContentSnapshot",
    "Deployment",
    "Episode",
    "Export",
    "ExportEnd",
    "Facility",
    "FluidEntry",
    "GoalEntry",
    "Handover",
    "HandoverDraft",
    "HandoverEnd",
    "IdentityCheck",
    "LicenceRenewal",
    "Observation",
    "Person",
    "PersonKey",
    "PersonalTarget",
    "Phase",
    "PregnancyEntry",
    "Role",
    "SafetyRound",
    "SearchTally",
    "SecondFactorReset",
    "Segment",
    "SettingChange",
    "Signature",
    "State",
    "SubstanceUse",
    "Transition",
    "Unit",
    "User",
]
