"""A city with a past: many cases straight into the database of the cases service.

For benchmarks and for pages that want to be full. Cases are made by the service's own rules
(states, clocks, search terms) and written by its own repositories, but nobody is told: no event
goes out.
"""
