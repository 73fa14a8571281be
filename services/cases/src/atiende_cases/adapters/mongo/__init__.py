"""Documents in MongoDB."""
