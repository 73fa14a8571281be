"""What a city would install instead, run on the same machine and asked by the same client.

Each peer gets an environment of its own from PyPI and a database on PostgreSQL, with its usual
server; nothing of it is part of the product or of its tests.
"""
