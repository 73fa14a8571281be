"""A city's data as one folder of files, and back onto empty servers (reliability plan, R15).

What is one moment: all databases are read at one point of the database's clock, and the events on
the bus are cut at a moment when nothing was published before and after that point. So an event is
either in its document's outbox, or on the bus and not heard by everybody, or heard; a restored
platform publishes the first, hears the second again, and has the effects of the third.
"""
