"""The words in which a disclosure is asked for: HL7 purposes of use, kinds of recipients, of consents and of records.

Source: 42 CFR Part 2 as amended in 2024 (89 FR 12472), the purposes of use of HL7 v3 ActReason, and codes of our own
where HL7 has none (criminal-justice monitoring, housing, employment).
"""

TREATMENT = frozenset({"TREAT", "CAREMGT", "COC", "ETREAT"})
PAYMENT_AND_OPERATIONS = frozenset({"HPAYMT", "HOPERAT"})
TPO = TREATMENT | PAYMENT_AND_OPERATIONS
# A purpose that the law ties to words of its own: a consent covers it only where it says so.
SAID_ALOUD = frozenset({"HRESCH", "FUNDRAISING", "CJ_MONITORING", "MARKETING", "QSO_SERVICE", "AUDIT", "PUBHLTH"})
UNSPECIFIED = "UNSPECIFIED"
PURPOSES = (
    TPO
    | SAID_ALOUD
    | {UNSPECIFIED, "BTG", "HLEGAL", "PATRQT", "FAMRQT", "SUPNWK", "PWATRNY", "HOUSING_PLACEMENT", "EMPLOYMENT"}
    | {"CRIME_REPORT", "MANDATED_REPORT", "VITAL_STATISTICS", "PDMP", "DIRECTORY", "DISCOVERY"}
)

ORIGINS = frozenset({"part2_program", "received_part2", "rco_non_part2", "hipaa_non_part2", "public", "unknown"})
OUTSIDE_PART2 = frozenset({"rco_non_part2", "hipaa_non_part2"})

HIPAA_RECIPIENTS = frozenset({"covered_entity", "health_plan", "business_associate"})
INTERNAL = frozenset({"internal_staff", "internal_originator"})
# They send people, and receive only what one consent names.
WATCHING = frozenset(
    {"court", "probation", "child_protection", "immigration", "employer", "landlord", "law_enforcement"}
)
RECIPIENTS = (
    HIPAA_RECIPIENTS
    | INTERNAL
    | WATCHING
    | {"patient", "family", "housing_non_hipaa", "rco_non_hipaa", "legal", "medical_personnel", "qso", "vendor"}
    | {"contractor", "researcher", "auditor", "public_health", "funder", "pdmp", "vital_statistics", "public"}
    | {"representative", "intermediary"}
)
DISCLOSERS = frozenset({"part2_program", "covered_entity", "business_associate", "lawful_holder_non_hipaa"})

NOTES = "sud_counseling_notes"
PUBLIC_CLASSES = frozenset({"public_directory", "capability_statement"})
# What nobody with power over the person ever receives by a consent: how they are, what they hope, where they are.
NEVER_FOR_WATCHING = frozenset(
    {"recovery_plan", "checkin", "safety_plan", "peer_notes", "messages", "outcome_answers", "safe_contact"}
    | {"demographics", "contact_details", "family_contact_notes", NOTES}
)
# A wider word that a consent may use, and what it covers beside itself.
COVERS = {
    "referral": frozenset({"referral_task", "referral_summary", "task"}),
    "task": frozenset({"referral_task"}),
    "referral_task": frozenset({"task"}),
    "attendance_and_drug_screens": frozenset({"attendance", "drug_screen_result"}),
    "medications_and_diagnosis": frozenset({"medication_list", "sud_diagnosis", "dose_verification"}),
}
# What is asked for as one thing and is two: both must be covered. To infer a condition is to read it.
PARTS = {
    "attendance_and_drug_screens": frozenset({"attendance", "drug_screen_result"}),
    "medications_and_diagnosis": frozenset({"medication_list", "sud_diagnosis"}),
    "condition_inference": frozenset({"sud_diagnosis"}),
}
CLASSES = (
    PUBLIC_CLASSES
    | NEVER_FOR_WATCHING
    | frozenset(COVERS)
    | frozenset(PARTS)
    | {"presence", "sud_treatment_record", "drug_screen_result", "attendance", "enrolment_status", "billing"}
    | {"referral_summary", "received_part2_record", "family_own_record", "consent_record", "access_log", "attachment"}
    | {"aggregate_cell_ge11", "aggregate_small_cell", "org_settings", "audit_log", "backup_file", "medication_list"}
    | {"treatment_summary", "incident_circumstances", "abuse_report", "accounting_of_consent_disclosures", "history"}
    | {"dose_verification", "deidentified_dataset", "dispensed_medication", "cause_of_death", "counts"}
    | {"sud_diagnosis", "notification_text", "housing_need", "contact_log", "intermediary_disclosures"}
)

WRITTEN = frozenset({"tpo_single", "named", "counseling_notes", "proceedings", "cj_referral", "research"})
OF_THE_HOUSE = frozenset({"general_roi", "org_sharing"})  # enough where Part 2 does not attach
CONSENT_TYPES = WRITTEN | OF_THE_HOUSE | {"none", "oral", "combined_tpo_and_proceedings", "combined_notes_and_other"}
STATUSES = frozenset({"none", "active", "revoked", "expired", "draft", "proposed", "refused", "known_false", "held"})
ELEMENTS = frozenset(
    {"patient_name", "discloser", "information", "recipient", "purpose", "revocation_right", "expiration"}
    | {"signature", "date", "redisclosure_statement", "refusal_consequences", "ce_ba_statement"}
)
EXPIRIES = frozenset({"date", "event", "none"})
CHANNELS = frozenset({"e_sign", "paper", "offline_sync", "import"})
ORDERS = frozenset({"none", "2.64", "2.65", "2.66", "2.67"})
CIRCUMSTANCES = frozenset({"crime_on_premises", "crime_against_staff", "child_abuse_report"})
RESTRICTIONS = frozenset({"agreed", "paid_in_full", "fundraising_opt_out", "safety_block"})
STATE_RULES = frozenset({"minor_may_consent", "parent_required", "unset"})
SIGNERS = frozenset({"patient", "minor", "parent", "guardian", "representative"})
CONFLICTS = frozenset({"newer_deny"})
VIAS = frozenset({"intermediary"})
# How a consent says whom an intermediary passes it on to (42 CFR 2.31(a)(4)(ii)).
DESIGNATIONS = frozenset({"name", "treating_providers", "neither"})
