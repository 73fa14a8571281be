"""What routing hears."""
