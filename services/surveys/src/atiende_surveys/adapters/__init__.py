"""What surveys stands on: the document store, the release."""
