import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import AliasChoices

from lib.llm.model_settings import ModelSettings
from lib.llm.text_embedder import EmbeddingSettings
from lib.server.server_settings import ServerSettings
from lib.server.uvicorn_proxy_headers import SETTING as FORWARDING_SETTING
from lib.settings import EnvironmentSettings, RefusalSettings, Settings, WebhookSettings
from lib.worker.mail_settings import MailSettings
from tests.support.server import REPOSITORY

DOCUMENTS = [
    Path("README.md"),
    Path("CONTRIBUTING.md"),
    *(p.relative_to(REPOSITORY) for p in REPOSITORY.glob("docs/**/*.md")),
]
SET_BY_ZEN = {"ZEN_LOCAL"}  # the server sets it for its own pages


def read(document: Path) -> str:
    return (REPOSITORY / document).read_text(encoding="utf-8")


def names_of(kind: type[EnvironmentSettings]) -> Iterator[str]:
    for field in kind.model_fields.values():
        alias = field.validation_alias
        yield from map(str, alias.choices if isinstance(alias, AliasChoices) else [alias])


def test_the_table_of_settings_has_every_setting_and_no_other() -> None:
    rows = [
        line
        for line in read(Path("README.md")).split("## Settings")[1].split("\n## ")[0].splitlines()
        if line.startswith("| `")
    ]
    documented = {name for row in rows for name in re.findall(r"`([A-Z][A-Z_]+)`", row)}
    others = {
        "ZEN_LOCAL_DIR",
        "ZEN_LOCAL_PORT",
        "ZEN_LOCAL_REST",
        "ZEN_LOCAL_POSTGRES",
        "ZEN_LOCAL_WORKER",
        FORWARDING_SETTING,
    }
    kinds = (Settings, RefusalSettings, ModelSettings, ServerSettings, MailSettings, WebhookSettings, EmbeddingSettings)
    assert documented == ({name for kind in kinds for name in names_of(kind)} | others) - SET_BY_ZEN


@pytest.mark.parametrize("document", DOCUMENTS, ids=str)
def test_links_lead_somewhere(document: Path) -> None:
    folder = (REPOSITORY / document).parent
    links = [link for link in re.findall(r"\]\(([^)#]+)[^)]*\)", read(document)) if not link.startswith("http")]
    assert [link for link in links if not (folder / link).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=str)
def test_files_and_modules_that_are_named_exist(document: Path) -> None:
    text = read(document)
    paths = re.findall(r"`((?:lib|pages|supabase|tests)/[\w./-]+)`", text)
    paths += [module.replace(".", "/") for module in re.findall(r"`(lib(?:\.[a-z]\w*)+)`", text)]
    assert [path for path in paths if not exists(path)] == []


def exists(path: str) -> bool:
    """A file, a folder, a module, or a name in a module."""
    found = REPOSITORY / path
    return found.exists() or found.with_suffix(".py").exists() or found.parent.with_suffix(".py").exists()
