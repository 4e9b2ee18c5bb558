"""Candidates by likeness: legal forms, signs, words in another order, domains."""

import pytest

from lib.imports.company_name_similarity import KnownName, find_company_domain, find_like_names, normalize_company_name


def name_candidates(wanted: str, *known: str) -> list[str]:
    records = [KnownName(key=name, name=name) for name in known]
    return [like.name for like in find_like_names([KnownName(key="w", name=wanted)], records)["w"]]


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("Müller & Söhne GmbH & Co. KG", "muller sohne"),
        ("ACME, Inc.", "acme"),
        ("Société Générale S.A.", "societe generale"),
        ("Kowalski Sp. z o.o.", "kowalski"),
        ("Straßenbau AG", "strassenbau"),
        ("Limited", "limited"),
        ("株式会社 日本", "株式会社 日本"),
    ],
)
def test_a_name_is_compared_without_legal_form_accents_and_signs(name: str, plain: str) -> None:
    assert normalize_company_name(name) == plain


@pytest.mark.parametrize(
    ("wanted", "known"),
    [
        ("Bluebay Gaming Ltd", "Bluebay Gaming Limited"),
        ("Muller und Sohne", "Müller & Söhne GmbH"),
        ("Bank of Norway", "Norway, Bank of"),
        ("Aurora Robotics", "Aurora Robotic Inc."),
    ],
)
def test_a_like_name_is_a_candidate(wanted: str, known: str) -> None:
    assert name_candidates(wanted, "Something Else", known) == [known]


@pytest.mark.parametrize(("wanted", "known"), [("Northwind", "Northgate"), ("Alpha One", "Beta Two"), ("", "Acme")])
def test_an_unlike_name_is_none(wanted: str, known: str) -> None:
    assert name_candidates(wanted, known) == []


def test_a_domain_in_common_comes_first_and_says_so() -> None:
    known = [
        KnownName(key="1", name="Acme Inc", domain="other.example"),
        KnownName(key="2", name="Road Runner Supplies", domain="acme.example"),
    ]
    found = find_like_names([KnownName(key="w", name="Acme", domain="acme.example")], known)["w"]
    assert [(like.key, like.likeness, like.reason) for like in found] == [
        ("2", 100, "same domain: acme.example"),
        ("1", 99, "same name but for legal form and signs"),
    ]


def test_a_domain_of_a_mail_provider_makes_nothing_alike() -> None:
    known = [KnownName(key="1", name="Bolt", domain="gmail.com")]
    assert find_like_names([KnownName(key="w", name="Acme", domain="gmail.com")], known)["w"] == ()
    assert find_company_domain("jo@gmail.com") is None
    assert find_company_domain("jo@Acme.example") == "acme.example"


def test_candidates_do_not_depend_on_the_order_of_the_known_names() -> None:
    names = ["Acme Inc", "Acme Ltd", "Acme GmbH", "Acmee", "Acme Group", "Acme Holding", "Acme Corp"]
    assert name_candidates("Acme", *names)[:1] == name_candidates("Acme", *reversed(names))[:1]
