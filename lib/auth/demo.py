"""The people of the demo book, named on the sign-in page of the embedded Supabase and nowhere else."""

from importlib import import_module
from typing import Protocol

from lib.settings import Settings


class DemoPerson(Protocol):
    email: str
    full_name: str
    role: str
    company: str
    password: str


def demo_people(settings: Settings) -> tuple[DemoPerson, ...]:
    """Empty on any Supabase but the embedded one, and where no demo book is installed."""
    if not settings.is_local:
        return ()
    try:
        people: tuple[DemoPerson, ...] = import_module("lib.demo.people").DEMO_PEOPLE
    except ModuleNotFoundError:
        return ()
    return people


def demo_password(settings: Settings, email: str) -> str:
    """The password of a demo person; empty for anyone else."""
    return next((person.password for person in demo_people(settings) if person.email == email), "")
