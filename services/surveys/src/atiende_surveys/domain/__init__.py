"""The rules of surveys: pure, without I/O."""
