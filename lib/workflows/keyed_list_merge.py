"""Three-way merge of the order of lists whose entries have a key. Pure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from lib.workflows.keyed_list_diff import find_moved_keys


@dataclass(frozen=True, kw_only=True)
class MergedOrder:
    """`keys` in the merged order; with a conflict in ours. `has_their_moves`: theirs moved some of them."""

    keys: tuple[str, ...]
    has_conflict: bool = False
    has_their_moves: bool = False


def merge_key_order(
    base: Sequence[str], ours: Sequence[str], theirs: Sequence[str], keys: Collection[str]
) -> MergedOrder:
    """Order `keys`, each of which stands in ours or theirs. A conflict is when both moved the same one elsewhere."""
    mine = [key for key in ours if key in keys]
    other = [key for key in theirs if key in keys]
    our_moves, their_moves = (find_moved_keys(base, side) for side in (mine, other))
    if not our_moves:
        return MergedOrder(keys=order_keys_like(keys, other, mine), has_their_moves=bool(their_moves))
    if not their_moves or order_keys_like(mine, other, mine) == tuple(mine):
        return MergedOrder(keys=order_keys_like(keys, mine, other))
    both = [
        key
        for key in their_moves
        if key in our_moves and _find_neighbour_keys(mine, key) != _find_neighbour_keys(other, key)
    ]
    if both:
        return MergedOrder(keys=order_keys_like(keys, mine, other), has_conflict=True)
    order = list(order_keys_like(keys, mine, other))
    for key in their_moves:
        if key not in our_moves:
            _move_key_like(order, key, other, our_moves)
    return MergedOrder(keys=tuple(order), has_their_moves=True)


def order_keys_like(keys: Collection[str], first: Sequence[str], then: Sequence[str]) -> tuple[str, ...]:
    """`keys` in the order of `first`; each that is only in `then` stands behind the one it follows there."""
    order = [key for key in first if key in keys]
    previous: str | None = None
    for key in then:
        if key not in keys:
            continue
        if key not in order:
            order.insert(order.index(previous) + 1 if previous is not None else 0, key)
        previous = key
    return tuple(order)


def _move_key_like(order: list[str], key: str, other: Sequence[str], our_moves: Collection[str]) -> None:
    """Move `key` behind the one before it in `other`; before the one behind it where we moved the former away."""
    before, behind = _find_neighbour_keys(other, key)
    order.remove(key)
    if behind is not None and behind not in our_moves and (before is None or before in our_moves):
        order.insert(order.index(behind), key)
    else:
        order.insert(order.index(before) + 1 if before is not None else 0, key)


def _find_neighbour_keys(order: Sequence[str], key: str) -> tuple[str | None, str | None]:
    place = order.index(key)
    before = order[place - 1] if place else None
    return before, order[place + 1] if place + 1 < len(order) else None
