"""Small servers that speak the providers' published protocols, for the demo and the tests."""
