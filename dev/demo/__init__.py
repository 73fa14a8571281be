"""A day of a city, played over the running platform."""
