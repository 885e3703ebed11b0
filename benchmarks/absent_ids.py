"""What stands in the addresses of a life that is closed, and who asks for it: one id of each kind, and its readers."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from benchmarks.planting import Planter
    from manypaths.config.access_matrix.persons import Someone
    from manypaths.config.access_matrix.visitor import Visitor

BY_RECORD = """
goal_id: plans_goal.id, step_id: plans_step.id, strength_id: plans_strength.id, choice_id: plans_choice.id,
referral_id: referrals_referral.id, grant_id: consent_grant.id, share_id: consent_share.id,
sitting_id: outcomes_sitting.id, thread_id: support_thread.id, message_id: support_message.id,
earlier_id: support_message.id, shown_id: support_showncheckin.id, review_id: consent_review.id,
source_id: consent_review.id, look: consent_review.look, emergency_id: consent_emergency.id,
opening: consent_emergency.opening, paper: consent_legalpaper.id, entry_id: support_treatment.id,
block_id: people_block.id, item_id: support_contact.id, petition_id: support_petition.id, flag_id: consent_lookflag.id,
incident_id: consent_affected.incident_id
"""
# What hangs on no record: what a worker of the place took out, who walks with the person, their devices.
OTHERS = {
    "export_id": "select id from support_export order by asked_at desc",
    "membership_id": "select membership_id from people_assignment where record_id = any(%(records)s)",
    "worker": "select membership_id from people_assignment where record_id = any(%(records)s)",
    "paper_id": "select id from consent_paperconsent where held_record_id = any(%(records)s)",
    "handle": "select handle from accounts_session where account_id = %(account)s and handle is not null",
    "way_back": "select id from accounts_wayback where account_id = %(account)s",
    "invitation": "select id from network_invitation where used_at is null order by invited_at desc",
}
# Each minute looks for these; the row stands here as it writes it, and waits to be closed.
ALARM = """
    insert into consent_readalarm
           (id, organisation_id, membership_id, account_id, span, raised_at, persons, pages, shown, stops)
    select gen_random_uuid(), m.organisation_id, m.id, m.account_id, 'day', now(), 60, 90, 60, false
      from network_membership m where m.id = %s
    returning id
"""
SLUGS = {
    "work:": {"<slug:kind>": "treatment", "<slug:source>": "review"}, "my:": {"<slug:kind>": "contacts"}, "entry:": {},
}  # fmt: skip
FORMS = {
    "work:move": {"to": "accepted", "seen": "requested"}, "work:strike": {"reason": "mistake"},
    "entry:worker_roles": {"roles": "peer"}, "entry:worker_answers": {"answers": "yes"},
}  # fmt: skip
# What these name is no secret: listings, places, and who can be written to.
NOT_HIDDEN = frozenset({
    "my:ask", "my:ask_page", "my:begin", "my:choose", "my:block_place", "my:block_worker", "my:write_to",
    "work:service", "work:room", "work:confirm", "work:close",
})  # fmt: skip


def readers(planter: "Planter") -> list[tuple[str, str, "Visitor"]]:
    """Behind each door somebody who may know nothing of that life: at another place, at the same place, elsewhere."""
    from manypaths.config.access_matrix.bodies import ELSEWHERE
    from manypaths.config.access_matrix.persons import join
    from manypaths.network.rules import Role

    world = planter.world
    roles = frozenset({Role.PEER, Role.CLINICIAN, Role.SUPERVISOR, Role.FRONTDESK, Role.PRIVACY_OFFICER, Role.MEDIC})
    stranger = world.bodies.hire("stranger", ELSEWHERE, roles, answers=True)
    return [
        ("work:", "a worker elsewhere", world.signed_in_worker(stranger)),
        ("work:", "a colleague", world.browser("peer_unassigned", "none")),
        ("my:", "another person", world.signed_in_person(join())),
        ("entry:", "another person", world.signed_in_person(join())),
        ("entry:", "a lead elsewhere", world.signed_in_worker(world.bodies.leads[ELSEWHERE])),
    ]


def ids_of(planter: "Planter", closed: "Someone") -> dict[str, str]:
    """One id of each kind that stands in an address, all of them in that one life or of who walks with it."""
    _go_on_living(planter, closed)
    asked = {"records": [closed.record, *closed.held.values()], "account": closed.reader.account_id}
    queries = {
        name.strip(): "select {1} from {0} where record_id = any(%(records)s)".format(*column.strip().split("."))
        for name, column in (one.split(":") for one in BY_RECORD.split(","))
    }
    found = {"record_id": str(closed.held["clinician_originator"])}
    for name, query in (queries | OTHERS).items():
        row = planter.link.execute(query.encode(), asked).fetchone()
        assert row is not None, name
        found[name] = str(row[0])
    alarm = planter.link.execute(ALARM, [found["worker"]]).fetchone()
    assert alarm is not None, "nobody walks with them"
    return found | {"alarm_id": str(alarm[0])}


def _go_on_living(planter: "Planter", closed: "Someone") -> None:
    """What the planted life has not done yet: keep a place away, a list that leaves, a way back, an invitation."""
    from manypaths.config.access_matrix.bodies import COURT, HOME, fresh
    from manypaths.config.access_matrix.visitor import Visitor
    from manypaths.network import commands as network
    from manypaths.referrals import commands as referrals

    bodies, at = planter.world.bodies, datetime.now(UTC)
    referrals.shut_out(organisation_id=bodies.ids[COURT], by=closed.reader, at=at)
    lead = planter.world.browser("supervisor", "none")
    lead.post("/work/exports", {"why": "planning"}, page="/work/exports")
    planter.world.signed_in_person(closed)
    lost = {"name": closed.username, "passphrase": "seven lanterns under the bridge", "device": "shared"}
    Visitor(lead.site).post("/enter/lost/desk", lost)
    network.invite_worker(
        email="soon@example.org", display_name="Soon Q.", roles=["peer"], by=fresh(bodies.leads[HOME].reader), at=at
    )
