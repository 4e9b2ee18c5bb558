"""The people of the demo book, named on the sign-in page of the embedded Supabase and nowhere else."""

from lib.demo.people import DEMO_PEOPLE, DemoPerson
from lib.settings import Settings


def demo_people(settings: Settings) -> tuple[DemoPerson, ...]:
    """Empty on any Supabase but the embedded one."""
    return DEMO_PEOPLE if settings.is_local else ()


def demo_password(settings: Settings, email: str) -> str:
    """The password of a demo person; empty for anyone else."""
    return next((person.password for person in demo_people(settings) if person.email == email), "")
