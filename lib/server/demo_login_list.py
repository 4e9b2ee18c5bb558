from lib.auth.model import DemoLogin, Role
from lib.demo.people import DEMO_PEOPLE
from lib.settings import Settings


def list_demo_logins(settings: Settings) -> tuple[DemoLogin, ...]:
    """The people of the demo book on the embedded Supabase; nobody on any other."""
    if not settings.is_local:
        return ()
    return tuple(
        DemoLogin(
            full_name=person.full_name,
            company=person.company,
            role=Role(person.role),
            email=person.email,
            password=person.password,
        )
        for person in DEMO_PEOPLE
    )
