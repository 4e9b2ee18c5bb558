"""Ids that are the same in every database. Three kinds stand in for ids only the database knows: a person's, given
at sign-up, a stock version's, given when it was seeded, and a global action's; `loading` replaces them.
"""

from uuid import NAMESPACE_DNS, uuid5

NAMESPACE = uuid5(NAMESPACE_DNS, "demo.zen.example")


def derive_demo_id(*parts: object) -> str:
    """The id of what these words name, such as ("customer", "obsidian-black")."""
    return str(uuid5(NAMESPACE, "/".join(str(part) for part in parts)))


def derive_company_id(name: str) -> str:
    return derive_demo_id("company", name)


def build_person_placeholder(email: str) -> str:
    return derive_demo_id("person", email)


def build_version_placeholder(workflow_id: str, version: int) -> str:
    return derive_demo_id("stock version", workflow_id, version)


def build_action_placeholder(kind: str) -> str:
    return derive_demo_id("global action", kind)
