"""Routing's gRPC service."""
