"""Recordings: writing, reading and playing sound. NumPy only; no framework."""
