"""The one retry policy of the app: three attempts within a few seconds.

Only for what is safe to send twice: reads, and requests of which nothing was shown or stored yet. Never for writes,
which may have happened before the connection broke.
"""

import stamina

ATTEMPTS = 3
FIRST_WAIT_SECONDS = 0.05
LONGEST_WAIT_SECONDS = 1.0
TOTAL_SECONDS = 10.0  # no further attempt after this: a person waits

retry_reads = stamina.RetryingCaller(
    attempts=ATTEMPTS,
    timeout=TOTAL_SECONDS,
    wait_initial=FIRST_WAIT_SECONDS,
    wait_max=LONGEST_WAIT_SECONDS,
    wait_jitter=FIRST_WAIT_SECONDS,
)
"""`retry_reads(httpx.TransportError, call, *arguments)` returns what `call` returns, or raises its last error."""
