"""The operator's command for companies: `python -m lib.companies create NAME --admin ADDRESS | list`.

It needs the secret key of the Supabase named in the environment, or the running local one. The app never uses it.
"""

import argparse
import sys

from lib.companies.company_creation import create_company, list_companies
from lib.errors import ZenError
from lib.operator_client import create_operator_client


def main(arguments: list[str] | None = None) -> int:
    """Exit code 0 when all went well, 1 when something was refused or failed."""
    options = _build_argument_parser().parse_args(arguments)
    try:
        if options.command == "list":
            for company in list_companies(create_operator_client()):
                print(f"{company.id}  {company.name}")
            return 0
        made = create_company(
            create_operator_client(),
            options.name,
            admin=options.admin,
            admin_name=options.admin_name,
            app_url=options.app_url,
        )
    except ZenError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{made.company.id}  {made.company.name}")
    print(f"{made.admin} is invited as its admin. The worker mails it; they join at {made.join_url or '/auth/join'}.")
    return 0


def _build_argument_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m lib.companies", description="The companies of a Supabase.")
    commands = parser.add_subparsers(dest="command", required=True)
    create = commands.add_parser("create", help="begin a company and invite its first admin")
    create.add_argument("name", metavar="NAME", help="the name of the company")
    create.add_argument("--admin", required=True, metavar="ADDRESS", help="the email address of its first admin")
    create.add_argument("--admin-name", metavar="NAME", help="their name; they may give another one")
    create.add_argument("--app-url", metavar="URL", help="where the app is, such as https://zen.example.com")
    commands.add_parser("list", help="print the id and name of each company")
    return parser


if __name__ == "__main__":
    sys.exit(main())
