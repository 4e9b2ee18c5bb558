"""Answers of wrong types and sizes."""

from typing import Any

MALFORMED_ANSWERS: tuple[Any, ...] = (
    None,
    "",
    "  ",
    "x" * 50_000,
    "\u202e\x00<b>",
    0,
    -1,
    1e308,
    float("nan"),
    float("inf"),
    10**30,
    True,
    [],
    [None],
    [[]],
    [1, "a", None],
    [{}],
    [{"item": 3, "seats": "many", "price": [], "discount": {}, "name": [], "uplift": "x", "goal": 1, "due": "soon"}],
    [{"seats": 1e300, "price": 1e300, "discount": -1e300, "uplift": 1e300}],
    [{"seats": 1e12, "price": 1e12, "discount": -1e12, "uplift": 1e12, "item": "most", "name": "most"}],
    {},
    {"a": 1},
    "2026-02-30",
    "25:61",
    "9999-12-31",
)
