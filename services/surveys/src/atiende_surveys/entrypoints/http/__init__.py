"""The HTTP API of surveys."""
