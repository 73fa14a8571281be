"""The platform in one thread: real services over simulated time, database, broker and provider.

Every choice comes from one seed, so a run that fails is run again exactly (reliability R21).
"""
