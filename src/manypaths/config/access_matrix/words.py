"""The words that a file of cells may use, and what this version does not have of them."""

from collections.abc import Mapping

# A role, and what is missing where nobody can be it here. Empty: the house makes it.
ROLES: Mapping[str, str] = {
    "anon": "", "person": "", "other_person": "", "family": "", "peer_assigned": "", "peer_unassigned": "",
    "clinician_assigned": "", "clinician_originator": "", "clinician_colleague": "", "supervisor": "",
    "frontdesk": "", "org_admin": "", "privacy_officer": "", "recv_staff": "", "other_org": "",
    "housing": "", "council": "", "worker": "", "ed_physician": "", "ex_partner": "", "probation": "",
    "funder": "an account of a funder",
    "platform_op": "",
    "api_client": "an account of a program",
    "importer": "an importer of persons",
    "police": "an account of the police",
}  # fmt: skip
CLASSES: Mapping[str, str] = {
    "public_directory": "", "presence": "", "demographics": "", "safe_contact": "", "recovery_plan": "", "checkin": "",
    "safety_plan": "", "peer_notes": "", "referral_task": "", "family_own_record": "", "consent_record": "",
    "access_log": "", "org_settings": "", "sud_treatment_record": "", "sud_counseling_notes": "",
    "drug_screen_result": "", "attendance": "", "messages": "",
    "enrolment_status": "",
    "received_part2_record": "",
    "aggregate_cell_ge11": "figures large enough to publish, in a world this small",
    "aggregate_small_cell": "figures by cell, in a world this small",
    "audit_log": "",
    "backup_file": "a backup over the web",
    "attachment": "files of a person",
}  # fmt: skip
STATES: Mapping[str, str] = {
    "n/a": "", "none": "", "named_covering": "", "named_other_class": "", "named_other_recipient": "", "revoked": "",
    "expired": "", "draft": "", "blocked": "", "private": "", "shared_peer": "",
    "emergency_complete": "", "emergency_incomplete": "", "at_desk": "",
    "named_other_purpose": "a consent for another purpose than a request",
    "tpo_active": "", "tpo_no_relationship": "", "notes_consent": "", "cj_referral": "", "restricted": "",
}  # fmt: skip
ACTIONS: Mapping[str, str] = {
    "view": "", "session": "", "transition": "", "grant_role": "", "create": "", "edit": "", "password_reset": "",
    "login_failure": "", "in_flight": "",
    "derive": "",
    "search": "a search over persons",
    "list": "",
    "break_glass": "",
    "legal_release": "",
    "send": "sending by SMS, e-mail or push",
    "export": "",
    "create_on_behalf": "",
    "impersonate": "",
    "delete": "",
    "merge": "merging persons",
    "print": "printing by workers",
    "disclose": "a disclosure by a worker",
}  # fmt: skip
SURFACES: Mapping[str, str] = {
    "page+api": "", "page": "", "api": "", "form": "",
    "public dashboard": "figures in a world this small",
    "dashboard": "the council's own pages",
    "fhir": "FHIR",
    "bulk": "FHIR bulk export", "bulk_status": "FHIR bulk export", "bulk_export": "FHIR bulk export",
    "subscription": "FHIR subscriptions",
    "_include": "FHIR", "_revinclude": "FHIR", "_has": "FHIR", "chain": "FHIR", "_summary=count": "FHIR",
    "_total": "FHIR", "_sort": "FHIR", "_elements": "FHIR", "_history": "FHIR", "conditional_create": "FHIR",
    "sms+email+push": "sending by SMS, e-mail or push", "sms": "sending by SMS", "email": "sending by e-mail",
    "push": "sending by push",
    "directory+messages": "one address for both",
    "search": "", "autocomplete": "suggestions while somebody types",
    "csv": "", "pdf": "files to print", "print": "printing by workers",
    "drill_down": "the council's own pages", "logs": "", "queue_payload": "",
    "list": "", "count": "", "total": "", "export": "an export by workers", "history": "", "feed": "feeds",
    "calendar": "a calendar", "attachment_link": "files of a person", "cache": "a cache of pages",
    "error_text": "a page of errors",
}  # fmt: skip
EXPECTS = frozenset({
    "allow", "allow_min", "allow_suppressed", "hide", "forbid", "login", "stepup", "reject", "conflict", "drop",
    "neutral",
})  # fmt: skip
AUDITS = frozenset({"access", "disclosure", "decision", "breakglass", "fallback", "none"})
STATUSES = frozenset({0, 200, 201, 204, 401, 403, 404, 409, 412, 422, 503})

# Contexts that say in other words what the driver does for every cell of the kind.
PLAIN_CONTEXTS = frozenset({
    "", "guesses or edits the id", "has a valid id from a forwarded link", "signed in to the council space",
    "same answer for an existing and a made-up id",
})  # fmt: skip
KNOWN: Mapping[str, Mapping[str, str]] = {
    "role": ROLES, "data_class": CLASSES, "consent_state": STATES, "action": ACTIONS, "surface": SURFACES,
}  # fmt: skip
LISTS: Mapping[str, frozenset[object]] = {
    "expect": frozenset(EXPECTS), "audit": frozenset(AUDITS), "http": frozenset(STATUSES),
}  # fmt: skip


class NotBuilt(Exception):
    """A cell that cannot be driven, because a part of the house is not there yet. `str()` names the part."""
