"""Which addresses are reached: https, and only what anybody on the internet can reach."""

import pytest

from ingest.errors import FetchRefused
from ingest.fetch.network import PublicNetwork, WebAddress, is_public


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",  # noqa: S104  # an address to refuse, not one to listen on
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1",
        "fd00::1",
        "::ffff:10.0.0.1",
        "2002:7f00:0001::",
        "64:ff9b::7f00:1",
        "64:ff9b:1::7f00:1",
        "::127.0.0.1",
        "::10.0.0.1",
        "::8.8.8.8",
        "::ffff:0:127.0.0.1",
        "2001:4860::5efe:10.0.0.1",
        "2001:4860::200:5efe:127.0.0.1",
        "fec0::1",
        "5f00::1",
        "3fff::1",
        "192.88.99.1",
    ],
)
def test_an_address_inside_a_house_is_not_public(address: str) -> None:
    """Loopback, private, link-local, shared, multicast and unset addresses are refused, also where IPv6 wraps them."""
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "151.101.1.69", "2606:4700:4700::1111", "::ffff:8.8.8.8", "2001:4860::5efe:808:808"]
)
def test_an_address_of_the_internet_is_public(address: str) -> None:
    """What anybody can reach is allowed."""
    assert is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/guide.pdf",
        "ftp://example.org/guide.pdf",
        "file:///etc/passwd",
        "https://",
        "guide.pdf",
        "https://example.org:8443/guide.pdf",
        "https://user:secret@example.org/guide.pdf",
        "https://example.org:port/guide.pdf",
        "https://[::1/guide.pdf",
    ],
)
def test_only_a_plain_https_address_is_taken(url: str) -> None:
    """Anything else is refused before a name is looked up."""
    with pytest.raises(FetchRefused):
        WebAddress.from_url(url)


def test_an_address_is_taken_apart_with_its_query() -> None:
    """The server is asked for path and query; an empty path is the root."""
    assert WebAddress.from_url("https://example.org/a/b.pdf?c=1#top") == WebAddress("example.org", "/a/b.pdf?c=1")
    assert WebAddress.from_url("https://example.org") == WebAddress("example.org", "/")


def test_a_name_with_one_private_address_among_public_ones_is_refused() -> None:
    """A name server may not smuggle an inside address in between."""
    network = PublicNetwork(resolve=lambda host, port: ["8.8.8.8", "10.0.0.1"])
    with pytest.raises(FetchRefused, match=r"10\.0\.0\.1"):
        network.connect("guides.example", 1)


def test_a_name_without_an_address_is_refused() -> None:
    """An empty answer of the name server is no leave to go on."""
    with pytest.raises(FetchRefused, match="no address"):
        PublicNetwork(resolve=lambda host, port: []).connect("guides.example", 1)


def test_the_real_name_server_leads_localhost_to_a_refusal() -> None:
    """The rule holds with nothing replaced."""
    with pytest.raises(FetchRefused, match="not a public address"):
        PublicNetwork().connect("localhost", 1)
