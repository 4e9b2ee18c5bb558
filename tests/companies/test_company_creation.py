"""A company begins: by the operator's command alone, until its first admin is in."""

import os
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lib.companies.company_creation import create_company
from lib.db.client import Client, create_http_pool
from lib.db.privileged_client import create_privileged_client
from lib.errors import InvalidInput
from lib.local import LocalStack
from tests.database.factories import Sql, fetch_rows
from tests.database.rpc import call_rpc
from tests.support.companies import unused_email
from tests.support.mailed_codes import sign_in_by_code
from tests.support.server import REPOSITORY

Command = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def operator(stack: LocalStack) -> Client:
    return create_privileged_client(stack.url, stack.secret_key, create_http_pool())


@pytest.fixture
def name() -> str:
    return f"Northwind {uuid.uuid4()}"


@pytest.fixture
def command(stack: LocalStack, sql: Sql) -> Iterator[Command]:
    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        env = os.environ | {"SUPABASE_URL": stack.url, "SUPABASE_SECRET_KEY": stack.secret_key}
        return subprocess.run(
            [sys.executable, "-m", "lib.companies", *arguments], cwd=REPOSITORY, env=env, capture_output=True,
            text=True, check=False,
        )  # fmt: skip

    yield run
    sql.execute("delete from private.outbox where recipient like 'admin-%'")


def read_mails(sql: Sql, recipient: str) -> list[dict[str, str]]:
    return fetch_rows(sql, f"select subject, body_text from private.outbox where recipient = '{recipient}'")


def test_a_company_begins_with_one_command_and_its_admin_joins(
    command: Command, sql: Sql, mail_folder: Path, name: str
) -> None:
    admin = f"admin-{unused_email()}"
    done = command(
        "create", name, "--admin", admin.upper(), "--admin-name", "Ann Fox", "--app-url", "https://zen.test/"
    )
    assert (done.returncode, done.stderr) == (0, "")
    company_id = done.stdout.split(" ")[0]
    assert done.stdout == (
        f"{company_id}  {name}\n"
        f"{admin} is invited as its admin. The worker mails it; they join at https://zen.test/auth/join.\n"
    )
    (mail,) = read_mails(sql, admin)
    assert (mail["subject"], "Hi Ann Fox," in mail["body_text"]) == (f"{name} begins in Zen", True)
    assert f"\nhttps://zen.test/auth/join?email={admin}\n" in mail["body_text"]
    client = sign_in_by_code(mail_folder, admin)
    (invitation,) = call_rpc(client, "open_invitations")
    assert (invitation["company_name"], invitation["role"], invitation["full_name"]) == (name, "admin", "Ann Fox")
    call_rpc(client, "accept_invitation", p_invitation_id=invitation["id"])
    profile = client.table("profiles").select("role, full_name, company_id").execute().data
    assert profile == [{"role": "admin", "full_name": "Ann Fox", "company_id": company_id}]
    assert f"{company_id}  {name}" in command("list").stdout.splitlines()


def test_the_same_command_twice_makes_one_company(command: Command, sql: Sql, name: str) -> None:
    admin = f"admin-{unused_email()}"
    assert command("create", name, "--admin", admin).returncode == 0
    again = command("create", f" {name.upper()} ", "--admin", admin)
    assert (again.returncode, again.stderr) == (
        1, f"There is a company named {name}. Its admins invite whoever joins it.\n",
    )  # fmt: skip
    assert len(read_mails(sql, admin)) == 1


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"name": " \n "}, "A company needs a name."), ({"name": "x" * 201}, "At most 200 characters"),
        ({"admin": "nobody"}, "nobody is not an email address"),
        ({"admin": "a@zen.test\nBcc: b@zen.test"}, "is not an email address"),
        ({"app_url": "javascript:alert(1)//"}, "not the address of the page"),
        ({"app_url": "https://zen.test/\nhttps://evil.test"}, "not the address of the page"),
    ],
)  # fmt: skip
def test_what_is_no_company_is_refused(operator: Client, name: str, values: dict[str, str], sentence: str) -> None:
    given = {"name": name, "admin": "ann@zen.test"} | values
    with pytest.raises(InvalidInput, match=sentence):
        create_company(operator, given.pop("name"), **given)
