"""A city's data as one folder of files, and back onto empty servers (reliability plan, R15).

All databases are read at one moment of the database's clock, fixed right after a look at where the
bus stands. So an event is in its document's outbox, or on the bus and not heard by everybody, or
heard; a restored platform publishes the first, hears the second again, and has the effects of the
third.
"""
