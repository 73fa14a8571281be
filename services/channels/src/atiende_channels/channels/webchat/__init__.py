"""Chat on the city's web pages."""
