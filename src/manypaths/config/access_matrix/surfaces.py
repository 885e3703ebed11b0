"""Where each class of information is shown: pages and addresses for programs, for the person and for workers."""

from collections.abc import Iterator
from dataclasses import dataclass

from manypaths.config.access_matrix.words import NotBuilt

MADE_UP = "7d0c0c5e-8a34-4d39-9a6f-5f2e6f0a1b2c"


@dataclass(frozen=True)
class Place:
    """One address. `{record}` and the like are filled with ids; `planted` says which planted words it shows."""

    path: str
    planted: tuple[str, ...]
    api: bool = False
    list: bool = False

    @property
    def item(self) -> str:
        """The kind of id that stands in the address; empty for an address that is the same for everybody."""
        return self.path.partition("{")[2].partition("}")[0]


ENTRIES = (
    ("sud_treatment_record", "treatment", "treated"), ("drug_screen_result", "screens", "screened"),
    ("attendance", "attendance", "attended"), ("sud_counseling_notes", "notes", "noted"),
)  # fmt: skip
# What a person sees of themself.
OWN: dict[str, tuple[Place, ...]] = {
    "presence": (Place("/my/", ()),),
    "demographics": (Place("/my/about", ("name",)),),
    "safe_contact": (Place("/my/about/contact", ("reach",)),),
    "recovery_plan": (
        Place("/my/", ("goal", "words")), Place("/my/goals/{goal}", ("goal",)),
        Place("/my/places/{record}/plan", ("heldgoal", "heldwords")),
    ),
    "family_own_record": (Place("/my/", ("goal", "words")), Place("/my/goals/{goal}", ("goal",))),
    "safety_plan": (Place("/my/hard", ("hard",)), Place("/my/places/{record}/safety", ("heldhard",))),
    "messages": (Place("/my/messages/{thread}", ("message",)),),
    "checkin": (Place("/my/check-ins/{sitting}", ("note",)),),
    "referral_task": (Place("/my/requests/{referral}", ("packet", "service")),),
    "consent_record": (Place("/my/sharing", ()), Place("/my/sharing/{grant}", ("packet",))),
    "access_log": (Place("/my/sharing/looked", ("looker",)),),
    "peer_notes": (Place("/my/places/{record}", ("contact",)), Place("/my/places/{record}/contacts", ("contact",))),
    **{
        name: (Place("/my/places/{record}", (word,)), Place(f"/my/places/{{record}}/{kind}", (word,)))
        for name, kind, word in ENTRIES
        if name != "sud_counseling_notes"
    },
}  # fmt: skip
# What a worker sees of a person.
WORK: dict[str, tuple[Place, ...]] = {
    "presence": (
        Place("/work/people", ("packet",), list=True), Place("/work/api/people", ("packet",), api=True, list=True),
    ),
    "demographics": (
        Place("/work/people/{record}", ("packet",)), Place("/work/api/people/{record}", ("packet",), api=True),
    ),
    "safe_contact": (
        Place("/work/people/{record}", ("reach",)), Place("/work/api/people/{record}", ("reach",), api=True),
    ),
    "peer_notes": (
        Place("/work/people/{record}", ("contact",)),
        Place("/work/people/{record}/contacts", ("contact",)),
        Place("/work/api/people/{record}/contacts", ("contact",), api=True),
        Place("/work/api/people/{record}/history", ("contact",), api=True),
    ),
    "recovery_plan": (
        Place("/work/people/{record}/plan", ("heldgoal", "heldwords")),
        Place("/work/api/people/{record}/plan", ("heldgoal", "heldwords"), api=True),
    ),
    "safety_plan": (
        Place("/work/people/{record}/safety", ("heldhard",)),
        Place("/work/api/people/{record}/safety", ("heldhard",), api=True),
    ),
    "referral_task": (Place("/work/requests/{request}", ("packet",)),),
    "checkin": (
        Place("/work/people/{record}/check-ins", ("note",)),
        Place("/work/api/people/{record}/check-ins", ("note",), api=True),
    ),
    "messages": (
        Place("/work/people/{record}/messages", ("message",)),
        Place("/work/api/people/{record}/messages", ("message",), api=True),
    ),
    "consent_record": (
        Place("/work/people/{record}/consents", ("agreed",)),
        Place("/work/api/people/{record}/consents", ("agreed",), api=True),
    ),
    "access_log": (
        Place("/work/people/{record}/looks", ("looker",)),
        Place("/work/api/people/{record}/looks", ("looker",), api=True),
    ),
    **{
        name: (
            Place(f"/work/people/{{record}}/{kind}", (word,)),
            Place(f"/work/api/people/{{record}}/entries/{kind}", (word,), api=True),
        )
        for name, kind, word in ENTRIES
    },
}  # fmt: skip
# That somebody is served here at all is told by every page of them.
WORK["enrolment_status"] = (*WORK["presence"], *WORK["demographics"])
# Kinds of information of which everyone at work there is told whether they are their work.
SPOKEN = ("consent_record", "access_log", "recovery_plan", "safety_plan", *(one[0] for one in ENTRIES))
# What a supervisor sees of somebody whom their worker walks with.
TEAM: dict[str, tuple[Place, ...]] = {
    "presence": (Place("/work/team", ("packet",), list=True),),
    "demographics": (Place("/work/team/{record}", ("packet",)),),
    "safe_contact": (Place("/work/team/{record}", ("reach",)),),
    "peer_notes": (Place("/work/team/{record}", ("contact",)), *WORK["peer_notes"][1:3]),
    **{name: WORK[name] for name in SPOKEN},
}
# What both desks of a place share: kinds of information of which they are told whether they are their work.
AT_A_DESK = {
    "peer_notes": WORK["peer_notes"][1:3],
    **{name: WORK[name] for name in SPOKEN},
}
DESK: dict[str, tuple[Place, ...]] = {
    "presence": (
        Place("/work/desk", ("packet",), list=True),
        Place("/work/api/desk", ("packet",), api=True, list=True),
    ),
    "demographics": (
        Place("/work/desk/{record}", ("packet",)),
        Place("/work/api/desk/{record}", ("packet",), api=True),
    ),
    "safe_contact": (Place("/work/desk/{record}", ("reach",)), Place("/work/api/desk/{record}", ("reach",), api=True)),
    **AT_A_DESK,
}
OFFICE: dict[str, tuple[Place, ...]] = {
    "presence": (
        Place("/work/privacy/consents?show=ended", ("packet",), list=True),
        Place("/work/api/privacy/consents?show=ended", ("packet",), api=True, list=True),
    ),
    "demographics": (
        Place("/work/privacy/people/{record}", ("packet",)),
        Place("/work/api/privacy/people/{record}", ("packet",), api=True),
    ),
    **AT_A_DESK,
}
OF_ROLE: dict[str, dict[str, tuple[Place, ...]]] = {"supervisor": TEAM, "frontdesk": DESK, "privacy_officer": OFFICE}
# Addresses that name a person's record: whoever may open none of it is told of absence there, whatever they seek.
OF_RECORDS = (
    Place("/work/people/{record}", ()), Place("/work/api/people/{record}", (), api=True),
    Place("/work/api/people/{record}/history", (), api=True), Place("/work/team/{record}", ()),
    Place("/work/desk/{record}", ()), Place("/work/api/desk/{record}", (), api=True),
    Place("/work/privacy/people/{record}", ()), Place("/work/api/privacy/people/{record}", (), api=True),
)  # fmt: skip
LISTS_OF_WORKERS = (
    "/work/people", "/work/api/people", "/work/team", "/work/requests", "/work/messages", "/work/", "/work/desk",
    "/work/api/desk", "/work/desk/open", "/work/privacy/consents", "/work/api/privacy/consents?show=ended",
    "/work/shared",
)  # fmt: skip
# What is shown outside: to workers of other places and officers, and to somebody close.
SHARED: dict[str, tuple[Place, ...]] = {
    name: (Place("/work/shared/{share}", (word,)), Place("/work/api/shared/{share}", (word,), api=True))
    for name, _kind, word in (*ENTRIES, ("received_part2_record", "", "treated"))
}
CLOSE: dict[str, tuple[Place, ...]] = {"attendance": (Place("/my/sharing/close/{share}", ("attended",)),)}
OF_SHARES = (
    Place("/work/shared/{share}", ()), Place("/work/api/shared/{share}", (), api=True),
    Place("/my/sharing/close/{share}", ()),
)  # fmt: skip
LISTS_OF_PERSONS = (
    "/my/",
    "/my/messages",
    "/my/check-ins",
    "/my/requests",
    "/my/sharing",
    "/my/sharing/close",
    "/my/sharing/looked",
    "/my/places",
)
# What a person who stands at a desk opens to whoever works there, and the addresses of it.
PRESENT: dict[str, tuple[Place, ...]] = {
    name: (
        Place("/work/desk/open/{opening}", (word,)), Place("/work/api/desk/open/{opening}", (word,), api=True),
    )
    for name, word in (("demographics", "packet"), ("safe_contact", "reach"))
}  # fmt: skip
OF_DESKS = (Place("/work/desk/open/{opening}", ()), Place("/work/api/desk/open/{opening}", (), api=True))
SHOWN_BY: dict[str, tuple[str, ...]] = {
    "presence": ("packet", "name"), "enrolment_status": ("packet", "name"),
    "demographics": ("packet", "name"), "safe_contact": ("reach",),
    "recovery_plan": ("goal", "words", "heldgoal", "heldwords"), "family_own_record": ("goal", "words"),
    "safety_plan": ("hard", "heldhard"),
    "checkin": ("note",), "messages": ("message",), "peer_notes": ("contact",), "referral_task": ("packet", "service"),
    "consent_record": ("packet", "service", "agreed"), "access_log": ("looker",),
    "received_part2_record": ("treated",),
    **{name: (word,) for name, _kind, word in ENTRIES},
}  # fmt: skip
# The classes of the gate under which a look is written down.
LOGGED_AS: dict[str, str] = {
    "checkin": "outcome_answers", "peer_notes": "contact_log", "family_own_record": "recovery_plan",
    "received_part2_record": "sud_treatment_record",
}  # fmt: skip
# Whose pages show a record at all, today.
WITH_RECORD_PAGES = frozenset({
    "peer_assigned", "peer_unassigned", "clinician_assigned", "clinician_originator", "clinician_colleague",
})  # fmt: skip
ANSWERING = frozenset({"recv_staff", "other_org", "housing"})
OUTSIDERS = ANSWERING | {"probation"}


