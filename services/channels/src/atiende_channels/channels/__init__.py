"""One folder per channel, one line each in `registry.py`."""
