"""Everything that is generated from proto/ and from the services' declared contracts."""
