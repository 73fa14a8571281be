"""Services for other services."""
