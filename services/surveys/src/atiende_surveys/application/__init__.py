"""The use cases of surveys and the ports they need."""
