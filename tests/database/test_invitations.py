"""Joining a company: by an invitation the person chose, in a session that began with a code mailed to the address."""

import json
import uuid
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.app_context import get_app_context
from lib.text.email_addresses import normalize_email_address
from tests.database.factories import Sql, fetch_rows, fetch_value, insert_customer
from tests.database.rpc import assert_refused, call_rpc, run_concurrently
from tests.support.companies import PASSWORD, sign_up, unused_email
from tests.support.mailed_codes import sign_in_by_code, wait_for_code

KELVIN = "\u212a"


def profile(sql: Sql, email: str) -> dict[str, Any] | None:
    found = fetch_rows(
        sql, "select company_id, full_name, role, email from public.profiles where email = %s and is_active", email
    )
    return found[0] if found else None


def accept(who: Any, invitation: uuid.UUID, name: str | None = None) -> None:
    call_rpc(who, "accept_invitation", p_invitation_id=str(invitation), p_full_name=name)


def client_of(email: str, **profile: str) -> Any:
    """Somebody who signed up with a password of their own, as the service confirms at once."""
    return get_app_context().create_client(access_token=sign_up(email, **profile)[1].access_token)


@pytest.fixture
def invited(books, mail_folder):
    """Someone whom a company invited as a manager, and who has entered the code."""
    email = unused_email()
    invitation = books.invite(email, books.manager.role, "Bea Quist")
    return email, invitation, sign_in_by_code(mail_folder, email)


# Choosing


def test_the_person_sees_who_invited_them_and_as_what(books, strangers, mail_folder, sql):
    email = unused_email()
    first, second = books.invite(email), strangers.invite(email, strangers.admin.role, "Bea")
    sql.execute("update public.company_invites set invited_by = %s where id = %s", [strangers.admin.id, second])
    shown = call_rpc(sign_in_by_code(mail_folder, email), "open_invitations")
    told = [(each["id"], each["company_name"], each["role"], each["invited_by_email"]) for each in shown]
    assert told == [
        (str(first), books.name, "csm", None),
        (str(second), strangers.name, "admin", strangers.admin.email),
    ]


def test_nobody_joins_before_choosing_also_when_there_is_one_invitation(invited, books, sql):
    email, invitation, person = invited
    assert profile(sql, email) is None
    accept(person, invitation)
    assert profile(sql, email) == {"company_id": books.id, "full_name": "Bea Quist", "role": "manager", "email": email}
    accepted = "select accepted_at is not null from public.company_invites where id = %s"
    assert fetch_value(sql, accepted, invitation)


def test_of_two_companies_the_chosen_one_is_joined_whichever_invited_first(books, strangers, mail_folder, sql):
    email = unused_email()
    strangers.invite(email, strangers.admin.role)
    mine = books.invite(email)
    accept(sign_in_by_code(mail_folder, email), mine)
    assert (profile(sql, email)["company_id"], profile(sql, email)["role"]) == (books.id, "csm")


@pytest.mark.parametrize(("given_name", "name"), [("Bea Quist", "Bea Quist"), ("   ", None), (None, None)])
def test_the_name_is_what_the_person_gives_else_the_address(books, mail_folder, sql, given_name, name):
    email = unused_email()
    accept(sign_in_by_code(mail_folder, email), books.invite(email), given_name)
    assert profile(sql, email)["full_name"] == (name or email.split("@")[0])


def test_an_invitation_after_the_code_is_open_to_it_too(books, mail_folder, sql):
    email = unused_email()
    person = sign_in_by_code(mail_folder, email)
    accept(person, books.invite(email))
    assert profile(sql, email)["company_id"] == books.id


def test_an_invitation_is_accepted_once(invited, books):
    _, invitation, person = invited
    outcomes = run_concurrently([lambda: accept(person, invitation) for _ in range(4)])
    assert outcomes.count(None) == 1
    assert set(outcomes) <= {None, "PT404", "PT409"}


