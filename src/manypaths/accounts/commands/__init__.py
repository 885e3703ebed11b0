"""Joining, signing in, coming back, second factors, demonstrations: one module each."""
