"""A pasted list of people to invite: an address a line, a name before it, a role and a team after it, if given."""

import re
from dataclasses import dataclass

from lib.auth.model import Role
from lib.text.email_addresses import normalize_email_address
from lib.text.truncate import single_line

MAX_LINES = 200
MAX_NAME_CHARS = 200
MAX_TEAM_CHARS = 60
ROLE_WORDS = {
    "csm": Role.CSM,
    "customer success manager": Role.CSM,
    "manager": Role.MANAGER,
    "team lead": Role.MANAGER,
    "admin": Role.ADMIN,
    "administrator": Role.ADMIN,
}
NAMED_ADDRESS = re.compile(r"(?P<name>[^<>]*)<(?P<address>[^<>]+)>")
HEADER_WORDS = {"email", "e-mail", "email address", "address", "name", "full name", "role", "team"}
AFTER_ADDRESS: tuple[str, ...] = ("role", "team")


@dataclass(frozen=True, kw_only=True)
class InvitationLine:
    """A line that can be sent: `number` counts from one, `email` is normalized."""

    number: int
    email: str
    role: Role
    full_name: str | None = None
    team: str | None = None


@dataclass(frozen=True, kw_only=True)
class RefusedLine:
    """A line that is not invited, with the reason as a sentence."""

    number: int
    text: str
    reason: str


def parse_invitation_list(
    text: str, *, role: Role, team: str | None = None
) -> tuple[tuple[InvitationLine, ...], tuple[RefusedLine, ...]]:
    """The lines that can be invited, and the others with a reason. `role` and `team` are for lines that name none.

    Fields are separated by a comma, a semicolon or a tab. Empty lines and a line of column names are left out; the
    names say in which order role and team follow the address.
    """
    columns = AFTER_ADDRESS
    lines: list[InvitationLine] = []
    refused: list[RefusedLine] = []
    first_line_of: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        fields = _split_invitation_line(line)
        if not any(fields):
            continue
        if {field.casefold() for field in fields if field} <= HEADER_WORDS:
            columns = tuple(name for field in fields if (name := field.casefold()) in AFTER_ADDRESS) or AFTER_ADDRESS
            continue
        parsed = _parse_invitation_fields(fields, number, columns, role=role, team=team)
        if isinstance(parsed, InvitationLine) and parsed.email in first_line_of:
            parsed = f"Already in line {first_line_of[parsed.email]}."
        elif isinstance(parsed, InvitationLine) and len(lines) == MAX_LINES:
            parsed = f"Invite {MAX_LINES} people at once, then the others."
        if isinstance(parsed, InvitationLine):
            lines.append(parsed)
            first_line_of[parsed.email] = number
        else:
            refused.append(RefusedLine(number=number, text=single_line(line, max_length=80), reason=parsed))
    return tuple(lines), tuple(refused)


def _split_invitation_line(line: str) -> list[str]:
    """The fields of a line; "Bob Stone <bob@acme.com>" are two."""
    fields: list[str] = []
    for field in re.split(r"[,;\t]", line):
        named = NAMED_ADDRESS.fullmatch(field.strip())
        fields += [named["name"], named["address"]] if named else [field]
    return [field.strip().strip("\"'").strip() for field in fields]


def _parse_invitation_fields(
    fields: list[str], number: int, columns: tuple[str, ...], *, role: Role, team: str | None
) -> InvitationLine | str:
    """The line, or why it cannot be invited. `columns` are those after the address."""
    addresses = [field for field in fields if "@" in field]
    if len(addresses) != 1:
        return "No email address." if not addresses else "More than one address: a line for each."
    email = normalize_email_address(addresses[0])
    if email is None:
        return "This is not an email address."
    place = fields.index(addresses[0])
    name = " ".join(field for field in fields[:place] if field)
    after = fields[place + 1 :]
    if any(after[len(columns) :]):
        return "Only a name, an address, a role and a team are read."
    given = dict(zip(columns, after, strict=False))
    role_word, own_team = given.get("role", ""), given.get("team", "")
    if columns == AFTER_ADDRESS and not role_word and own_team.casefold() in ROLE_WORDS:
        role_word, own_team = own_team, ""
    if role_word and role_word.casefold() not in ROLE_WORDS:
        return f"“{single_line(role_word, max_length=40)}” is no role: csm, manager or admin."
    if len(name) > MAX_NAME_CHARS:
        return f"A name has at most {MAX_NAME_CHARS} characters."
    if len(own_team) > MAX_TEAM_CHARS:
        return f"The name of a team has at most {MAX_TEAM_CHARS} characters."
    chosen = ROLE_WORDS[role_word.casefold()] if role_word else role
    return InvitationLine(number=number, email=email, role=chosen, full_name=name or None, team=own_team or team)
