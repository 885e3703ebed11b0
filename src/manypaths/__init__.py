"""Manypaths: software for recovery-oriented systems of care."""

__version__ = "0.1.0"
