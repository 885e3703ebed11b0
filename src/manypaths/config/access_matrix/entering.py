"""Drives the cells of the sign-in itself: the answer does not tell whether a name is known."""

from collections.abc import Iterator
from datetime import UTC, datetime

from manypaths.accounts.commands import joining
from manypaths.config.access_matrix import persons
from manypaths.config.access_matrix.ground import Ground
from manypaths.config.access_matrix.reading import Cell
from manypaths.config.access_matrix.verdict import Verdict, judged
from manypaths.config.access_matrix.viewing import told_apart
from manypaths.config.access_matrix.visitor import Visitor
from manypaths.config.access_matrix.words import NotBuilt

WRONG_WORDS = "never the right words here"
UNKNOWN = "amber-otter-1234"
ENDED = "somebody who closed their account"
FORMS = {
    "login_failure": (("/enter", {"passphrase": WRONG_WORDS, "device": "shared"}),),
    "password_reset": (
        ("/enter/lost/card", {"code": "1234-5678", "passphrase": WRONG_WORDS, "device": "shared"}),
        ("/enter/lost/trusted", {"code": "1234-5678"}),
    ),
}


def unknown_name(ground: Ground, cell: Cell) -> Verdict:
    """Send the form for a name that nobody has, and for names that somebody has: one answer."""
    if cell.role != "anon" or cell.expect != "neutral":
        raise NotBuilt(f"a way to try {cell.action} as {cell.role}")
    someone = ground.world.someone("none")
    names = [someone.username, ground.world.worker("frontdesk").email, _ended(ground)]
    before, faults, answers = ground.before(cell, someone), [], []
    for path, form in FORMS[cell.action]:
        nobody = Visitor(ground.world.site).post(path, {**form, "name": UNKNOWN})
        faults += [] if nobody.status == cell.http else [f"{path} answers {nobody.status}, the file says {cell.http}"]
        for name in names:
            answer = Visitor(ground.world.site).post(path, {**form, "name": name})
            answers.append(answer)
            faults += _alike(path, answer.without(name), nobody.without(UNKNOWN))
    return judged([*faults, *ground.beside(cell, someone, before, answers, ())], pages_only=True)


def _alike(path: str, one: tuple[object, ...], other: tuple[object, ...]) -> Iterator[str]:
    yield from (fault.replace("an id that does not exist", "an unknown name") for fault in told_apart(path, one, other))


def _ended(ground: Ground) -> str:
    """The name of an account that was closed."""
    if ENDED not in ground.world.known:
        someone = ground.world.known[ENDED] = persons.join()
        assert someone.reader.account_id is not None
        joining.end_account(account_id=someone.reader.account_id, by=someone.reader, at=datetime.now(UTC))
    return ground.world.known[ENDED].username