def test_two_invitations_accepted_at_once_make_a_member_of_one_company(books, strangers, mail_folder, sql):
    email = unused_email()
    both = [books.invite(email), strangers.invite(email)]
    person = sign_in_by_code(mail_folder, email)
    outcomes = run_concurrently([lambda each=each: accept(person, each) for each in both])
    assert outcomes.count(None) == 1
    assert fetch_value(
        sql, "select count(*) from public.company_invites where email = %s and accepted_at is null", email
    )


def test_a_withdrawn_invitation_is_no_longer_open(invited, sql):
    _, invitation, person = invited
    sql.execute("delete from public.company_invites where id = %s", [invitation])
    with assert_refused("PT404", "This invitation is no longer open."):
        accept(person, invitation)


# Whose mailbox it is


def test_a_stranger_who_signs_up_with_an_invited_address_sees_and_takes_no_invitation(books, sql):
    email = unused_email()
    invitation = books.invite(email)
    stranger = client_of(email)
    assert call_rpc(stranger, "open_invitations") == []
    with assert_refused("PT403", "We need to know that this email address is yours."):
        accept(stranger, invitation)
    assert profile(sql, email) is None


def test_what_a_sign_up_claims_about_company_and_role_has_no_effect(books, strangers, mail_folder, sql):
    email = unused_email()
    client_of(email, full_name="Mallory", role="admin", company_id=str(strangers.id), company=strangers.name)
    accept(sign_in_by_code(mail_folder, email, password="another password"), books.invite(email))
    assert profile(sql, email) == {
        "company_id": books.id,
        "full_name": email.split("@")[0],
        "role": "csm",
        "email": email,
    }


def test_the_password_and_sessions_of_whoever_signed_up_first_end_when_the_invited_person_joins(
    books, mail_folder, sql
):
    email = unused_email()
    invitation = books.invite(email)
    stranger = client_of(email)
    accept(sign_in_by_code(mail_folder, email, password="the invited person's"), invitation)
    with assert_refused("PT401"):
        call_rpc(stranger, "colleagues")
    with pytest.raises(Exception, match="Invalid login credentials"):
        get_app_context().create_client().auth.sign_in_with_password({"email": email, "password": PASSWORD})
    assert (
        fetch_value(
            sql, "select count(*) from auth.sessions s join auth.users u on u.id = s.user_id where email = %s", email
        )
        == 1
    )


def test_the_password_of_a_stranger_who_never_confirmed_ends_when_the_invited_person_confirms(books, mail_folder, sql):
    """As with confirmation by mail: the service keeps the user who is there, with the password and the claims."""
    email = unused_email()
    invitation = books.invite(email)
    sign_up(email, full_name="Mallory")
    sql.execute("update auth.users set email_confirmed_at = null where email = %s", [email])
    accept(sign_in_by_code(mail_folder, email, password="the invited person's"), invitation)
    assert profile(sql, email)["full_name"] == email.split("@")[0]
    with pytest.raises(Exception, match="Invalid login credentials"):
        get_app_context().create_client().auth.sign_in_with_password({"email": email, "password": PASSWORD})


def test_a_session_of_a_stranger_ends_on_joining_even_if_the_app_did_not_end_it(books, mail_folder):
    email = unused_email()
    invitation = books.invite(email)
    person = sign_in_by_code(mail_folder, email)
    answer = get_app_context().create_client().auth.sign_in_with_password({"email": email, "password": PASSWORD})
    other = get_app_context().create_client(access_token=answer.session.access_token)
    accept(person, invitation)
    with assert_refused("PT401"):
        call_rpc(other, "colleagues")
    with pytest.raises(Exception, match="Refresh Token"):
        get_app_context().create_client().auth.refresh_session(answer.session.refresh_token)


def test_a_mailed_code_proves_the_address_it_was_mailed_to_and_no_other(books, mail_folder, sql):
    """Changing one's address to an invited one: confirmed or not, the code went to the old mailbox."""
    mine, invited_address = unused_email(), unused_email()
    invitation = books.invite(invited_address)
    person = sign_in_by_code(mail_folder, mine)
    sql.execute("update auth.users set email = %s where email = %s", [invited_address, mine])
    assert call_rpc(person, "open_invitations") == []
    with assert_refused("PT403"):
        accept(person, invitation)


