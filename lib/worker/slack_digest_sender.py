"""Digests posted in Slack. Each is posted at most once: a post has no id by which Slack would know it again."""

import ipaddress
import logging
import socket
import ssl
from collections import Counter
from collections.abc import Callable, Collection

import httpx

from lib.text.webhook_addresses import WebhookAddress, find_allowed_address
from lib.worker.mail import Delivery, MailOutcome
from lib.worker.model import JobContext
from lib.worker.outbox_sender import report_delivery
from lib.worker.repository import OutboxRepository

log = logging.getLogger(__name__)

BATCH = 20
ANSWER_SECONDS = 10.0
NAT64 = ipaddress.ip_network("64:ff9b::/96")
SITE_LOCAL = ipaddress.ip_network("fec0::/10")

Resolve = Callable[[str, int], list[str]]
IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address


def send_waiting_posts(context: JobContext) -> bool:
    """Send a batch of posts, each claimed when it is sent. True if more may wait. Raises Unavailable."""
    outbox, outcomes = OutboxRepository(context.client), Counter[str]()
    while sum(outcomes.values()) < BATCH and not context.stopping.is_set():
        claimed = outbox.claim_post()
        if claimed is None:
            break
        post, url = claimed
        delivery = post_webhook(url, post.body_text, origins=context.webhook_origins)
        outcomes[delivery.outcome] += 1
        report_delivery(outbox, post, delivery, context.stopping)
    if outcomes:
        log.info("posts: %s", ", ".join(f"{count} {outcome}" for outcome, count in outcomes.items()))
    return sum(outcomes.values()) == BATCH


def resolve_host(host: str, port: int) -> list[str]:
    """The addresses of a host. Raises OSError."""
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def post_webhook(url: str, body: str, *, origins: Collection[str] = (), resolve: Resolve = resolve_host) -> Delivery:
    """Post JSON to an allowed address. No redirect is followed, and no name into a private network."""
    address = find_allowed_address(url, origins)
    if address is None:
        return Delivery(outcome=MailOutcome.REFUSED, error="Zen may not post to this host.")
    try:
        machines = [address.host] if address.is_literal else resolve(address.host, address.port)
    except OSError:
        return Delivery(outcome=MailOutcome.UNREACHABLE, error="The name of the host is not known.")
    # An address that the operator wrote is meant. A name may lead anywhere, also elsewhere the next time it is asked.
    if not machines or not (address.is_literal or all(map(is_public_address, machines))):
        return Delivery(outcome=MailOutcome.REFUSED, error="The name leads into a private network.")
    try:
        return _classify_http_status(_post_to_ip_address(address, machines[0], body))
    except (httpx.ConnectError, httpx.ConnectTimeout) as error:
        return Delivery(outcome=MailOutcome.UNREACHABLE, error=type(error).__name__)
    except httpx.HTTPError as error:
        return Delivery(outcome=MailOutcome.REFUSED, error=f"{type(error).__name__}: it may have arrived.")


def _post_to_ip_address(address: WebhookAddress, machine: str, body: str) -> int:
    """The status of the answer. The connection goes to the address that was checked; TLS asks for the name."""
    host = f"[{machine}]" if ":" in machine else machine
    headers = {"Host": _format_host_header(address), "Content-Type": "application/json; charset=utf-8"}
    extensions = {"sni_hostname": address.host}
    with (
        httpx.Client(
            follow_redirects=False, trust_env=False, timeout=ANSWER_SECONDS, verify=ssl.create_default_context()
        ) as client,
        client.stream(
            "POST", f"{address.scheme}://{host}:{address.port}{address.path}", content=body.encode(),
            headers=headers, extensions=extensions,
        ) as answer,
    ):  # fmt: skip
        return answer.status_code  # its body may be of any length, and is not read


def _format_host_header(address: WebhookAddress) -> str:
    return address.host if address.port in (80, 443) else f"{address.host}:{address.port}"


def _classify_http_status(status: int) -> Delivery:
    if 200 <= status < 300:
        return Delivery(outcome=MailOutcome.SENT)
    # 404 and 410: the webhook was removed in Slack. 3xx: another address may be another host.
    is_for_later = status == 429 or status >= 500
    return Delivery(outcome=MailOutcome.DELAYED if is_for_later else MailOutcome.REFUSED, error=f"status {status}")


def is_public_address(text: str) -> bool:
    """True for an address of the internet. One that carries an IPv4 address inside is as that one is."""
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return False
    address = _unwrap_embedded_ipv4(address)
    return address.is_global and not (address.is_multicast or address.is_reserved or address in SITE_LOCAL)


def _unwrap_embedded_ipv4(address: IpAddress) -> IpAddress:
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else address)
