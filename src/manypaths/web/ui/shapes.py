"""Small shapes that pages hand to components. Any object with the same names will do."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    """A column of `<c-table>`; numbers stand on the right."""

    name: str
    number: bool = False


@dataclass(frozen=True)
class Step:
    """A step of `<c-path>`. State is done, now, later or off (stopped)."""

    title: str
    state: str = "later"
    note: str = ""


@dataclass(frozen=True)
class Fact:
    """A fact of `<c-result>`: an icon with words, and a label for those who hear the page."""

    icon: str
    words: str
    label: str = ""


@dataclass(frozen=True)
class Option:
    """A chip of `<c-picks>`."""

    value: str
    label: str
    icon: str = ""


@dataclass(frozen=True)
class Sight:
    """A row of `<c-who-sees>`: who, what they see, and until when."""

    name: str
    what: str
    until: str = ""
