"""What citizens do themselves, in the portal: one use case per file."""
