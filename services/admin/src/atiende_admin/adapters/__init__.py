"""The outside: Keycloak and the database."""
