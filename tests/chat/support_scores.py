"""Scores the check of cited sentences on the corpus of `support_pairs.toml`.

python -m tests.chat.support_scores             the tuning half, each miss quoted
python -m tests.chat.support_scores --held-out  the other half and `support_pairs_held_out.toml`, counts only
"""

import hashlib
import sys
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lib.chat.claims.sentence_support import SourcePassage, SupportError, find_support_error

PAIRS = Path(__file__).with_name("support_pairs.toml")
HELD_OUT_PAIRS = Path(__file__).with_name("support_pairs_held_out.toml")
KINDS = ("supported", "altered_figure", "altered_name", "negated", "invented")


@dataclass(frozen=True, kw_only=True)
class SupportPair:
    """A sentence that cites a passage. `kind` is one of KINDS."""

    kind: str
    sentence: str
    label: str
    passage: str
    is_held_out: bool

    @property
    def error(self) -> SupportError | None:
        return find_support_error(self.sentence, [SourcePassage(self.label, self.passage)])

    @property
    def is_judged_rightly(self) -> bool:
        return (self.error is None) == (self.kind == "supported")


def list_support_pairs() -> Iterator[SupportPair]:
    """The pairs of both files; of the first the passages whose hash begins with an odd byte are held out."""
    for passage in tomllib.loads(PAIRS.read_text())["passage"]:
        yield from _list_pairs_of(passage, hashlib.sha256(passage["text"].encode()).digest()[0] % 2 == 1)
    for passage in tomllib.loads(HELD_OUT_PAIRS.read_text())["passage"]:
        yield from _list_pairs_of(passage, is_held_out=True)


def _list_pairs_of(passage: Mapping[str, Any], is_held_out: bool) -> Iterator[SupportPair]:
    for kind in KINDS:
        for sentence in passage.get(kind, ()):
            yield SupportPair(
                kind=kind,
                sentence=sentence,
                label=passage["label"],
                passage=passage["text"],
                is_held_out=is_held_out,
            )


def score_support_pairs(*, is_held_out: bool) -> dict[str, tuple[int, int]]:
    """By kind, how many sentences were judged rightly, of how many."""
    pairs = [pair for pair in list_support_pairs() if pair.is_held_out == is_held_out]
    return {
        kind: (
            sum(pair.is_judged_rightly for pair in pairs if pair.kind == kind),
            sum(pair.kind == kind for pair in pairs),
        )
        for kind in KINDS
    }


def main() -> None:
    is_held_out = "--held-out" in sys.argv
    scores = score_support_pairs(is_held_out=is_held_out)
    for kind, (right, all_of_them) in scores.items():
        print(f"{kind:16} {right:3} of {all_of_them}")
    dropped = [score for kind, score in scores.items() if kind != "supported"]
    right, all_of_them = (sum(column) for column in zip(*dropped, strict=True))
    print(f"kept {scores['supported'][0] / scores['supported'][1]:.1%}, dropped {right / all_of_them:.1%}")
    for pair in () if is_held_out else list_support_pairs():
        if not pair.is_held_out and not pair.is_judged_rightly:
            print(f"  {pair.kind} ({pair.error}): {pair.sentence}\n    {pair.passage}")


if __name__ == "__main__":
    main()
