import pytest

from lib.text.email_addresses import is_email_address, parse_email_address, parse_email_addresses


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("a@b.example, c@d.example;e@f.example\ng@h.example i@j.example", "a@b c@d e@f g@h i@j"),
        ("Name <a@b.example>; Other <c@d.example>", "Name:a@b Other:c@d"),
        ('"Doe, Jane" <a@b.example>, c@d.example', "Doe, Jane:a@b c@d"),
        ('"Jane \\"J\\" Doe; Sales" <a@b.example>', 'Jane "J" Doe; Sales:a@b'),
        ("Jane <a@b.example> Rick <c@d.example>", "Jane:a@b Rick:c@d"),
        ("Dr. Zoë O'Neil (Sales) <a@b.example>", "Dr. Zoë O'Neil (Sales):a@b"),
        ("mailto:a@b.example, <mailto:c@d.example>", "a@b c@d"),
        ("a@b.example, A@B.example", "a@b"),
        (" ,; \n", ""),
    ],
)
def test_addresses_are_split_and_keep_their_names(typed: str, found: str) -> None:
    parsed = parse_email_addresses(typed)
    assert parsed.invalid == ()
    shown = [f"{each.name}:{each}".lstrip(":").replace(".example", "") for each in parsed.addresses]
    assert " ".join(shown) == found


def test_what_is_no_address_is_named() -> None:
    parsed = parse_email_addresses("a@b.example, nobody; Jane <jane>, x@127.0.0.1, @b.example")
    assert [str(each) for each in parsed.addresses] == ["a@b.example"]
    assert parsed.invalid == ("nobody", "Jane <jane>", "x@127.0.0.1", "@b.example")


def test_an_international_domain_is_sent_as_punycode_and_the_local_part_as_typed() -> None:
    (address,) = parse_email_addresses("Zoë Müller <zoë@müller.example>").addresses
    assert str(address) == "zoë@xn--mller-kva.example"
    assert address.name == "Zoë Müller"
    assert address.needs_international_mail
    plain = parse_email_address("zoe@müller.example")
    assert plain is not None
    assert not plain.needs_international_mail


def test_no_line_can_be_injected() -> None:
    parsed = parse_email_addresses("a@b.example\r\nBcc: x@y.example")
    assert [str(each) for each in parsed.addresses] == ["a@b.example"]
    assert parsed.invalid == ("Bcc: x@y.example",)
    named = parse_email_address("A\r\nBcc: x <a@b.example>")
    assert named is not None
    assert named.name == "A Bcc: x"


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("zoe@example.com", True),
        ("zoë@exämple.com", True),
        ("zoe@intranet.local", True),
        ("a@b", False),
        ("zoe@intranet", False),
        ("zoe@example.12", False),
        ("a b@c.example", False),
        ("a@b.example,c@d.example", False),
        ("@b.example", False),
        ("Zoe <zoe@example.com>", False),
        ("zoe\u200b@example.com", False),
        ("x" * 300 + "@b.example", False),
    ],
)
def test_email_addresses_are_recognized(text: str, good: bool) -> None:
    assert is_email_address(text) is good
