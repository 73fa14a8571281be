"""What surveys hears."""