def places_to_read(role: str, data_class: str, surface: str, state: str = "") -> list[Place]:
    """Where this role would read the class, if allowed.

    Refuses: NotBuilt where no page of this version shows it to them.
    """
    if state == "at_desk" and data_class in PRESENT:
        found = PRESENT[data_class]
    elif role in {"family", "ex_partner"} and data_class in CLOSE:
        found = CLOSE[data_class]
    elif role in OUTSIDERS and data_class in SHARED:
        found = SHARED[data_class]
    elif role in {"person", "other_person", "family"}:
        found = OWN.get(data_class, ())
    else:
        _refuse_without_pages(role, data_class)
        found = OF_ROLE.get(role, WORK).get(data_class, ())
    wanted = [one for one in found if surface == "page+api" or one.api == (surface == "api")]
    if not wanted:
        whom = "the person" if role in {"person", "family"} else "workers"
        raise NotBuilt(f"{'an API' if surface == 'api' else 'a page'} that shows {whom} {data_class}")
    return wanted


def _refuse_without_pages(role: str, data_class: str) -> None:
    if data_class == "referral_task" and role not in {"council", "org_admin", "privacy_officer"}:
        return
    if role in WITH_RECORD_PAGES or data_class in OF_ROLE.get(role, {}):
        return
    if data_class in WORK and role in ANSWERING:
        raise NotBuilt(f"a consent that shows another organisation {data_class}")
    raise NotBuilt(f"a page on which {role} reads a person's {data_class}")


def places_to_try(data_class: str, surface: str) -> Iterator[Place]:
    """Every address with an id in it at which somebody could try to get at the class."""
    seen = set()
    for place in (*OWN.get(data_class, ()), *WORK.get(data_class, ()), *OF_RECORDS, *OF_SHARES, *OF_DESKS):
        fits = surface in ("page+api", "form") or place.api == (surface == "api")
        if place.item and place.path not in seen and fits:
            seen.add(place.path)
            yield place
