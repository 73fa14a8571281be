"""Where the world calls in: HTTP, gRPC, events, LMTP."""
