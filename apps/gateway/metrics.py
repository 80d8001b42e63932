"""What this process has done, for Prometheus (/metrics)."""

from prometheus_client import Counter, Gauge, Histogram

CONNECTIONS = Gauge("ocpp_connections", "Stations connected to this process")
REFUSALS = Counter("ocpp_refused_handshakes", "Refused handshakes by reason", ["reason"])
FRAMES = Counter("ocpp_frames", "Frames committed, both directions")
BATCHES = Histogram(
    "ocpp_commit_seconds",
    "Time of one group commit",
    buckets=(0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 1, 5),
)
BATCH_SIZES = Histogram(
    "ocpp_commit_items", "Items in one group commit", buckets=(1, 2, 5, 10, 25, 50, 100, 256)
)
CALL_TIMEOUTS = Counter("ocpp_call_timeouts", "Calls that stations never answered")
