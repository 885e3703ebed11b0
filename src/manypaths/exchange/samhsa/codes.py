"""What SAMHSA's service codes mean in our shared words. Codes of the 2022 directory; unknown ones are reported."""

NEEDS = {
    "SA": "treatment", "ICO": "treatment", "GCO": "treatment", "OP": "treatment", "DT": "detox", "OD": "detox",
    "RD": "detox", "HID": "detox", "HH": "housing", "RES": "residential", "RL": "residential", "RS": "residential",
    "MU": "medication", "BU": "medication", "NU": "medication", "OTP": "medication", "UB": "medication",
    "UN": "medication", "BUM": "medication", "MM": "medication", "SHG": "meetings", "PEER": "talk", "RC": "talk",
    "FCO": "family", "MCO": "family", "NOE": "naloxone", "EMP": "work", "VOC": "work", "TA": "ride", "AOSS": "basics",
    "SUMH": "mental_health", "MHS": "mental_health",
}  # fmt: skip
PATHWAYS = {
    "MU": "medication", "BU": "medication", "NU": "medication", "OTP": "medication", "TWFA": "twelve_step",
    "PEER": "peer", "RC": "peer", "FCO": "family", "NOE": "harm_reduction",
}  # fmt: skip
COSTS = {
    "MD": "medicaid", "MC": "medicare", "PI": "insurance", "SS": "sliding", "PA": "assistance", "SF": "self_pay",
    "NP": "free", "MI": "military", "ITU": "tribal",
}  # fmt: skip
LANGUAGES = {
    "SP": "es", "AH": "ase", "F4": "ar", "F17": "zh", "F19": "ht", "F25": "fa", "F28": "fr", "F30": "de", "F31": "el",
    "F35": "he", "F36": "hi", "F37": "hmn", "F42": "it", "F43": "ja", "F47": "ko", "F66": "pl", "F67": "pt",
    "F70": "ru", "F81": "tl", "F92": "vi", "N24": "oj", "N40": "esu",
}  # fmt: skip
AUDIENCES = {
    "WN": "women", "MN": "men", "PW": "pregnant", "BC": "children", "CCC": "children", "AD": "youth",
    "TAY": "young_adults", "SE": "older", "VET": "veterans", "ADM": "veterans", "MF": "veterans", "GL": "lgbtq",
    "CJ": "justice", "CO": "co_occurring", "XA": "trauma", "DV": "trauma", "TRMA": "trauma", "HV": "hiv", "AH": "deaf",
    "NX": "native",
}  # fmt: skip
FEATURES = {"TELE": "telehealth", "CCC": "child_care", "TA": "rides", "RC": "coach", "PEER": "coach"}
WELCOMES_MEDICATION = frozenset({"MU", "BU", "NU", "OTP", "UB", "UN", "BUM", "MM", "MOA", "RPN"})
# The first kind whose codes are all there names the service.
KINDS = (
    ("moud", frozenset({"OTP"})),
    ("recovery_residence", frozenset({"HH"})),
    ("residential", frozenset({"RES"})),
    ("hospital", frozenset({"HI"})),
    ("detox", frozenset({"DT"})),
    ("outpatient", frozenset()),
)


def meaning(codes: frozenset[str], table: dict[str, str]) -> tuple[str, ...]:
    """Our words for these codes, each once, in alphabetical order."""
    return tuple(sorted({table[code] for code in codes if code in table}))


def kind(codes: frozenset[str]) -> str:
    """What kind of help a facility is. A home that also treats (SA) is a treatment facility first."""
    for name, needed in KINDS:
        if needed <= codes and not (name == "recovery_residence" and "SA" in codes):
            return name
    return "outpatient"
