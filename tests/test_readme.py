import re
from collections.abc import Iterator

from pydantic import AliasChoices

from lib.settings import EnvironmentSettings, ModelSettings, Settings
from tests.support.server import REPOSITORY

README = (REPOSITORY / "README.md").read_text(encoding="utf-8")
SET_BY_ZEN = {"ZEN_LOCAL"}  # the server sets it for its own pages


def names_of(kind: type[EnvironmentSettings]) -> Iterator[str]:
    for field in kind.model_fields.values():
        alias = field.validation_alias
        yield from map(str, alias.choices if isinstance(alias, AliasChoices) else [alias])


def test_the_table_of_settings_has_every_setting_and_no_other() -> None:
    rows = [line for line in README.split("## Settings")[1].split("\n## ")[0].splitlines() if line.startswith("| `")]
    documented = {name for row in rows for name in re.findall(r"`([A-Z][A-Z_]+)`", row)}
    local = {"ZEN_LOCAL_DIR", "ZEN_LOCAL_PORT", "ZEN_LOCAL_REST"}
    assert documented == {*names_of(Settings), *names_of(ModelSettings), *local} - SET_BY_ZEN


def test_the_links_of_the_readme_lead_somewhere() -> None:
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", README) if not link.startswith("http")]
    assert links
    assert [link for link in links if not (REPOSITORY / link).exists()] == []
