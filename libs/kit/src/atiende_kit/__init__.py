"""atiende_kit."""
