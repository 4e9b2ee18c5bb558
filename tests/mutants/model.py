"""A mutant: one passage of one file written differently, and the tests that must notice."""

from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]


@dataclass(frozen=True, kw_only=True)
class Mutant:
    """`before` stands exactly once in the file `path`; `tests` are what pytest is given, files or folders."""

    name: str
    path: str
    before: str
    after: str
    tests: tuple[str, ...]

    def apply(self, source: str) -> str:
        """The file's text with the fault in it. Raises ValueError if the passage is not there exactly once."""
        if source.count(self.before) != 1:
            raise ValueError(f"{self.path}: “{self.before}” stands there {source.count(self.before)} times, not once.")
        return source.replace(self.before, self.after)


def make_mutants(path: str, tests: str, *faults: tuple[str, str, str]) -> tuple[Mutant, ...]:
    """Mutants of one file: `faults` are name, before and after; `tests` are separated by blanks."""
    return tuple(
        Mutant(name=name, path=path, before=before, after=after, tests=tuple(tests.split()))
        for name, before, after in faults
    )
