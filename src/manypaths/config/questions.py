"""The six questions that a real community begins with: each answer is checked as it is given, all are shown once."""

import sys
from dataclasses import dataclass
from datetime import UTC, datetime

from django.core.management import CommandError, call_command

from manypaths.config.ports import public_address
from manypaths.config.runner import NOTHING_FOUNDED
from manypaths.config.steps import fail, say
from manypaths.network import commands as network
from manypaths.network.places import find_places
from manypaths.network.queries import communities
from manypaths.network.rules import SYSTEM


@dataclass(frozen=True)
class Question:
    """One question, the short name of its answer, and the parts of the answer that can be refused."""

    key: str
    label: str
    words: str
    fields: tuple[str, ...] = ()


QUESTIONS = (
    Question(
        "place",
        "Place",
        "Which place is this for? A ZIP code, or a town and its state, for example Brattleboro, VT",
    ),
    Question("name", "Community", "What does the community of support call itself?"),
    Question(
        "languages",
        "Languages",
        "Which languages does the community speak? en, es, or both. The first is for devices that ask for neither",
    ),
    Question(
        "coordinator",
        "First coordinator",
        "Who coordinates first and invites the others? A name and an e-mail address",
        ("coordinator_name", "coordinator_email"),
    ),
    Question("privacy_contact", "About privacy", "Who answers questions about privacy? A name and how to reach them"),
    Question("operator", "This machine", "Who runs this machine? A name and how to reach them"),
)
SHOWN = {"en": "English", "es": "Spanish"}


def have_a_community(address: str) -> int:
    """Ask for a community where there is none; where its coordinator has not come in, print the link again."""
    if needs_community():
        return ask_for_community(address)
    tell_first_link(address)
    return 0


def needs_community() -> bool:
    """Whether no community has been founded in this database."""
    return not communities()


def ask_for_community(address: str) -> int:
    """Ask the six questions, show the answers, and found the community; on no terminal, say what to do."""
    if not sys.stdin.isatty():
        fail("This database holds no community yet. Run ./manypaths serve on a terminal once; it asks six questions.")
        return 1
    say("\nThis database is new. Six questions, and your community can be reached.\n")
    answers: dict[str, str] = {}
    try:
        for question in QUESTIONS:
            _ask(question, answers)
        _look_over(answers)
        while not _found(answers, address):
            _look_over(answers)
    except (KeyboardInterrupt, EOFError):
        return NOTHING_FOUNDED
    return 0


def _ask(question: Question, answers: dict[str, str]) -> None:
    """Ask until the rules take this answer."""
    before = answers.get(question.key, "")
    while True:
        answer = input(f"{question.words}{f' [{before}]' if before else ''}\n> ").strip() or before
        wrong = (
            reasons_against(question, {**answers, question.key: answer}) if answer else ["This one needs an answer."]
        )
        if not wrong:
            answers[question.key] = answer
            return
        say("\n".join(wrong))


def reasons_against(question: Question, answers: dict[str, str]) -> list[str]:
    """What is wrong with one answer, whatever has been said to the other questions."""
    whole = founding({one.key: "" for one in QUESTIONS} | answers)
    given = network.Answers(**(whole | {"languages": whole["languages"].split(",")}))  # type: ignore[arg-type]  # all but `languages` are texts
    fields = question.fields or (question.key,)
    return [str(one.message) for one in network.reasons_not_to_found(given) if one.field in fields]


def _look_over(answers: dict[str, str]) -> None:
    """Show all six once, and let each be changed by its number."""
    while True:
        say("\nThese are your six answers. No page can change them later.\n")
        for number, question in enumerate(QUESTIONS, 1):
            say(f"  {number}  {question.label:<18} {_understood(question.key, answers)}")
        wish = input(
            "\nEnter makes the community. A number changes that answer. Ctrl-C stops, and nothing is kept.\n> "
        )
        if not wish.strip():
            return
        if wish.strip() in {str(number) for number in range(1, len(QUESTIONS) + 1)}:
            _ask(QUESTIONS[int(wish) - 1], answers)
        else:
            say(f"\nThat is no number from 1 to {len(QUESTIONS)}.")


def _understood(key: str, answers: dict[str, str]) -> str:
    """An answer as it was taken."""
    whole = founding(answers)
    if key == "place":
        return str(find_places(answers["place"])[0])
    if key == "languages":
        return ", ".join(SHOWN[code] for code in whole["languages"].split(","))
    if key == "coordinator":
        return f"{whole['coordinator_name']}, {whole['coordinator_email']}"
    return answers[key]


def _found(answers: dict[str, str], address: str) -> bool:
    try:
        say()
        call_command("found_community", **founding(answers), address=public_address(address))
        return True
    except CommandError as refused:
        say(f"\n{refused}")
        return False


def founding(answers: dict[str, str]) -> dict[str, str]:
    """The six answers as the command takes them."""
    name, email = [], ""
    for word in answers["coordinator"].replace(",", " ").replace("<", " ").replace(">", " ").split():
        if "@" in word:
            email = word
        else:
            name.append(word)
    languages = answers["languages"].lower().replace("both", "en es").replace(",", " ").replace(" and ", " ").split()
    rest = {key: answers[key] for key in ("place", "name", "privacy_contact", "operator")}
    coordinator = {"coordinator_name": " ".join(name), "coordinator_email": email}
    return rest | coordinator | {"languages": ",".join(dict.fromkeys(languages))}


def tell_first_link(address: str) -> None:
    """Print a fresh link for a first coordinator who has not come in; on a terminal only, for a log is kept."""
    for community in communities() if sys.stdin.isatty() else ():
        code = network.invite_first_coordinator_again(community_id=community.id, by=SYSTEM, at=datetime.now(UTC))
        if code:
            say(f"\n  The first coordinator of {community.name} has not come in yet. A fresh link, once, for 7 days:")
            say(f"  {public_address(address)}/invited/{code}\n")
