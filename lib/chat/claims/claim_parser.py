"""The claims of a text that can be looked up: figures, days, names."""

from dataclasses import dataclass

from lib.chat.claims.days import DayClaim, find_days
from lib.chat.claims.figures import Figure, find_figures
from lib.chat.claims.names import NameClaim, find_names


@dataclass(frozen=True)
class Claims:
    """What a text claims, each in order. A figure is no part of a day."""

    figures: tuple[Figure, ...]
    days: tuple[DayClaim, ...]
    names: tuple[NameClaim, ...]

    @property
    def has_any(self) -> bool:
        return bool(self.figures or self.days or self.names)


def find_claims(text: str) -> Claims:
    days = tuple(find_days(text))
    rest = list(text)
    for day in days:
        rest[day.start : day.end] = " " * (day.end - day.start)
    return Claims(figures=tuple(find_figures("".join(rest))), days=days, names=tuple(find_names(text)))
