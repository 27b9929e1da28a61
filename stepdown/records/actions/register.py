"""Every action there is, with the row and the letter of the permission matrix it needs.

An action that is not listed here cannot run, and a test walks the list: letters
are C create, R read, U amend own unsigned, S sign, A approve (operations.md 1.1).
"""

from __future__ import annotations

ACTIONS: dict[str, tuple[str, str]] = {
    "admissions.arrive": ("bed_board", "U"),
    "admissions.identify": ("identity", "C"),
    "allergies.record": ("allergies", "C"),
    "allergies.correct": ("allergies", "C"),
    "accounts.open": ("accounts", "C"),
    "accounts.assign": ("accounts", "C"),
    "accounts.close": ("accounts", "U"),
    "accounts.renew_licence": ("accounts", "U"),
    "accounts.reset_second_factor": ("accounts", "U"),
    "accounts.set_pin": ("own_account", "U"),
    "beds.move": ("bed_move", "C"),
    "beds.set_status": ("bed_board", "U"),
    "break_glass.open": ("break_glass", "C"),
    "break_glass.review": ("break_glass", "A"),
    "calls.note": ("calls", "C"),
    "consents.correct": ("consents", "C"),
    "consents.record": ("consents", "C"),
    "consents.void": ("consents", "C"),
    "content.sign": ("protocols", "S"),
    "episodes.transition": ("admission_transition", "C"),
    "episodes.restrict": ("consents", "U"),
    "exports.begin": ("exports", "C"),
    "exports.end": ("exports", "C"),
    "goals.record": ("goals", "C"),
    "handovers.begin": ("observations", "C"),
    "handovers.end": ("observations", "C"),
    "handovers.throw_away": ("observations", "C"),
    "identity.correct": ("identity", "C"),
    "identity.void": ("identity", "C"),
    "observations.record": ("observations", "C"),
    "observations.amend": ("observations", "C"),
    "observations.void": ("observations", "C"),
    "orders.admit": ("orders", "S"),
    "pregnancy.correct": ("pregnancy_test", "C"),
    "pregnancy.record": ("pregnancy_test", "C"),
    "pregnancy.void": ("pregnancy_test", "C"),
    "settings.change": ("protocols", "S"),
    "settings.change_operational": ("facility_settings", "S"),
    "substance_use.correct": ("substance_use", "C"),
    "substance_use.record": ("substance_use", "C"),
    "substance_use.void": ("substance_use", "C"),
    "targets.set": ("personal_targets", "C"),
}
