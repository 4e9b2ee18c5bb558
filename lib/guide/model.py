from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class GuideSection:
    """A part of a guide page. `heading` is empty for what stands before the first one; `text` is Markdown."""

    heading: str
    text: str


@dataclass(frozen=True, kw_only=True)
class GuidePage:
    """A file of docs/guide: `name` is the file's without its ending, `title` its first heading."""

    name: str
    title: str
    sections: tuple[GuideSection, ...]


@dataclass(frozen=True, kw_only=True)
class GuideHit:
    """A section that matches a search, with its page."""

    page: GuidePage
    section: GuideSection
