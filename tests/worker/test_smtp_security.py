"""How the worker reaches a mail server: TLS that is verified, or nothing is said."""

import ssl
from pathlib import Path

import pytest

from lib.errors import InvalidInput
from lib.worker.mail import Mail, MailOutcome
from lib.worker.mail_settings import MailSettings, SmtpSecurity, SmtpServer, load_mail_settings
from lib.worker.smtp_transport import SmtpTransport
from tests.server.test_deploy_examples import write_certificate
from tests.support.mail_server import MailServer, run_mail_server

MAIL = Mail(id="1", attempt=1, kind="invitation", recipient="ann@zen.test", subject="Hi", body_text="Hello.")
PASSWORD = "p@ss:word/1"


@pytest.fixture
def certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """The server's TLS; whether the worker trusts it is SSL_CERT_FILE's to say."""
    files = write_certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*files)
    monkeypatch.setenv("SSL_CERT_FILE", str(files[0]))
    return context


def send(server: MailServer, security: SmtpSecurity) -> MailOutcome:
    to = SmtpServer(host="127.0.0.1", port=server.port, security=security, username="zen", password=PASSWORD)
    with SmtpTransport(to, "zen@zen.test").open() as send_mail:
        return send_mail(MAIL).outcome


def test_tls_from_the_first_byte(certificate: ssl.SSLContext) -> None:
    with run_mail_server(tls=certificate) as server:
        assert send(server, SmtpSecurity.TLS) is MailOutcome.SENT
    assert f"\0zen\0{PASSWORD}" in server.commands


def test_starttls_comes_before_the_password(certificate: ssl.SSLContext) -> None:
    with run_mail_server(starttls=certificate) as server:
        assert send(server, SmtpSecurity.STARTTLS) is MailOutcome.SENT
    assert server.commands.index("STARTTLS") < server.commands.index(f"\0zen\0{PASSWORD}")


def test_a_server_that_no_longer_offers_starttls_gets_neither_password_nor_mail() -> None:
    with run_mail_server() as server, pytest.raises(Exception, match="STARTTLS"):
        send(server, SmtpSecurity.STARTTLS)
    assert [command for command in server.commands if PASSWORD in command or command.startswith("MAIL")] == []


@pytest.mark.parametrize("security", [SmtpSecurity.TLS, SmtpSecurity.STARTTLS])
def test_a_certificate_nobody_vouches_for_is_refused(
    certificate: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch, security: SmtpSecurity
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", "/dev/null")
    one_of = {"tls": certificate} if security is SmtpSecurity.TLS else {"starttls": certificate}
    with run_mail_server(**one_of) as server, pytest.raises(ssl.SSLCertVerificationError):
        send(server, security)
    assert server.mails == []


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ZEN_MAIL_FROM", "Zen <zen@zen.test>")
    return monkeypatch


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://mail.zen.test", ("mail.zen.test", 587, SmtpSecurity.STARTTLS, "", "")),
        ("smtps://zen%40zen.test:p%40ss%3Aword%2F1@mail.zen.test",
         ("mail.zen.test", 465, SmtpSecurity.TLS, "zen@zen.test", PASSWORD)),
        ("smtp+plain://localhost:1025/", ("localhost", 1025, SmtpSecurity.NONE, "", "")),
        ("smtp+plain://a:b@[::1]", ("::1", 25, SmtpSecurity.NONE, "a", "b")),
    ],
)  # fmt: skip
def test_an_address_names_the_server(settings: pytest.MonkeyPatch, url: str, server: tuple[object, ...]) -> None:
    settings.setenv("ZEN_SMTP_URL", url)
    read = load_mail_settings().smtp
    assert read
    assert (read.host, read.port, read.security, read.username, read.password) == server
    assert server[4] == "" or server[4] not in repr(load_mail_settings()) + repr(read)


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("https://mail.zen.test", "does not begin with"),
        ("smtp://zen:hunter2@mail.zen.test:port", "does not begin with"),
        ("smtp://", "is not of the form"),
        ("smtp://zen:hunter2/x@mail.zen.test", "ZEN_SMTP_URL"),
        ("smtp+plain://zen:hunter2@mail.zen.test", "in the clear"),
    ],
)
def test_a_wrong_address_is_refused_without_quoting_it(settings: pytest.MonkeyPatch, url: str, sentence: str) -> None:
    settings.setenv("ZEN_SMTP_URL", url)
    with pytest.raises(InvalidInput) as caught:
        load_mail_settings()
    assert sentence in str(caught.value)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("sender", ["", "nobody", "a@b.example\nBcc: c@d.example", "Łukasz <łukasz@zen.test>"])
def test_mails_need_a_sender_they_can_come_from(settings: pytest.MonkeyPatch, sender: str) -> None:
    settings.setenv("ZEN_SMTP_URL", "smtp://mail.zen.test")
    settings.setenv("ZEN_MAIL_FROM", sender)
    with pytest.raises(InvalidInput, match="ZEN_MAIL_FROM"):
        load_mail_settings()


def test_without_settings_there_is_no_mail_server(settings: pytest.MonkeyPatch) -> None:
    settings.delenv("ZEN_SMTP_URL", raising=False)
    assert load_mail_settings() == MailSettings(sender="Zen <zen@zen.test>")
