"""The gRPC service of surveys."""
