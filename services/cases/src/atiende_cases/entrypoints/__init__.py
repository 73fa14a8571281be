"""Ways in: HTTP, gRPC, events."""
