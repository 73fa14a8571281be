"""The rules of routing: pure, without I/O."""
