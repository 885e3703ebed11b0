"""Made-up facts, written as the night writes them, and a plain recount of them to compare with."""

import random
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pyarrow as pa
import pyarrow.parquet as pq

from manypaths.indicators.engine import VIEWS

KINDS = ("recovery_home", "peer_coach", "outpatient", None)
AREAS = ("50023", "50001", "25001", None)


REASONS_OF = {
    "rejected": ["full", "not_eligible", None],
    "failed": ["full", "not_eligible", None],
    "cancelled": ["offer_ended", "left_community", "changed_mind", "person_asked_to_stop", None],
}


def request_fact(community: UUID, chance: random.Random, month: date, people: int = 10_000) -> dict[str, Any]:
    """One request as the view tells it."""
    status = chance.choice(
        ["requested", "accepted", "in_progress", "on_hold", "completed", "rejected", "failed", "cancelled"]
    )
    reached = chance.random() < 0.6
    return {
        "community": str(community),
        "month_requested": month,
        "kind": chance.choice(KINDS),
        "area": chance.choice(AREAS),
        "status": status,
        "reason": chance.choice(REASONS_OF.get(status, [None])),
        "silent": status in ("requested", "cancelled") and chance.random() < 0.5,
        "days_to_answer": chance.randint(0, 5),
        "days_to_first_contact": chance.randint(0, 30) if reached else None,
        "days_open": chance.randint(0, 60),
        "worker_outcome": chance.choice(["met", "partly", None]) if status == "completed" else None,
        "person_answer": chance.choice(["yes", "no", None]) if status == "completed" else None,
        "asked_again": chance.random() < 0.2,
        "who": f"{chance.randrange(people):064x}",
    }


def write(folder: Path, view: str, rows: list[dict[str, Any]]) -> None:
    """Write rows where `open_facts` looks."""
    home = folder / "ready" / view
    home.mkdir(parents=True, exist_ok=True)
    pq.write_table(VIEWS[view].empty_table(), home / "empty.parquet")
    for number, row in enumerate(_by_community(rows)):
        target = home / f"community={row[0]['community']}" / "year=2026"
        target.mkdir(parents=True, exist_ok=True)
        pq.write_table(pa.Table.from_pylist(row, VIEWS[view]), target / f"{number}.parquet")


def write_all(folder: Path, requests: list[dict[str, Any]], searches: list[dict[str, Any]]) -> None:
    """Write both kinds of facts."""
    write(folder, "referrals_facts", requests)
    write(folder, "directory_gap_facts", searches)


def _by_community(rows: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        found.setdefault(row["community"], []).append(row)
    return list(found.values())


def leaf_of(fact: dict[str, Any]) -> tuple[str, ...]:
    """Where a request stands in the tree of results, from leaf to root: written again from the prose."""
    reached = fact["days_to_first_contact"] is not None or fact["status"] == "completed"
    if reached:
        over = fact["status"] in ("rejected", "failed", "cancelled")
        return ("done" if fact["status"] == "completed" else "ended_early" if over else "going_on", "reached", "*")
    if fact["status"] == "rejected":
        return (f"reason:{fact['reason'] or 'not_given'}", "gap", "not_reached", "*")
    if fact["status"] == "failed":
        return ("ended_unreached", "other", "not_reached", "*")
    if fact["silent"]:
        return ("silence", "gap", "not_reached", "*")
    if fact["status"] == "cancelled" and fact["reason"] in ("offer_ended", "left_community"):
        return ("ended_by_place", "other", "not_reached", "*")
    return ("taken_back" if fact["status"] == "cancelled" else "waiting", "other", "not_reached", "*")
