"""The rules of channels: pure Python, no I/O."""
