"""The situations of demo customers. All usage, tickets and surveys follow from one of these.

An archetype says causes only: who left, when tickets burst, since when people drift away. `timeline` turns them into
weeks, and health comes out of the database's own formula.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class CustomerStory(StrEnum):
    LARGEST = "largest"
    GROWER = "grower"
    SILENT_GIANT = "silent_giant"
    PRICE_FIGHTER = "price_fighter"
    SHELFWARE = "shelfware"
    SUPPORT_STORM = "support_storm"
    HAPPY_SMALL = "happy_small"
    MID_TERM = "mid_term"
    ONBOARDING = "onboarding"
    COMPETITOR_TRIAL = "competitor_trial"
    MERGER = "merger"
    SINKING = "sinking"
    SPONSOR_LOST = "sponsor_lost"
    GREEN_WITHOUT_SPONSOR = "green_without_sponsor"
    FULL_AND_BURNING = "full_and_burning"
    DRIFTING = "drifting"
    FADING = "fading"
    OVERDUE = "overdue"
    BRAND_NEW = "brand_new"
    STEADY = "steady"
    CHURNED = "churned"


@dataclass(frozen=True, kw_only=True)
class UsageDrop:
    """A loss of `share` of the usage, beginning `since` weeks ago and spread over `weeks`."""

    since: int
    share: float
    weeks: int = 6


@dataclass(frozen=True, kw_only=True)
class Archetype:
    """`utilisation` is the level before anything happened, 0-1; `growth` what is added over the half-year.

    `silence` bounds the days since the last contact, `rhythm` those between contacts. `tickets` is per month; `burst`
    the week, counted back, in which many came. `mood` is the level of survey answers, 0-10. `left` names a role and
    the days since that person went.
    """

    utilisation: tuple[float, float] = (0.68, 0.86)
    growth: float = 0.0
    fall: UsageDrop | None = None
    silence: tuple[int, int] = (3, 24)
    rhythm: tuple[int, int] = (21, 40)
    tickets: float = 0.6
    burst: int | None = None
    open_p1: int = 0
    mood: float = 8.9
    left: tuple[str, int] | None = None
    critics: tuple[str, ...] = ()
    themes: tuple[str, ...] = ("well",)


ARCHETYPES: Mapping[CustomerStory, Archetype] = MappingProxyType(
    {
        CustomerStory.LARGEST: Archetype(
            utilisation=(0.74, 0.74), growth=0.06, tickets=1.2, critics=("economic_buyer",)
        ),
        CustomerStory.GROWER: Archetype(
            utilisation=(0.84, 0.84), growth=0.12, silence=(5, 14), mood=9.1, themes=("grow", "well")
        ),
        CustomerStory.SILENT_GIANT: Archetype(
            utilisation=(0.54, 0.54),
            silence=(38, 38),
            tickets=1.4,
            mood=7.6,
            left=("executive_sponsor", 18),
            themes=("well", "quiet"),
        ),
        CustomerStory.PRICE_FIGHTER: Archetype(
            utilisation=(0.51, 0.52),
            tickets=2.6,
            mood=6.0,
            silence=(27, 31),
            critics=("procurement",),
            themes=("price", "well"),
        ),
        CustomerStory.SHELFWARE: Archetype(
            utilisation=(0.37, 0.37),
            silence=(52, 54),
            rhythm=(30, 50),
            tickets=2.6,
            mood=4.6,
            themes=("shelf", "quiet"),
        ),
        CustomerStory.SUPPORT_STORM: Archetype(
            utilisation=(0.78, 0.78),
            fall=UsageDrop(since=5, share=0.3),
            silence=(2, 2),
            rhythm=(7, 18),
            tickets=3.0,
            burst=6,
            open_p1=3,
            mood=7.4,
            critics=("executive_sponsor",),
            themes=("support",),
        ),
        CustomerStory.HAPPY_SMALL: Archetype(utilisation=(0.82, 0.86), silence=(12, 14), tickets=0.3, mood=9.4),
        CustomerStory.MID_TERM: Archetype(utilisation=(0.74, 0.82), rhythm=(20, 34), tickets=0.8),
        CustomerStory.ONBOARDING: Archetype(
            utilisation=(0.30, 0.30), silence=(19, 21), rhythm=(9, 16), tickets=4.5, themes=("onboarding",)
        ),
        CustomerStory.COMPETITOR_TRIAL: Archetype(
            utilisation=(0.70, 0.70),
            fall=UsageDrop(since=6, share=0.36),
            silence=(25, 25),
            mood=6.6,
            tickets=2.4,
            themes=("competitor", "well"),
        ),
        CustomerStory.MERGER: Archetype(
            utilisation=(0.66, 0.66), growth=0.05, silence=(7, 7), tickets=1.2, themes=("merger",)
        ),
        CustomerStory.SINKING: Archetype(
            utilisation=(0.66, 0.66),
            fall=UsageDrop(since=8, share=0.5),
            silence=(27, 31),
            tickets=3.2,
            burst=7,
            open_p1=2,
            mood=5.6,
            critics=("economic_buyer",),
            themes=("support", "quiet"),
        ),
        CustomerStory.SPONSOR_LOST: Archetype(
            utilisation=(0.60, 0.61),
            silence=(36, 38),
            mood=7.5,
            tickets=1.4,
            left=("executive_sponsor", 44),
            themes=("departure", "well"),
        ),
        CustomerStory.GREEN_WITHOUT_SPONSOR: Archetype(
            utilisation=(0.80, 0.80), growth=0.04, silence=(9, 9), left=("executive_sponsor", 26), mood=9.0
        ),
        CustomerStory.FULL_AND_BURNING: Archetype(
            utilisation=(0.95, 0.95),
            silence=(3, 3),
            rhythm=(9, 18),
            tickets=1.0,
            open_p1=3,
            mood=8.4,
            themes=("support", "grow"),
        ),
        CustomerStory.DRIFTING: Archetype(
            utilisation=(0.60, 0.62),
            fall=UsageDrop(since=16, share=0.18, weeks=12),
            silence=(35, 41),
            rhythm=(30, 45),
            tickets=1.6,
            mood=7.0,
            themes=("quiet", "well"),
        ),
        CustomerStory.FADING: Archetype(
            utilisation=(0.42, 0.43),
            fall=UsageDrop(since=14, share=0.42),
            silence=(51, 53),
            rhythm=(34, 50),
            mood=5.0,
            tickets=2.4,
            themes=("quiet", "shelf"),
        ),
        CustomerStory.OVERDUE: Archetype(utilisation=(0.54, 0.54), silence=(34, 36), tickets=2.0, mood=7.5),
        CustomerStory.BRAND_NEW: Archetype(
            utilisation=(0.16, 0.16), silence=(2, 4), rhythm=(7, 10), tickets=2.5, themes=("onboarding",)
        ),
        CustomerStory.STEADY: Archetype(utilisation=(0.58, 0.84), silence=(3, 28), tickets=0.7, mood=8.5),
        CustomerStory.CHURNED: Archetype(
            utilisation=(0.4, 0.4),
            fall=UsageDrop(since=24, share=0.5),
            silence=(95, 95),
            mood=6.0,
            themes=("quiet", "shelf"),
        ),
    }
)
