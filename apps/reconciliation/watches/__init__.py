"""What is watched: each a question to the database about what is now so.

A watch gives its findings in a constant number of questions; ``services`` holds them against the
cases that are current. What it finds no longer is over.
"""

from collections.abc import Callable, Iterator, Mapping

from apps.reconciliation.life import Finding, Moment
from apps.reconciliation.watches import cards, connectors, sessions, stations

Watch = Callable[[Moment], Iterator[Finding]]

WATCHES: Mapping[str, Watch] = {
    **sessions.WATCHES, **connectors.WATCHES, **stations.WATCHES, **cards.WATCHES,
}  # fmt: skip
