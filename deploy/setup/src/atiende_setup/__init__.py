"""Prepares what the platform stands on. Each step may be repeated and then changes nothing."""
