"""Invites the demo's people, signs them up over HTTP, and has them join: nobody reads the mail they would get."""

from lib.auth.auth_error_translation import translate_auth_errors
from lib.db.client import create_http_pool, create_supabase_client
from lib.demo.demo_loader import Connection
from lib.demo.ids import derive_company_id, derive_demo_id
from lib.demo.people import DEMO_PEOPLE, NEIGHBOUR, VENDOR, DemoPerson
from lib.settings import Settings


def sign_up_people(connection: Connection, settings: Settings) -> int:
    """Make the companies, the invitations and the accounts that are missing; how many people signed up.

    Committed before anybody signs up, because signing up happens on another connection.
    """
    for name in (VENDOR, NEIGHBOUR):
        connection.execute(
            "insert into public.companies (id, name) values (%s, %s) on conflict do nothing",
            [derive_company_id(name), name],
        )
    for person in DEMO_PEOPLE:
        connection.execute(
            "insert into public.company_invites (id, company_id, email, role, full_name) values (%s, %s, %s, %s, %s) "
            "on conflict do nothing",
            [
                derive_demo_id("invite", person.email),
                derive_company_id(person.company),
                person.email,
                person.role,
                person.full_name,
            ],
        )
    connection.commit()
    known = connection.execute("select lower(email) from auth.users").fetchall()
    connection.commit()
    missing = [person for person in DEMO_PEOPLE if (person.email,) not in known]
    _sign_up_over_http(missing, settings)
    for person in missing:
        connection.execute(
            "select private.join_company(u.id, %s, null) from auth.users u where u.email = %s",
            [derive_demo_id("invite", person.email), person.email],
        )
    connection.commit()
    return len(missing)


def _sign_up_over_http(people: list[DemoPerson], settings: Settings) -> None:
    with translate_auth_errors(), create_http_pool() as pool:
        for person in people:
            create_supabase_client(settings, pool).auth.sign_up(
                {
                    "email": person.email,
                    "password": person.password,
                    "options": {"data": {"full_name": person.full_name}},
                }
            )