def test_a_change_of_address_confirmed_from_the_old_mailbox_proves_nothing(books, stack, mail_folder):
    mine, invited_address = unused_email(), unused_email()
    invitation = books.invite(invited_address)
    sign_up(mine)
    client = get_app_context().create_client()
    client.auth.sign_in_with_password({"email": mine, "password": PASSWORD})
    client.auth.update_user({"email": invited_address})
    code = wait_for_code(mail_folder, mine)
    answer = client.auth.verify_otp({"email": mine, "token": code, "type": "email_change"})
    changed = get_app_context().create_client(access_token=answer.session.access_token)
    assert call_rpc(changed, "open_invitations") == []
    with assert_refused("PT403"):
        accept(changed, invitation)


@pytest.mark.parametrize(
    ("methods", "is_proven"),
    [
        (["otp"], True), (["magiclink"], True), (["totp", "otp"], True), (["password"], False),
        (["email/signup"], False), (["recovery"], False), (["password", "totp"], False), (["otp2"], False), ([], False),
    ],
)  # fmt: skip
def test_a_token_says_how_its_session_began_and_only_a_mailed_code_counts(methods, is_proven, sql):
    """As hosted Supabase Auth writes it; the embedded one writes it for mailed codes only."""
    email = unused_email()
    person, _ = sign_up(email)
    claims = {"sub": str(person), "email": email, "amr": [{"method": each, "timestamp": 1} for each in methods]}
    with sql.transaction(force_rollback=True):
        sql.execute("select set_config('request.jwt.claims', %s, true)", [json.dumps(claims)])
        assert fetch_value(sql, "select private.proven_email()") == (email if is_proven else None)


def test_an_address_that_is_not_confirmed_takes_no_invitation(invited, sql):
    email, invitation, person = invited
    sql.execute("update auth.users set email_confirmed_at = null where email = %s", [email])
    with assert_refused("PT403"):
        accept(person, invitation)


def test_nobody_takes_anothers_invitation(invited, books):
    _, _, person = invited
    with assert_refused("PT404"):
        accept(person, books.invite(unused_email()))


def test_nobody_joins_uninvited(mail_folder, sql):
    email = unused_email()
    assert call_rpc(sign_in_by_code(mail_folder, email), "open_invitations") == []
    assert profile(sql, email) is None


def test_neither_a_confirmed_sign_up_nor_an_invitation_joins_by_itself(books, sql):
    first, second = unused_email(), unused_email()
    books.invite(first)
    sign_up(first)
    sign_up(second)
    books.invite(second)
    assert (profile(sql, first), profile(sql, second)) == (None, None)


# Members, and members that were


def test_a_member_sees_another_companys_invitation_and_has_to_leave_first(books, strangers, mail_folder, sql):
    email = unused_email()
    accept(sign_in_by_code(mail_folder, email), books.invite(email))
    theirs = strangers.invite(email)
    person = sign_in_by_code(mail_folder, email, password="another password")
    assert [each["company_name"] for each in call_rpc(person, "open_invitations")] == [strangers.name]
    with assert_refused("PT409", f"You belong to {books.name}."):
        accept(person, theirs)
    assert profile(sql, email)["company_id"] == books.id


def test_who_joined_the_wrong_company_leaves_and_joins_the_right_one(books, strangers, mail_folder, sql):
    email = unused_email()
    wrong, right = strangers.invite(email, strangers.admin.role), books.invite(email)
    assert strangers.manager, "an admin stays behind"
    person = sign_in_by_code(mail_folder, email)
    accept(person, wrong)
    call_rpc(person, "zen_dashboard")
    call_rpc(person, "leave_company")
    accept(person, right)
    assert profile(sql, email)["company_id"] == books.id


