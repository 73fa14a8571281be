"""Use cases of channels, against the ports of `ports.py`."""
