"""Instruments as data: reads and checks their files, and scores answers. Pure; knows no person."""

from manypaths.outcomes.instruments.files import BadInstrument, Instrument, Line, Wording, read, shipped
from manypaths.outcomes.instruments.scoring import Score, score

__all__ = ["BadInstrument", "Instrument", "Line", "Score", "Wording", "read", "score", "shipped"]
