"""Workers: invited, with a second factor, with an account that nothing joins to anything else."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.test import Client
from django.urls import get_resolver
from tests.architecture.test_house import patterns

from manypaths.accounts import factors
from manypaths.accounts import queries as accounts
from manypaths.accounts.commands import proving
from manypaths.accounts.models import User
from manypaths.directory.tests.factories import service
from manypaths.network import queries as network
from manypaths.network.models import Invitation, Membership, Organisation, Participation
from manypaths.network.queries import forget_communities
from manypaths.network.rules import SYSTEM
from manypaths.network.tests import factories as make
from manypaths.web.entry import roles
from manypaths.web.entry.tests.people import STAFF_WORDS, invitation, person, set_up_app, sign_in, worker
from manypaths.web.ui.clock import now

pytestmark = pytest.mark.django_db


def next_code(secret: str) -> str:
    """A code that was not used yet: as if the step of the last one were long ago."""
    row = Authenticator.objects.get(type="totp")
    row.data["last_step"] = 0
    row.save()
    return factors.code_at(secret, factors.step_now())


def test_an_invitation_says_who_invites_and_what_one_will_be_able_to_do():
    page = Client().get(f"/invited/{invitation('peer', 'volunteer')}").content.decode()
    assert "Lantern House invites you" in page
    assert "Walk with the people you are assigned to" in page
    assert "Every time you open something about a person, it is written down" in page


def test_only_work_that_has_a_page_is_offered():
    """Every role that a page names is offered, and no other; a volunteer not until somebody can be assigned. A place
    with power over people is offered officers and a lead, and only such a place is offered officers."""
    with_a_page = {role for _path, entry in patterns(get_resolver()) for role in _roles_of(entry.callback)}
    assert set(roles.WORDS) == with_a_page
    lead = worker("org_admin", "coordinator")
    set_up_app(lead)
    page = lead.get("/workers").content.decode()
    assert set(re.findall(r'name="roles" value="(\w+)"', page)) == with_a_page - {"volunteer", "monitor"}
    Organisation.objects.update(kind="probation")
    page = lead.get("/workers").content.decode()
    assert set(re.findall(r'name="roles" value="(\w+)"', page)) == {"monitor", "org_admin"}


def _roles_of(view: object) -> frozenset[str]:
    return getattr(getattr(view, "audience", None), "roles", frozenset())


def test_an_older_invitation_promises_no_page_that_there_is_not():
    page = Client().get(f"/invited/{invitation('facilitator')}").content.decode()
    assert "Facilitator" in page
    assert "There is no page for this work yet." in page


def test_a_worker_accepts_and_must_set_up_a_second_factor_before_any_work():
    client = worker("frontdesk")
    assert User.objects.get().email == "dee@example.org"
    assert client.get("/vouch")["Location"] == "/second"
    assert "Set up a passkey" in client.get("/second").content.decode()
    _secret, codes = set_up_app(client)
    assert len(codes) == 10
    assert client.get("/vouch").status_code == 200


def test_a_link_works_once():
    code = invitation("peer")
    Client().post(f"/invited/{code}", {"display_name": "Dee", "passphrase": STAFF_WORDS})
    assert Client().get(f"/invited/{code}").status_code == 404


def test_a_weak_passphrase_leaves_the_invitation_open():
    code = invitation("peer")
    answer = Client().post(f"/invited/{code}", {"display_name": "Dee", "passphrase": "short"})
    assert "15 letters" in answer.content.decode()
    assert Client().get(f"/invited/{code}").status_code == 200


def test_the_second_factor_is_asked_at_every_sign_in():
    first = worker("frontdesk")
    secret, _codes = set_up_app(first)
    client, _answer = sign_in("dee@example.org", STAFF_WORDS)
    assert client.get("/vouch")["Location"] == "/second"
    assert client.post("/second", {"code": next_code(secret)}).status_code == 303
    assert client.get("/vouch").status_code == 200


def test_a_code_counts_once():
    client = worker("frontdesk")
    secret, _codes = set_up_app(client)
    code = next_code(secret)
    assert sign_in("dee@example.org", STAFF_WORDS)[0].post("/second", {"code": code}).status_code == 303
    again = sign_in("dee@example.org", STAFF_WORDS)[0].post("/second", {"code": code})
    assert "does not fit, or it was used" in again.content.decode()


def test_an_emergency_code_works_once_in_place_of_the_app():
    _secret, codes = set_up_app(worker("frontdesk"))
    for status in (303, 200):
        client, _answer = sign_in("dee@example.org", STAFF_WORDS)
        assert client.post("/second", {"code": codes[0]}).status_code == status


def test_codes_of_a_second_factor_cannot_be_guessed_quickly():
    client = worker("frontdesk")
    secret, _codes = set_up_app(client)
    for _try in range(8):
        client.post("/second", {"code": "000000"})
    assert "tried many times" in client.post("/second", {"code": next_code(secret)}).content.decode()


def test_the_secret_of_the_app_is_sealed_in_the_table():
    secret, codes = set_up_app(worker("frontdesk"))
    kept = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret not in kept
    assert not any(code in kept for code in codes)


def test_another_app_needs_a_fresh_proof():
    client = worker("frontdesk")
    set_up_app(client)
    session = client.session
    session["factor_at"] = (now() - timedelta(minutes=6)).isoformat()
    session.save()
    assert client.get("/second/app")["Location"] == "/second"


def test_the_last_second_factor_cannot_be_taken_away():
    client = worker("frontdesk")
    set_up_app(client)
    factor = Authenticator.objects.get(type="totp")
    assert client.post(f"/second/{factor.pk}/remove").status_code == 422
    assert Authenticator.objects.filter(pk=factor.pk).exists()


def test_nobody_takes_the_second_factor_of_another_account_away():
    one, two = worker("frontdesk"), worker("frontdesk", email="lee@example.org")
    set_up_app(two)
    theirs = Authenticator.objects.get(type="totp")
    set_up_app(one)
    assert one.post(f"/second/{theirs.pk}/remove").status_code == 404


def test_roles_that_are_taken_away_count_from_the_next_request():
    client = worker("frontdesk")
    set_up_app(client)
    assert client.get("/vouch").status_code == 200
    Membership.objects.update(roles=["fiscal"])
    assert client.get("/vouch").status_code == 404


def test_nobody_gives_themself_a_role():
    body = make.organisation()
    lead, peer = worker("org_admin", body=body), worker("peer", body=body, email="lee@example.org")
    for client in (lead, peer):
        set_up_app(client)
    own = {one.account.email: one for one in Membership.objects.select_related("account")}
    asked = lead.post(f"/workers/{own['dee@example.org'].id}/roles", {"roles": ["clinician"]})
    assert asked.status_code == 403
    assert "Ask another lead of your organization" in asked.content.decode()
    tried = peer.post(f"/workers/{own['lee@example.org'].id}/roles", {"roles": ["clinician"]})
    assert tried.status_code == 403
    assert peer.post(f"/workers/{own['dee@example.org'].id}/roles", {"roles": ["clinician"]}).status_code == 404
    assert {tuple(one.roles) for one in Membership.objects.all()} == {("org_admin",), ("peer",)}


def test_a_person_finds_no_page_of_second_factors():
    client, _name = person()
    for path in ("/second", "/second/app", "/second/passkey", "/vouch", "/taking-part", "/places-of-work"):
        assert client.get(path).status_code == 404


def test_a_worker_who_is_in_recovery_has_two_accounts_that_nothing_joins():
    own, name = person(alias="Dee")
    at_work = worker("peer")
    mine, work = User.objects.get(username=name), User.objects.get(username="dee@example.org")
    for model in apps.get_models():
        for row in model._default_manager.values() if model.__module__.startswith("manypaths.accounts") else ():
            assert not (str(mine.id) in str(row) and str(work.id) in str(row))
    assert "dee@example.org" not in own.get("/devices").content.decode()
    assert name not in at_work.get("/devices").content.decode()


def test_a_person_who_opens_an_invitation_is_told_to_sign_out_first_and_cannot_accept():
    own, _name = person()
    code = invitation("peer")
    assert "nothing joins the two" in own.get(f"/invited/{code}").content.decode()
    assert own.post(f"/invited/{code}").status_code == 404
    assert not Membership.objects.exists()


def test_an_organisation_reads_the_words_agrees_answers_and_leaves():
    body, community = make.organisation(), make.community()
    Participation.objects.create(community=community, organisation=body, invited_at=now())
    client = worker("org_admin", body=body)
    set_up_app(client)
    page = client.get("/taking-part").content.decode()
    assert "Silence is shown to the person who asked." in page
    client.post("/taking-part", {"community": str(community.id), "answers": "yes"})
    row = Participation.objects.get()
    assert (row.answers_requests, row.agreement.language) == (True, "en")
    page = client.get("/taking-part").content.decode()
    assert "Silence is shown to the person who asked." in page
    assert "Nobody of yours answers now" in page
    assert "Nobody of yours answers now" in client.get("/workers").content.decode()
    make.membership(body, "peer", answers_requests=True)
    assert "You answer requests that people send here." in client.get("/taking-part").content.decode()
    assert "Nobody of yours answers now" not in client.get("/workers").content.decode()
    client.post("/taking-part/answers", {"community": str(community.id), "answers": "no"})
    row.refresh_from_db()
    assert not row.answers_requests
    client.post("/taking-part/leave", {"community": str(community.id)})
    row.refresh_from_db()
    assert row.left_at is not None


def test_a_lead_invites_a_worker_lets_them_answer_and_ends_their_access():
    body = make.organisation()
    lead = worker("org_admin", body=body)
    set_up_app(lead)
    form = {"display_name": "Lee", "email": "lee@example.org", "roles": ["peer"]}
    link = re.findall(r"/invited/([\w-]+)", lead.post("/workers", form).content.decode())[0]
    lee = Client()
    lee.post(f"/invited/{link}", {"display_name": "Lee", "passphrase": STAFF_WORDS})
    row = Membership.objects.get(display_name="Lee")
    lead.post(f"/workers/{row.id}/answers", {"answers": "yes"})
    row.refresh_from_db()
    assert row.answers_requests
    assert lee.get("/second").status_code == 200
    assert "Yes, end it now" in lead.get("/workers").content.decode()
    lead.post(f"/workers/{row.id}/end")
    assert "Lee has no access any more." in lead.get("/workers").content.decode()
    assert "Lee has no access any more." not in lead.get("/workers").content.decode()
    assert lee.get("/devices")["Location"] == "/enter?to=/devices"


def test_whoever_opens_no_requests_is_not_offered_as_one_who_answers():
    body = make.organisation()
    lead = worker("org_admin", body=body)
    set_up_app(lead)
    officer, coach = make.membership(body, "privacy_officer"), make.membership(body, "peer")
    page = lead.get("/workers").content.decode()
    assert f"/workers/{coach.id}/answers" in page
    assert f"/workers/{officer.id}/answers" not in page
    assert "Cannot answer requests: their role opens none." in page


def test_keeping_workers_needs_a_proof_of_at_most_five_minutes():
    lead = worker("org_admin")
    set_up_app(lead)
    session = lead.session
    session["factor_at"] = (now() - timedelta(minutes=6)).isoformat()
    session.save()
    row = Membership.objects.get()
    assert lead.post(f"/workers/{row.id}/end")["Location"] == "/second"
    row.refresh_from_db()
    assert row.ended_at is None


def test_what_was_typed_before_a_proof_is_still_there_after_it():
    lead = worker("org_admin", "coordinator", body=(body := make.organisation("The council")))
    make.participation(make.community(), body)
    forget_communities()
    set_up_app(lead)
    for page, form in (
        ("/workers", {"display_name": "Nia", "email": "nia@example.org", "roles": ["peer"]}),
        ("/organizations", {"name": "Harbor Row", "contact_name": "Lou", "email": "lou@example.org"}),
    ):
        proved_at(lead, minutes_ago=6)
        assert lead.post(page, form)["Location"] == "/second"
        proved_at(lead, minutes_ago=0)
        shown = lead.get(page).content.decode()
        assert "press the button once more" in shown
        assert f'value="{form["email"]}"' in shown
        assert bool(re.search(r'value="peer"[^>]* checked', shown)) is ("roles" in form)
        assert "press the button once more" not in lead.get(page).content.decode()
    forget_communities()


def proved_at(client, *, minutes_ago):
    session = client.session
    session["factor_at"] = (now() - timedelta(minutes=minutes_ago)).isoformat()
    session.save()


def test_nobody_but_a_lead_keeps_workers():
    client = worker("peer")
    set_up_app(client)
    assert client.get("/workers").status_code == 404
    assert client.post(f"/workers/{uuid4()}/end").status_code == 404
    assert client.post(f"/workers/{Membership.objects.get().id}/end").status_code == 403
    assert Membership.objects.get().ended_at is None


def test_a_coordinator_invites_an_organisation_and_sees_who_takes_part():
    community, body = make.community(), make.organisation("The council")
    make.participation(community, body)
    forget_communities()
    client = worker("coordinator", body=body)
    set_up_app(client)
    form = {"name": "Harbor Row", "contact_name": "Lou", "email": "lou@example.org"}
    link = re.findall(r"/invited/([\w-]+)", client.post("/organizations", form).content.decode())[0]
    assert "Harbor Row invites you" in Client().get(f"/invited/{link}").content.decode()
    assert "Has not answered" in client.get("/organizations").content.decode()
    forget_communities()


@pytest.fixture
def coordinating():
    """A coordinator at work."""
    community, body = make.community(), make.organisation("The council")
    make.participation(community, body)
    forget_communities()
    client = worker("coordinator", body=body)
    set_up_app(client)
    yield client
    forget_communities()


LOU = {"name": "Lantern House", "contact_name": "Lou", "email": "lou@example.org"}


def test_a_coordinator_chooses_a_listed_organisation_and_its_services_come_along(coordinating):
    body = make.organisation("Lantern House")
    listed = service("Evening circle", body=body)
    page = coordinating.post("/organizations", LOU).content.decode()
    assert "The directory lists a name like this" in page
    assert "Lantern House (Montpelier, VT)" in page
    assert 'value="lou@example.org"' in page
    assert not Invitation.objects.filter(organisation=body).exists()
    page = coordinating.post("/organizations", LOU | {"listed": str(body.id)}).content.decode()
    link = re.findall(r"/invited/([\w-]+)", page)[0]
    Client().post(f"/invited/{link}", {"display_name": "Lou", "passphrase": STAFF_WORDS})
    assert Membership.objects.get(display_name="Lou").organisation_id == body.id == listed.organisation_id
    assert Organisation.objects.filter(name="Lantern House").count() == 1


def test_a_coordinator_says_that_it_is_another_one(coordinating):
    make.organisation("Lantern House")
    page = coordinating.post("/organizations", LOU | {"listed": "another"}).content.decode()
    assert "/invited/" in page
    assert Organisation.objects.filter(name="Lantern House").count() == 2


def test_a_coordinator_is_told_that_its_own_lead_finds_the_invitation(coordinating):
    body = make.organisation("Lantern House")
    make.membership(body, "org_admin")
    page = coordinating.post("/organizations", LOU | {"listed": str(body.id)}).content.decode()
    assert "They need no link" in page
    assert "/invited/" not in page


def test_only_an_organisation_that_was_offered_can_be_chosen(coordinating):
    make.organisation("Lantern House")
    other = make.organisation("Harbor Row")
    page = coordinating.post("/organizations", LOU | {"listed": str(other.id)}).content.decode()
    assert "Choose one of these." in page


def test_a_coordinator_of_nothing_here_sees_no_list():
    make.community()
    forget_communities()
    client = worker("coordinator")
    set_up_app(client)
    assert client.get("/organizations").status_code == 404
    forget_communities()


def test_a_worker_of_two_organisations_chooses_for_whom_they_work_now():
    one, two = make.organisation("Harbor Row"), make.organisation("Lantern House")
    client = worker("frontdesk", body=one)
    set_up_app(client)
    client.post(f"/invited/{invitation('peer', body=two)}")
    first, second = (Membership.objects.get(organisation=body) for body in (one, two))
    assert client.session["membership"] == str(second.id)
    assert 'href="/places-of-work"' in client.get("/work/").content.decode()
    client.post("/places-of-work", {"place": str(first.id)})
    assert client.session["membership"] == str(first.id)
    stranger = make.membership(two)
    assert client.post("/places-of-work", {"place": str(stranger.id)}).status_code == 404


def test_outside_a_demonstration_there_is_no_page_of_sign_ins(settings):
    account = make.account()
    proving.show_in_demo(
        account_id=account.id, role="peer", name="Dee", place="", passphrase="x", position=1, by=SYSTEM, at=now()
    )
    settings.DEMO = False
    assert Client().get("/demo").status_code == 404
    assert accounts.demo_sign_ins() == []
    assert accounts.demo_code(reader=make.reader_for(make.membership(make.organisation(), account=account))) == ""


def test_a_demonstration_shows_a_code_that_works(settings):
    settings.DEMO = True
    client = worker("frontdesk")
    account = User.objects.get()
    proving.show_in_demo(
        account_id=account.id, role="frontdesk", name="Dee", place="Lantern House", passphrase=STAFF_WORDS,
        position=1, by=SYSTEM, at=now(),
    )  # fmt: skip
    page = Client().get("/demo").content.decode()
    code = re.findall(r'class="code">([0-9]{6})<', page)[0]
    assert code in client.get("/second").content.decode()
    assert client.post("/second", {"code": code}).status_code == 303
    assert network.own_places_of_work(reader=make.reader_for(Membership.objects.get()))


def test_before_the_second_factor_a_passphrase_alone_opens_nothing_and_ends_nothing():
    client = worker("peer")
    set_up_app(client)
    thief, _answer = sign_in("dee@example.org", STAFF_WORDS)
    for page in ("/devices", "/devices/passphrase", "/places-of-work"):
        assert thief.get(page)["Location"] == "/second", page
    handle = client.session["handle"]
    for page in ("/devices/others", f"/devices/{handle}/end", "/second/codes", "/second/1/remove"):
        assert thief.post(page)["Location"] == "/second", page
    assert client.get("/devices").status_code == 200
    assert thief.post("/sign-out")["Location"] == "/enter"


def test_whoever_has_no_second_factor_yet_finds_the_way_to_one_and_out():
    client = worker("peer")
    assert client.get("/devices")["Location"] == "/second"
    for page in ("/second", "/second/app", "/second/passkey"):
        assert client.get(page).status_code == 200, page
    set_up_app(client)
    assert client.get("/devices").status_code == 200
