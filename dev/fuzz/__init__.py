"""Bytes that nobody thought of, guided by what they reach (S29): `python -m dev.fuzz --help`."""
