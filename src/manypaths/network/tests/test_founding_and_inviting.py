"""Founding a community, and who may invite, accept, agree, change and leave."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from manypaths.accounts.models import Session, User
from manypaths.lib.refusals import NotThere, Refused
from manypaths.network import commands as network
from manypaths.network import queries
from manypaths.network.commands import Answers
from manypaths.network.models import Community, Invitation, Membership, Organisation, Participation
from manypaths.network.places import find_places
from manypaths.network.rules import ANONYMOUS, SYSTEM, Reader
from manypaths.network.tests import factories as make
from manypaths.network.tests.factories import NOW

pytestmark = pytest.mark.django_db
WORDS = "quiet rivers run under stone"
ANSWERS = Answers(
    place="Brattleboro, VT",
    name="River Valley Together",
    languages=["en", "es"],
    coordinator_name="Ana R.",
    coordinator_email="ana@example.org",
    privacy_contact="Ana R., 802-555-0100",
    operator="River Valley Library",
)


def lead(*roles: str) -> Reader:
    return make.reader_for(make.membership(make.organisation(), *(roles or ("org_admin",))))


def accepted(code: str) -> User:
    return network.accept_with_new_account(
        code=code, display_name="Ana R.", passphrase=WORDS, language="en", by=ANONYMOUS, at=NOW
    )


def member_of(account: User) -> Reader:
    return make.reader_for(Membership.objects.get(account=account))


def test_a_town_is_found_by_name_or_zip_code_with_county_zone_and_coordinates():
    (town,) = find_places("brattleboro vt")
    assert (town.county_fips, town.zone) == ("50025", "America/New_York")
    assert 42 < town.latitude < 43
    assert -73 < town.longitude < -72
    assert [str(place) for place in find_places("05301")] == ["Brattleboro, VT"]
    assert [str(place) for place in find_places("St. Louis, MO")] == ["Saint Louis, MO"]
    assert len(find_places("Springfield")) > 5
    assert find_places("Nowhere at all") == []


def test_six_answers_make_a_community_and_a_link_for_its_first_coordinator():
    founded = network.found_community(answers=ANSWERS, by=SYSTEM, at=NOW)
    account = accepted(founded.code)
    reader = member_of(account)
    assert founded.community.zone == "America/New_York"
    assert reader.roles == {"coordinator", "org_admin"}
    assert not queries.coordinates(reader=reader, community_id=founded.community.id)
    words = queries.agreement(key="participation", language="en")
    network.agree_to_participate(
        community_id=founded.community.id, agreement_id=words.id, answers_requests=False, by=reader, at=NOW
    )
    assert queries.coordinates(reader=reader, community_id=founded.community.id)


@pytest.mark.parametrize(
    ("field", "answer", "code"),
    [
        ("place", "Nowhere at all", "no_such_place"),
        ("place", "Springfield", "which_place"),
        ("name", "...", "no_name"),
        ("name", "x" * 121, "too_long"),
        ("coordinator_name", " ", "no_coordinator"),
        ("coordinator_name", "x" * 81, "too_long"),
        ("privacy_contact", "x" * 201, "too_long"),
        ("operator", "x" * 201, "too_long"),
        ("languages", ["xx"], "no_such_language"),
        ("coordinator_email", "ana", "no_email"),
        ("operator", " ", "no_contact"),
    ],
)
def test_a_wrong_answer_is_refused_with_what_to_do(field: str, answer: object, code: str):
    with pytest.raises(Refused) as refused:
        network.found_community(answers=replace(ANSWERS, **{field: answer}), by=SYSTEM, at=NOW)
    assert [(reason.code, reason.field) for reason in refused.value.reasons] == [(code, field)]
    assert not Community.objects.exists()


@pytest.mark.parametrize("longest", [("name", 120), ("coordinator_name", 80), ("operator", 200)])
def test_the_longest_answers_are_taken(longest: tuple[str, int]):
    field, most = longest
    founded = network.found_community(answers=replace(ANSWERS, **{field: "x" * most}), by=SYSTEM, at=NOW)
    assert Community.objects.get(id=founded.community.id)


def test_the_first_coordinators_link_is_made_again_until_one_is_used():
    founded = network.found_community(answers=ANSWERS, by=SYSTEM, at=NOW)
    again = {"community_id": founded.community.id, "by": SYSTEM}
    soon, late = NOW + timedelta(days=1), NOW + timedelta(days=7)
    second = network.invite_first_coordinator_again(**again, at=soon)
    assert queries.invitation(code=founded.code, at=soon).email == "ana@example.org"
    with pytest.raises(NotThere):
        queries.invitation(code=founded.code, at=late)
    account = network.accept_with_new_account(
        code=second, display_name="Ana R.", passphrase=WORDS, language="en", by=ANONYMOUS, at=late
    )
    assert member_of(account).roles == {"coordinator", "org_admin"}
    assert network.invite_first_coordinator_again(**again, at=late) is None


def test_a_link_that_was_used_ends_the_others_for_the_same():
    founded = network.found_community(answers=ANSWERS, by=SYSTEM, at=NOW)
    by = lead()
    other = network.invite_worker(email="dee@example.org", display_name="Dee", roles=["peer"], by=by, at=NOW)
    second = network.invite_first_coordinator_again(community_id=founded.community.id, by=SYSTEM, at=NOW)
    accepted(second)
    with pytest.raises(NotThere):
        accepted(founded.code)
    assert queries.invitation(code=other, at=NOW)


def test_two_communities_cannot_have_one_name():
    network.found_community(answers=ANSWERS, by=SYSTEM, at=NOW)
    with pytest.raises(Refused, match="name_taken"):
        network.found_community(answers=ANSWERS, by=SYSTEM, at=NOW)


def test_the_command_prints_the_link_and_says_in_words_what_is_wrong(capsys: pytest.CaptureFixture[str]):
    answers = {
        "name": "River Valley Together",
        "coordinator_name": "Ana R.",
        "coordinator_email": "ana@example.org",
        "privacy_contact": "Ana R.",
        "operator": "The library",
        "address": "https://rivers.example.org",
    }
    call_command("found_community", place="05301", **answers)
    printed = capsys.readouterr().out
    code = printed.split("/invited/")[1].strip()
    assert queries.invitation(code=code, at=NOW).email == "ana@example.org"
    with pytest.raises(CommandError, match="More than one town"):
        call_command("found_community", place="Springfield", **{**answers, "name": "Another"})


def test_a_lead_with_a_fresh_proof_invites_a_worker():
    by = lead()
    code = network.invite_worker(email="dee@example.org", display_name="Dee", roles=["peer"], by=by, at=NOW)
    assert queries.invitation(code=code, at=NOW).organisation == "Lantern House"
    assert not Invitation.objects.filter(code_hash=code).exists()


@pytest.mark.parametrize(
    ("roles", "later", "wanted", "code"),
    [
        (["peer"], 0, ["peer"], "not_a_lead"),
        (["org_admin"], 6, ["peer"], "prove_again"),
        (["org_admin"], 0, [], "no_role"),
        (["org_admin"], 0, ["king"], "no_role"),
        (["org_admin"], 0, ["coordinator"], "not_yours_to_give"),
    ],
)
def test_nobody_else_invites_and_no_old_proof_counts(roles: list[str], later: int, wanted: list[str], code: str):
    by = lead(*roles)
    with pytest.raises(Refused) as refused:
        network.invite_worker(
            email="dee@example.org", display_name="Dee", roles=wanted, by=by, at=NOW + timedelta(minutes=later)
        )
    assert [reason.code for reason in refused.value.reasons] == [code]


def test_an_invitation_works_once_and_for_seven_days():
    by = lead()
    code = network.invite_worker(email="dee@example.org", display_name="Dee", roles=["peer"], by=by, at=NOW)
    accepted(code)
    with pytest.raises(NotThere):
        accepted(code)
    late = network.invite_worker(email="lee@example.org", display_name="Lee", roles=["peer"], by=by, at=NOW)
    with pytest.raises(NotThere):
        queries.invitation(code=late, at=NOW + timedelta(days=8))


def test_a_persons_own_account_never_becomes_a_workers():
    by = lead()
    code = network.invite_worker(email="dee@example.org", display_name="Dee", roles=["peer"], by=by, at=NOW)
    person = Reader(account_id=make.account("person").id, hat="person")
    with pytest.raises(NotThere):
        network.accept_as_member(code=code, by=person, at=NOW)
    assert queries.invitation(code=code, at=NOW)


def test_a_worker_accepts_a_second_place_of_work_with_the_same_account():
    here = lead()
    member = make.membership(make.organisation("Harbor Row"), "peer")
    code = network.invite_worker(email="x@example.org", display_name="Dee", roles=["peer"], by=here, at=NOW)
    network.accept_as_member(code=code, by=make.reader_for(member), at=NOW)
    assert {place.organisation for place in queries.own_places_of_work(reader=make.reader_for(member))} == {
        "Harbor Row",
        "Lantern House",
    }


def test_ending_a_place_of_work_ends_its_sessions():
    by = lead()
    member = make.membership(queries.organisation(organisation_id=by.organisation_id), "peer")
    Session.objects.create(session_key="k", session_data="", expire_date=NOW, account_id=member.account_id)
    network.end_membership(membership_id=member.id, by=by, at=NOW)
    assert not Session.objects.filter(account_id=member.account_id).exists()
    assert Membership.objects.get(id=member.id).ended_at == NOW


def test_a_lead_ends_the_access_of_a_coordinator_and_says_whether_they_answer():
    by = lead()
    body = queries.organisation(organisation_id=by.organisation_id)
    member = make.membership(body, "coordinator", answers_requests=True)
    network.set_member_answers(membership_id=member.id, answers=False, by=by, at=NOW)
    member.refresh_from_db()
    assert not member.answers_requests
    network.end_membership(membership_id=member.id, by=by, at=NOW)
    member.refresh_from_db()
    assert member.ended_at == NOW


@pytest.mark.parametrize(("role", "later", "code"), [("peer", 0, "not_a_lead"), ("org_admin", 6, "prove_again")])
def test_nobody_else_ends_an_access_and_no_old_proof_counts(role: str, later: int, code: str):
    by = lead(role)
    member = make.membership(queries.organisation(organisation_id=by.organisation_id), "coordinator")
    at = NOW + timedelta(minutes=later)
    for act in (
        lambda: network.end_membership(membership_id=member.id, by=by, at=at),
        lambda: network.set_member_answers(membership_id=member.id, answers=True, by=by, at=at),
    ):
        with pytest.raises(Refused, match=code):
            act()
    member.refresh_from_db()
    assert (member.ended_at, member.answers_requests) == (None, False)


def test_a_lead_does_not_end_their_own_access_by_mistake():
    by = lead()
    with pytest.raises(Refused, match="not_yourself"):
        network.end_membership(membership_id=by.membership_id, by=by, at=NOW)


def test_nobody_changes_the_workers_of_another_organisation():
    by, other = lead(), make.membership(make.organisation("Harbor Row"), "peer")
    for act in (
        lambda: network.end_membership(membership_id=other.id, by=by, at=NOW),
        lambda: network.change_roles(membership_id=other.id, roles=["volunteer"], by=by, at=NOW),
        lambda: network.set_member_answers(membership_id=other.id, answers=True, by=by, at=NOW),
    ):
        with pytest.raises(NotThere):
            act()


def test_other_roles_count_and_who_may_open_no_request_answers_none():
    by = lead()
    member = make.membership(Organisation.objects.get(id=by.organisation_id), "peer", answers_requests=True)
    network.change_roles(membership_id=member.id, roles=["clinician", "supervisor"], by=by, at=NOW)
    member.refresh_from_db()
    assert (member.roles, member.answers_requests) == (["clinician", "supervisor"], True)
    network.change_roles(membership_id=member.id, roles=["privacy_officer"], by=by, at=NOW)
    member.refresh_from_db()
    assert (member.roles, member.answers_requests) == (["privacy_officer"], False)


def test_only_a_coordinator_takes_the_coordinators_role_from_someone():
    by = lead()
    body = Organisation.objects.get(id=by.organisation_id)
    member = make.membership(body, "coordinator", "peer")
    network.change_roles(membership_id=member.id, roles=["peer"], by=by, at=NOW)
    member.refresh_from_db()
    assert member.roles == ["coordinator", "peer"]
    above = make.reader_for(make.membership(body, "org_admin", "coordinator"))
    network.change_roles(membership_id=member.id, roles=["peer"], by=above, at=NOW)
    member.refresh_from_db()
    assert member.roles == ["peer"]


def test_nobody_changes_their_own_roles():
    by = lead()
    with pytest.raises(Refused, match="not_yourself"):
        network.change_roles(membership_id=by.membership_id, roles=["peer"], by=by, at=NOW)


def test_a_link_that_was_taken_back_opens_nothing():
    by = lead()
    code = network.invite_worker(email="l@example.org", display_name="Lou", roles=["peer"], by=by, at=NOW)
    (shown,) = queries.open_invitations(reader=by, at=NOW)
    assert (shown.display_name, shown.roles) == ("Lou", ("peer",))
    with pytest.raises(NotThere):
        network.take_back_invitation(invitation_id=shown.invitation_id, by=lead(), at=NOW)
    network.take_back_invitation(invitation_id=shown.invitation_id, by=by, at=NOW)
    assert queries.open_invitations(reader=by, at=NOW) == []
    with pytest.raises(NotThere):
        queries.invitation(code=code, at=NOW)
    with pytest.raises(NotThere):
        network.take_back_invitation(invitation_id=shown.invitation_id, by=by, at=NOW)


def coordinator_of(community: Community) -> Reader:
    body = make.organisation("The council")
    make.participation(community, body)
    return make.reader_for(make.membership(body, "coordinator"), community)


def test_a_coordinator_invites_an_organisation_which_reads_and_agrees_and_may_leave():
    community = make.community()
    by = coordinator_of(community)
    code = network.invite_organisation(
        name="Lantern House", community_id=community.id, email="l@example.org", contact_name="Lou", by=by, at=NOW
    )
    reader = member_of(accepted(code))
    words = queries.agreement(key="participation", language="es")
    assert [one.id for one in queries.invited_to(reader=reader)] == [community.id]
    network.agree_to_participate(
        community_id=community.id, agreement_id=words.id, answers_requests=True, by=reader, at=NOW
    )
    row = Participation.objects.get(organisation_id=reader.organisation_id)
    assert (row.agreement_id, row.agreed_at, row.answers_requests) == (words.id, NOW, True)
    network.leave_community(community_id=community.id, by=reader, at=NOW)
    row.refresh_from_db()
    assert (row.left_at, row.answers_requests) == (NOW, False)


def invite(by: Reader, community: Community, **whom: object) -> str | None:
    """A coordinator invites an organisation."""
    more = {"community_id": community.id, "email": "l@example.org", "contact_name": "Lou", "by": by, "at": NOW}
    return network.invite_organisation(**{**more, **whom})


@pytest.mark.parametrize("typed", ["Lantern House", "lantern house", "Lantern", "Lanter House", "Lántern Hóuse Inc."])
def test_a_listed_organisation_is_found_by_a_name_like_its_own(typed: str):
    body = make.organisation("Lantern House")
    make.organisation("Harbor Row")
    assert [one.organisation_id for one in queries.named_like(name=typed)] == [body.id]


@pytest.mark.parametrize("typed", ["", "  ", "Quiet Field"])
def test_a_name_like_no_other_finds_nothing(typed: str):
    make.organisation("Lantern House")
    assert queries.named_like(name=typed) == []


def test_an_organisation_that_is_listed_is_not_made_a_second_time_by_mistake():
    community = make.community()
    by, body = coordinator_of(community), make.organisation("Lantern House")
    with pytest.raises(Refused, match="listed_already"):
        invite(by, community, name="Lantern House")
    reader = member_of(accepted(invite(by, community, name="Lantern House", organisation_id=body.id)))
    assert reader.organisation_id == body.id
    assert invite(by, community, name="Lantern House", is_another=True)
    assert Organisation.objects.filter(name="Lantern House").count() == 2


def test_an_organisation_with_a_lead_is_invited_and_nobody_is_made_its_lead_from_outside():
    community = make.community()
    by, body = coordinator_of(community), make.organisation("Lantern House")
    lead_there = make.reader_for(make.membership(body, "org_admin"))
    assert invite(by, community, organisation_id=body.id) is None
    assert not Invitation.objects.filter(organisation=body).exists()
    assert [one.id for one in queries.invited_to(reader=lead_there)] == [community.id]


def test_an_organisation_that_takes_part_is_not_invited_again_until_it_left():
    community = make.community()
    by, body = coordinator_of(community), make.organisation("Lantern House")
    lead_there = make.reader_for(make.membership(body, "org_admin"))
    row = make.participation(community, body)
    with pytest.raises(Refused, match="takes_part"):
        invite(by, community, organisation_id=body.id)
    network.leave_community(community_id=row.community_id, by=lead_there, at=NOW)
    assert invite(by, community, organisation_id=body.id) is None


def test_a_coordinator_elsewhere_invites_nobody_here():
    community = make.community()
    by = coordinator_of(make.community("another-place"))
    with pytest.raises(NotThere):
        network.invite_organisation(
            name="Lantern House", community_id=community.id, email="l@example.org", contact_name="L", by=by, at=NOW
        )


def test_only_whoever_leads_an_organisation_agrees_answers_and_leaves_for_it():
    community, body = make.community(), make.organisation()
    Participation.objects.create(community=community, organisation=body, invited_at=NOW)
    words = queries.agreement(key="participation", language="en")
    peer = make.reader_for(make.membership(body, "peer"))
    for act in (
        lambda: network.agree_to_participate(
            community_id=community.id, agreement_id=words.id, answers_requests=True, by=peer, at=NOW
        ),
        lambda: network.set_organisation_answers(community_id=community.id, answers=True, by=peer, at=NOW),
        lambda: network.leave_community(community_id=community.id, by=peer, at=NOW),
    ):
        with pytest.raises(Refused, match="not_a_lead"):
            act()
