"""Manypaths: software for recovery-oriented systems of care."""
