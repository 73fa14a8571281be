"""Routing's collections."""
