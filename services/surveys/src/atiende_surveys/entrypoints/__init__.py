"""How surveys is reached: HTTP, gRPC, events."""
