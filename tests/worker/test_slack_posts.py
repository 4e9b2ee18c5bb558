"""Digests in Slack: posted at most once, to allowed hosts only."""

import ssl
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from lib.worker import slack_digest_sender
from lib.worker.digest_sender import queue_digests
from lib.worker.mail import MailOutcome
from lib.worker.model import JobContext
from lib.worker.repository import OutboxRepository
from lib.worker.slack_digest_sender import is_public_address, post_webhook, send_waiting_posts
from tests.server.test_deploy_examples import write_certificate
from tests.support.mail_server import MailServer
from tests.support.webhook_server import WebhookServer, run_webhook_server
from tests.worker.conftest import Sql, let_everything_be_due
from tests.worker.digest_people import DigestPerson
from tests.worker.test_digests import context as mail_context

__all__ = ["mail_context"]
SLACK = "https://hooks.slack.com/services/T0/B0/x"


@pytest.fixture
def slack() -> Iterator[WebhookServer]:
    with run_webhook_server() as server:
        yield server


@pytest.fixture
def context(mail_context: JobContext, slack: WebhookServer) -> JobContext:
    return replace(mail_context, mail=None, webhook_origins=(slack.origin,))


@pytest.fixture
def ann(sql: Sql, context: JobContext, slack: WebhookServer) -> DigestPerson:
    person = DigestPerson.create(sql)
    store = "insert into private.slack_webhooks (person_id, url) values (%s, %s)"
    sql.execute(store, [person.id, f"{slack.origin}/services/T0/B0/ann"])
    return person


def send_posts(context: JobContext) -> None:
    while queue_digests(context):
        pass
    while send_waiting_posts(context):
        pass


def test_a_digest_is_posted_once_as_blocks_in_which_nothing_pings(
    context: JobContext, slack: WebhookServer, ann: DigestPerson
):
    ann.add_follow_up("Call <!channel> & <@U123> *now*", name="Cop|per <http://evil.test|field>")
    send_posts(context)
    send_posts(context)
    ((path, body),) = slack.posts
    assert path == "/services/T0/B0/ann"
    assert body["text"] == "1 thing for today"
    section, links = body["blocks"]
    said = section["text"]["text"]
    assert section["text"]["verbatim"] is True
    assert "Call &lt;!channel&gt; &amp; &lt;@U123&gt;" in said
    assert said.count("<") == 1  # the link to the place
    assert "|" not in said.partition("|")[2]
    assert "|Mute>" in links["elements"][0]["text"]
    (digest,) = ann.list_digests()
    assert (digest["channel"], digest["sent_at"] is not None) == ("slack", True)