def test_a_former_member_comes_back_by_a_new_invitation(new_company, mail_folder, sql):
    company, email = new_company(), unused_email()
    person = sign_in_by_code(mail_folder, email)
    accept(person, company.invite(email))
    mine = fetch_value(sql, "select id from public.profiles where email = %s", email)
    insert_customer(sql, company.id, mine)
    call_rpc(person, "leave_company", p_successor_id=str(company.csm.id))
    accept(person, company.invite(email, company.manager.role), "Bea Quist")
    assert profile(sql, email) == {
        "company_id": company.id,
        "full_name": "Bea Quist",
        "role": "manager",
        "email": email,
    }


def test_who_did_something_in_a_company_keeps_its_address_there(new_company, strangers, mail_folder, sql):
    company, email = new_company(), unused_email()
    person = sign_in_by_code(mail_folder, email)
    accept(person, company.invite(email))
    mine = fetch_value(sql, "select id from public.profiles where email = %s", email)
    customer = insert_customer(sql, company.id, mine)
    note = {"company_id": str(company.id), "customer_id": str(customer), "author_id": str(mine), "body": "Hm."}
    person.table("notes").insert(note | {"happened_on": "2026-06-01"}).execute()
    call_rpc(person, "leave_company", p_successor_id=str(company.csm.id))
    with assert_refused("PT409", "stays there, under this address"):
        accept(person, strangers.invite(email))


# Which addresses are the same


def test_the_address_may_be_typed_in_any_case(books, mail_folder, sql):
    email = unused_email()
    accept(sign_in_by_code(mail_folder, email.upper().lower()), books.invite(email))
    assert profile(sql, email)["email"] == email


@pytest.mark.parametrize("email", ["BEA@zen.test", f"bea@{KELVIN}.test", "béa@zen.test", "bea", "bea@zen.test ", ""])
def test_an_invitation_is_written_to_a_normalized_address(books, email):
    invitation = {"company_id": str(books.id), "role": "csm", "invited_by": str(books.admin.id), "email": email}
    with pytest.raises(Exception, match="violates check constraint"):
        books.admin.client.table("company_invites").insert(invitation).execute()


def test_the_kelvin_sign_is_no_k(books, sql):
    """Python, JavaScript and Postgres all make a k of it."""
    assert KELVIN.lower() == "k"
    assert normalize_email_address(f"{KELVIN}im@zen.test") is None
    assert normalize_email_address(f"kim@{KELVIN}.test") is None
    assert fetch_value(sql, "select private.normalize_email(%s)", f"{KELVIN}im@zen.test") is None


CONFUSABLE = st.text(
    st.sampled_from("abkKszSI\u212a\u017fı\u0130ﬁßµ\uff4b·.-+_'@ \u00a0\u200b\u0000é\u0301"), max_size=12
)
ADDRESSES = st.one_of(st.text(max_size=20), st.builds(lambda a, b: f"{a}@{b}.test", CONFUSABLE, CONFUSABLE))


def fold_ascii(text: str) -> str:
    return "".join(chr(ord(each) + 32) if "A" <= each <= "Z" else each for each in text)


@given(first=ADDRESSES, second=ADDRESSES)
def test_addresses_that_a_mail_server_tells_apart_are_never_the_same(first, second):
    """Unless they differ by the case of A-Z, by blanks around, or by the two spellings of one domain (punycode)."""
    one, other = normalize_email_address(first), normalize_email_address(second)
    if one is not None and one == other and first.isascii() and second.isascii():
        assert fold_ascii(first.strip()) == fold_ascii(second.strip())
    if one is not None and not first.isascii():
        name, _, domain = first.strip().rpartition("@")
        assert fold_ascii(name) == one.rpartition("@")[0]
        assert one.rpartition("@")[2].encode().decode("idna") == domain


@given(address=ADDRESSES)
def test_database_and_app_have_one_rule_of_normalizing(address, sql):
    """What the app signs in with, the database compares: never one address in the one and another in the other."""
    normalized = normalize_email_address(address)
    if "\0" not in address:
        stored = fetch_value(sql, "select private.normalize_email(%s)", address)
        assert stored in (None, fold_ascii(address))
        if normalized is not None and address.isascii() and address == address.strip():
            assert stored == normalized
    if normalized is not None:
        assert fetch_value(sql, "select private.normalize_email(%s)", normalized) == normalized
