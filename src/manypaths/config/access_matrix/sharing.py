"""Brings what a person shows outside into the state that a file asks for: to a clinic, a home, an officer, an ally."""

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Protocol
from uuid import UUID

from django.db import transaction

from manypaths.config.access_matrix.bodies import COURT, ELSEWHERE, HOME, RECEIVER, RESIDENCE, Bodies
from manypaths.config.access_matrix.persons import Someone, ask
from manypaths.config.access_matrix.words import NotBuilt
from manypaths.consent import queries as consent
from manypaths.consent import sharing
from manypaths.consent.rules import shares as rules
from manypaths.consent.sharing import Wish
from manypaths.referrals import commands as referrals
from manypaths.referrals.rules import Status

FAMILY, FORMER = "a member of the family", "a former ally"
SIGNED = "Zesigned by hand"  # by this name they know the person; it is no planted word
SHAREABLE = ("attendance", "sud_treatment_record", "drug_screen_result")
OF_OFFICERS = ("attendance", "drug_screen_result")
GIVEN = frozenset({"named_covering", "revoked", "expired", "restricted", "blocked", "draft"})
OTHER_CLASS = "named_other_class:"
A_MOMENT = timedelta(seconds=2)
TO_WHOM = {"recv_staff": RECEIVER, "housing": RESIDENCE, "other_org": ELSEWHERE}


class Town(Protocol):
    """What is needed of the world here."""

    bodies: Bodies

    def someone(self, state: str) -> Someone:
        """The person in a state."""
        ...


def stage_shares(town: Town, someone: Someone, state: str) -> None:
    """Show, stop, keep away: whatever the state says, for every reader outside."""
    stage = Stage(town, someone, state)
    if state in GIVEN or state.startswith(OTHER_CLASS):
        stage.show_to_all(state.partition(":")[2])
    elif state == "named_other_recipient":
        stage.show("other_org", list(SHAREABLE))
    elif state in ("tpo_active", "tpo_no_relationship"):
        stage.one_yes_for_care(related=state == "tpo_active")
    elif state == "notes_consent":
        stage.show_to_worker("recv_staff", "counseling_notes", ["sud_counseling_notes"], "TREAT")
    elif state == "cj_referral":
        stage.show_to_worker("probation", "cj_referral", list(OF_OFFICERS), "CJ_MONITORING")
    stage.bring_into_state()


