"""A real Kubernetes of one node for tests, made from package registries alone."""
