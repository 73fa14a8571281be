"""Event handlers."""
