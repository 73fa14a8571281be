"""The collection of surveys."""