class Stage:
    """One person, and what they show."""

    def __init__(self, town: Town, someone: Someone, state: str) -> None:
        self.town, self.someone, self.state = town, someone, state
        self.at = datetime.now(UTC) - timedelta(days=5 if state == "expired" else 0)
        self.until = datetime.now(UTC) + (A_MOMENT if state == "expired" else timedelta(days=20))
        self.by = replace(someone.reader, factor_at=self.at)
        self.held = someone.held["clinician_assigned"]

    def show_to_all(self, without: str) -> None:
        """A clinic, a home, an officer and allies, each by a consent of its own kind; but for one class."""
        for role in ("recv_staff", "housing"):
            self.show(role, [one for one in SHAREABLE if one != without])
        watched = [one for one in OF_OFFICERS if one != without]
        self.show_to_worker("probation", "cj_referral", watched, "CJ_MONITORING")
        for role, key in (("family", FAMILY), ("ex_partner", FORMER)):
            if without != "attendance":
                self.show_to_ally(role, self.town.someone(key))

    def show(self, role: str, classes: list[str]) -> None:
        """To a place, by name."""
        self._give(role, "named", classes, "TREAT", organisation_id=self.town.bodies.ids[TO_WHOM[role]])

    def show_to_worker(self, role: str, kind: str, classes: list[str], purpose: str) -> None:
        """To one worker, by name."""
        member = self.town.bodies.workers[role].reader.membership_id
        self._give(role, kind, classes, purpose, membership_id=member)

    def show_to_ally(self, role: str, ally: Someone) -> None:
        """To whoever types a code; the ally types it."""
        code = f"code{self.someone.record.hex}{role}"
        self._give(role, "ally", ["attendance"], "FAMRQT", code=code)
        if self.state != "draft":
            with transaction.atomic():
                sharing.take_up_share(code=code, by=ally.reader, at=datetime.now(UTC))

    def one_yes_for_care(self, *, related: bool) -> None:
        """To a clinic, which has said yes to a request of theirs or has not."""
        if related:
            request = ask(self.someone, self.town.bodies, RECEIVER, datetime.now(UTC))
            by = self.town.bodies.workers["recv_staff"].reader
            with transaction.atomic():
                referrals.accept_request(referral_id=request, seen=Status.REQUESTED, by=by, at=datetime.now(UTC))
        place = self.town.bodies.ids[RECEIVER]
        self._give("recv_staff", "tpo_single", list(SHAREABLE), "TREAT", organisation_id=place)

    def _give(
        self,
        role: str,
        kind: str,
        classes: list[str],
        purpose: str,
        *,
        organisation_id: UUID | None = None,
        membership_id: UUID | None = None,
        code: str = "",
    ) -> None:
        wish = Wish(
            kind, self.held, self.town.bodies.ids[HOME], classes, purpose, self.until,
            organisation_id=organisation_id, membership_id=membership_id, code=code,
        )  # fmt: skip
        with transaction.atomic():
            text = consent.text(key=rules.KINDS[kind].text, language="en")
            if (
                self.state == "draft"
            ):  # a page that was not signed leaves nothing; the nearest to it that has an id is a no
                self.someone.shares[role] = sharing.refuse_share(wish=wish, text=text, by=self.by, at=self.at)
            else:
                self.someone.shares[role] = sharing.give_share(
                    wish=wish, name=SIGNED, text=text, by=self.by, at=self.at
                )

    def bring_into_state(self) -> None:
        """Stop it, keep it away, block whoever it was for, or let its last second pass."""
        acts = {"revoked": self._stop, "restricted": self._keep_away, "blocked": self._block, "expired": self._wait}
        if self.state in acts:
            acts[self.state]()

    def _all(self) -> Iterator[UUID]:
        yield from self.someone.shares.values()

    def _stop(self) -> None:
        for share in self._all():
            with transaction.atomic():
                sharing.stop_share(share_id=share, by=self.by, at=datetime.now(UTC))

    def _keep_away(self) -> None:
        for where in (RECEIVER, RESIDENCE, COURT):
            with transaction.atomic():
                sharing.keep_from(
                    held_record_id=self.held, organisation_id=self.town.bodies.ids[where], by=self.by,
                    at=datetime.now(UTC),
                )  # fmt: skip

    def _block(self) -> None:
        with transaction.atomic():
            referrals.shut_out(organisation_id=self.town.bodies.ids[COURT], by=self.by, at=datetime.now(UTC))
        for role in ("family", "ex_partner"):
            with transaction.atomic():
                sharing.shut_out_taker(share_id=self.someone.shares[role], by=self.by, at=datetime.now(UTC))

    def _wait(self) -> None:
        time.sleep(max((self.until - datetime.now(UTC)).total_seconds(), 0) + 0.1)


def refuse_unknown_share(role: str, state: str, data_class: str) -> None:
    """States of what is shown outside that no consent of this version can be in.

    Refuses: NotBuilt, which names the part.
    """
    nothing = {"none", "n/a", "private", "shared_peer", "at_desk"}
    of_allies = {
        "named_covering",
        "named_other_class",
        "named_other_recipient",
        "revoked",
        "expired",
        "blocked",
        "draft",
    }
    if role in {"family", "ex_partner"} and state not in nothing | of_allies:
        raise NotBuilt(f"a consent for somebody close in the state {state}")
    if role == "probation" and state not in nothing | of_allies | {"cj_referral", "restricted"}:
        raise NotBuilt(f"a consent for an officer in the state {state}")
    if role == "other_person" and state not in nothing:
        raise NotBuilt("a consent that names another participant")
    shown = {*SHAREABLE, "sud_counseling_notes", "received_part2_record"}
    if (
        role in {"recv_staff", "housing"}
        and data_class not in {*shown, "referral_task"}
        and state not in (nothing | {"named_other_class"})
    ):
        raise NotBuilt(f"a consent that shows another organisation {data_class}")
    if role != "recv_staff" and state in {"tpo_active", "tpo_no_relationship", "notes_consent"}:
        raise NotBuilt(f"the state {state} for {role}")
