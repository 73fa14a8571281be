"""Measurements of the whole; no test looks at their figures."""
