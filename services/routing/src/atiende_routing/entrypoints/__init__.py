"""How routing is reached: HTTP, gRPC, events."""
