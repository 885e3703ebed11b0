"""Joining, running the machine, signing in, coming back, second factors, demonstrations: one module each."""
