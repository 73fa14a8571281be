"""What staff does at the desk, one use case per file."""
