import pytest

from lib.auth.model import Role
from lib.companies.invitation_list import MAX_LINES, parse_invitation_list


def parse(text: str):
    return parse_invitation_list(text, role=Role.CSM)


@pytest.mark.parametrize(
    ("line", "name", "role"),
    [
        ("bob@acme.com", None, Role.CSM),
        ("  BOB@acme.com ", None, Role.CSM),
        ("bob@acme.com, manager", None, Role.MANAGER),
        ("bob@acme.com;Administrator", None, Role.ADMIN),
        ("Bob Stone\tbob@acme.com\tCSM", "Bob Stone", Role.CSM),
        ("Bob Stone <bob@acme.com>, Team lead", "Bob Stone", Role.MANAGER),
        ('"Stone, Bob" <bob@acme.com>', "Stone Bob", Role.CSM),
    ],
)
def test_a_line_has_an_address_with_a_name_before_and_a_role_after_it(line, name, role):
    lines, refused = parse(line)
    assert refused == ()
    assert [(each.email, each.full_name, each.role) for each in lines] == [("bob@acme.com", name, role)]


@pytest.mark.parametrize(
    ("line", "role", "team"),
    [
        ("bob@acme.com, manager, Enterprise", Role.MANAGER, "Enterprise"),
        ("bob@acme.com\t\tEnterprise", Role.CSM, "Enterprise"),
        ("bob@acme.com, csm, Manager", Role.CSM, "Manager"),
        ("bob@acme.com, , admin", Role.ADMIN, "SMB"),
        ("bob@acme.com, admin,", Role.ADMIN, "SMB"),
    ],
)
def test_after_a_role_stands_a_team_and_the_chosen_one_is_for_lines_without(line, role, team):
    lines, refused = parse_invitation_list(line, role=Role.CSM, team="SMB")
    assert refused == ()
    assert [(each.role, each.team) for each in lines] == [(role, team)]


def test_names_of_columns_say_in_which_order_role_and_team_follow():
    lines, refused = parse("Email;Team;Role\nbob@acme.com;Enterprise;manager\ncarol@acme.com;Admin;")
    assert refused == ()
    assert [(each.role, each.team) for each in lines] == [(Role.MANAGER, "Enterprise"), (Role.CSM, "Admin")]
    assert parse("Email,Team\nbob@acme.com,Enterprise")[0][0].team == "Enterprise"


def test_the_chosen_role_is_for_lines_that_name_none():
    lines, _ = parse_invitation_list("bob@acme.com\ncarol@acme.com, csm", role=Role.MANAGER)
    assert [each.role for each in lines] == [Role.MANAGER, Role.CSM]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("Bob Stone", "No email address."),
        ("bob@", "This is not an email address."),
        ("bоb@acme.com", "This is not an email address."),  # a Cyrillic o
        ("bob@acme.com, carol@acme.com", "More than one address: a line for each."),
        ("bob@acme.com, boss", "“boss” is no role: csm, manager or admin."),
        ("bob@acme.com, csm, Berlin, 2", "Only a name, an address, a role and a team are read."),
        ("bob@acme.com, csm, " + "x" * 61, "The name of a team has at most 60 characters."),
        ("x" * 201 + ", bob@acme.com", "A name has at most 200 characters."),
    ],
)
def test_a_refused_line_says_why(line, reason):
    lines, refused = parse(line)
    assert lines == ()
    assert [each.reason for each in refused] == [reason]


def test_the_second_of_two_equal_addresses_is_refused_with_the_line_of_the_first():
    lines, refused = parse("bob@acme.com\n\nBob <Bob@Acme.com>")
    assert len(lines) == 1
    assert [(each.number, each.reason) for each in refused] == [(3, "Already in line 1.")]


def test_a_line_of_column_names_and_empty_lines_are_left_out():
    lines, refused = parse("Email;Role\n\nbob@acme.com;manager\n")
    assert (len(lines), refused) == (1, ())


def test_more_lines_than_are_sent_at_once_are_refused():
    lines, refused = parse("\n".join(f"p{number}@acme.com" for number in range(MAX_LINES + 2)))
    assert (len(lines), len(refused)) == (MAX_LINES, 2)
