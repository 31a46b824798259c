"""How large a file is that a server holds, as the server says before anything is downloaded.

Comes in: an address and a network. Goes out: bytes, or None where the server does not say. Refuses to download, and to decide
whether a size is too large.
"""

import http.client
from urllib.parse import urljoin

from ingest.fetch.network import Network, WebAddress

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MOST_REDIRECTS = 5
_AGENT = "localism-ingest (asks for the size of documents that a maintainer may want)"


def announced_size(url: str, network: Network, wait: float = 10.0) -> int | None:
    """Return the bytes of the file at ``url``; None where the server gives no size or will not be asked so.

    Args:
        url: https.
        network: where servers are reached.
        wait: seconds without an answer.

    Raises:
        FetchRefused: the address may not be fetched from, or its server has no public address.
        OSError: the server cannot be reached.
        http.client.HTTPException: it answers with something that is not HTTP.
    """
    for _ in range(_MOST_REDIRECTS + 1):
        address = WebAddress.from_url(url)
        connection = network.connect(address.host, wait)
        try:
            connection.request("HEAD", address.target, headers={"User-Agent": _AGENT, "Accept-Encoding": "identity"})
            answer = connection.getresponse()
            if answer.status not in _REDIRECTS:
                return _size_of(answer)
            url = urljoin(url, answer.getheader("Location") or "")
        finally:
            connection.close()
    return None


def _size_of(answer: http.client.HTTPResponse) -> int | None:
    # The length that the library keeps is 0 for every answer to HEAD.
    said = answer.getheader("Content-Length") or ""
    return int(said) if answer.status == http.client.OK and said.isdecimal() else None
