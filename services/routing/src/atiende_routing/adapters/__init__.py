"""What routing stands on: the document store, the release."""
