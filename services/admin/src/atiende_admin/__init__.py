"""Administration of the people who work for a city."""
