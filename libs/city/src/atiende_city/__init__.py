"""atiende_city."""
