"""The kinds of signals a customer can have; `private.are_signal_kinds` has the same list."""

from typing import Literal, get_args

SignalKind = Literal[
    "sponsor_left",
    "champion_left",
    "low_usage",
    "usage_falling",
    "p1_open",
    "silence",
    "competitor",
    "detractor",
    "seats_full",
]
SIGNAL_KINDS: tuple[SignalKind, ...] = get_args(SignalKind)
