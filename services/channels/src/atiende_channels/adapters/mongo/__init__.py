"""Room of the service; see the modules."""