def test_workers_at_once_post_each_digest_once(context: JobContext, slack: WebhookServer, ann: DigestPerson):
    ann.add_follow_up("Call")
    threads = [threading.Thread(target=send_posts, args=[context]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(slack.posts) == 1


def test_a_post_whose_worker_died_is_not_posted_again(
    context: JobContext, slack: WebhookServer, ann: DigestPerson, sql: Sql
):
    ann.add_follow_up("Call")
    queue_digests(context)
    assert OutboxRepository(context.client).claim_post() is not None
    let_everything_be_due(sql)
    send_waiting_posts(context)
    assert slack.posts == []
    assert ann.list_digests()[0]["given_up_at"] is not None


@pytest.mark.parametrize(
    ("answer", "is_tried_again"),
    [((429, {}), True), ((503, {}), True), ((404, {}), False), ((302, {"Location": "http://127.0.0.1:1/"}), False),
     ((0, {}), False)],
)  # fmt: skip
def test_a_refusal_is_tried_again_only_where_it_cannot_have_arrived(
    context: JobContext, slack: WebhookServer, ann: DigestPerson, sql: Sql, answer, is_tried_again: bool
):
    ann.add_follow_up("Call")
    slack.answer = lambda: answer
    send_posts(context)
    slack.answer = lambda: (200, {})
    let_everything_be_due(sql)
    send_posts(context)
    assert len(slack.posts) == (2 if is_tried_again else 1)
    assert (ann.list_digests()[0]["sent_at"] is not None) == is_tried_again


def test_while_slack_is_down_nothing_is_lost_and_yesterdays_list_is_no_news(
    context: JobContext, slack: WebhookServer, ann: DigestPerson, sql: Sql
):
    ann.add_follow_up("Call")
    queue_digests(context)
    sql.execute("update private.slack_webhooks set url = 'http://127.0.0.1:1/x' where person_id = %s", [ann.id])
    send_waiting_posts(replace(context, webhook_origins=("http://127.0.0.1:1",)))
    assert ann.list_digests()[0]["given_up_at"] is None
    sql.execute("update private.slack_webhooks set url = %s where person_id = %s", [f"{slack.origin}/y", ann.id])
    ann.let_a_day_pass()
    let_everything_be_due(sql)
    send_posts(context)
    assert [path for path, _ in slack.posts] == ["/y"]
    assert len(ann.list_digests()) == 2


def test_a_person_with_both_gets_both(
    mail_context: JobContext, mail_server: MailServer, slack: WebhookServer, ann: DigestPerson
):
    ann.add_follow_up("Call")
    queue_digests(mail_context)
    assert sorted(digest["channel"] for digest in ann.list_digests()) == ["email", "slack"]


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.test/services/x", "http://hooks.slack.com/x", "https://hooks.slack.com:8443/x",
        "https://hooks.slack.com.evil.test/x", "https://hooks.slack.com@evil.test/x", "https://evil.test#hooks.slack.com",
        "https://evil.test/?hooks.slack.com", "https://hooks.slack.com\\@evil.test/x", "https://127.0.0.1/x",
        "https://[::1]/x", "https://2130706433/x", "https://0x7f.1/x", "https://localhost/x", "https://hooks.slack.com./x",
        "https://hooks.sl\u0430ck.com/x", "file:///etc/passwd", "gopher://hooks.slack.com/x", "",
    ],
)  # fmt: skip
def test_other_hosts_are_refused_before_anything_is_asked(url: str):
    def resolve(host: str, port: int) -> list[str]:
        raise AssertionError("The name was asked for.")

    assert post_webhook(url, "{}", resolve=resolve).outcome is MailOutcome.REFUSED


@pytest.mark.parametrize(
    "machine",
    ["127.0.0.1", "10.0.0.5", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
     "::1", "::", "fe80::1%eth0", "fc00::1", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "64:ff9b::7f00:1",
     "2002:7f00:1::", "ff02::1", "::127.0.0.1", "fec0::1", "64:ff9b:1::1", "no address"],
)  # fmt: skip
def test_a_name_that_leads_into_a_private_network_is_refused(machine: str):
    assert not is_public_address(machine)
    for machines in ([machine], ["93.184.216.34", machine], []):
        delivery = post_webhook(SLACK, "{}", resolve=lambda _host, _port, found=machines: found)  # type: ignore[misc]
        assert delivery.outcome is MailOutcome.REFUSED


@pytest.mark.parametrize("machine", ["93.184.216.34", "2606:2800:220:1::1", "::ffff:93.184.216.34"])
def test_addresses_of_the_internet_are_allowed(machine: str):
    assert is_public_address(machine)


def test_the_operators_word_counts_for_one_origin_only(slack: WebhookServer):
    other = f"http://127.0.0.1:{slack.port + 1}"
    assert post_webhook(f"{slack.origin}/x", "{}", origins=[slack.origin]).outcome is MailOutcome.SENT
    assert post_webhook(f"{other}/x", "{}", origins=[slack.origin]).outcome is MailOutcome.REFUSED
    assert post_webhook(f"{slack.origin}/x", "{}").outcome is MailOutcome.REFUSED


@pytest.mark.parametrize(("host", "is_trusted"), [("127.0.0.1", True), ("chat.zen.test", False)])
def test_tls_asks_for_the_name_whatever_machine_is_connected_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, host: str, is_trusted: bool
):
    """The certificate of the server is of 127.0.0.1 and localhost."""
    files = write_certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(files[0]))
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(*files)
    monkeypatch.setattr(slack_digest_sender, "is_public_address", lambda _text: True)
    with run_webhook_server(tls=tls) as server:
        url = f"https://{host}:{server.port}/x"
        delivery = post_webhook(url, "{}", origins=[url[:-2]], resolve=lambda _host, _port: ["127.0.0.1"])
    assert delivery.outcome is (MailOutcome.SENT if is_trusted else MailOutcome.UNREACHABLE)
    assert len(server.posts) == is_trusted
