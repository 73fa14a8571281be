"""The use cases of routing and the ports they need."""
