"""Figures of the bus; the labels are declared names, so they are bounded."""

from prometheus_client import Counter, Gauge, Histogram

DELIVERIES = Counter(
    "atiende_deliveries_total", "Deliveries by what became of them.", ["durable", "outcome"]
)
BATCH_SECONDS = Histogram(
    "atiende_handler_batch_seconds", "Time a handler took for a batch.", ["durable"]
)
BATCH_SIZE = Histogram(
    "atiende_handler_batch_size",
    "Deliveries in a batch.",
    ["durable"],
    buckets=(1, 2, 5, 10, 20, 50, 100, 200, 500),
)
EVENT_AGE = Histogram(
    "atiende_event_age_seconds",
    "Time from an event until its handler was done with it.",
    ["durable"],
    buckets=(0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300, 3600),
)
PUBLISHED = Counter(
    "atiende_outbox_published_total", "Publications by what became of them.", ["outcome"]
)
OUTBOX_QUEUE = Gauge("atiende_outbox_queue", "Events waiting for the relay in this process.")
OUTBOX_SWEPT = Counter("atiende_outbox_swept_total", "Events that the sweeper had to pick up.")
