"""Ask a server under test over loopback, each time over a connection of its own.

Comes in: what httpx2 takes. Goes out: its response. Refuses TLS: a server under test speaks plain HTTP, and reading the list of
the authorities that the world trusts takes a hundred times as long as the question and its answer.
"""

import ssl
from functools import partial

import httpx2

NO_AUTHORITIES = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # trusts nobody

get = partial(httpx2.get, verify=NO_AUTHORITIES)
post = partial(httpx2.post, verify=NO_AUTHORITIES)
request = partial(httpx2.request, verify=NO_AUTHORITIES)
