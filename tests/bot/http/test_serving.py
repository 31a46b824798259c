"""The server as uvicorn runs it: clients that are slow, endless or many, a proxy in front, and a clean stop."""

import contextlib
import select
import socket
import time
from concurrent.futures import ThreadPoolExecutor

import httpx2
import pytest

from bot.answering.answer_service import AnswerService
from bot.http.clients import MOST_OF_ONE
from bot.http.options import Rate
from tests import loopback
from tests.bot.http.conftest import Serve

QUESTION = {"q": "How long does the council have to decide on a nomination?"}


def answers(port: int) -> bool:
    """Tell whether the server on ``port`` answers a question."""
    return loopback.get(f"http://127.0.0.1:{port}/api/ask", params=QUESTION).status_code == 200


def closed_after(connection: socket.socket, seconds: float) -> bool:
    """Tell whether the other side closes within ``seconds``."""
    connection.settimeout(seconds)
    try:
        while connection.recv(65536):
            pass
    except TimeoutError:
        return False
    except ConnectionError:
        return True
    return True


def test_headers_that_come_drop_by_drop_are_cut_off(served: Serve, monkeypatch: pytest.MonkeyPatch):
    """A client that has not said what it wants in time loses its connection; others are served meanwhile."""
    monkeypatch.setattr("bot.http.app.HEADER_SECONDS", 0.3)
    with served() as port:
        slow = [socket.create_connection(("127.0.0.1", port)) for _ in range(20)]
        for connection in slow:
            connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ")
        assert answers(port)
        assert all(closed_after(connection, 3) for connection in slow)
        for connection in slow:
            connection.close()


def pour(connection: socket.socket) -> None:
    """Send cookie after cookie, until nobody takes any for 10 seconds."""
    connection.settimeout(10)
    while True:
        connection.sendall(b"Cookie: " + b"a" * 16_000 + b"\r\n")


def test_headers_without_end_are_cut_off(served: Serve):
    """More header than is allowed closes the connection, and the server stays up."""
    with served() as port, socket.create_connection(("127.0.0.1", port)) as flood:
        flood.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n")
        with pytest.raises(ConnectionError):
            pour(flood)
        assert answers(port)


def test_what_is_not_http_is_a_400_problem(served: Serve):
    """An address of 100,000 characters, a method that is none, bytes of another protocol."""
    with served() as port:
        for said in (
            b"GET /?q=" + b"a" * 100_000 + b" HTTP/1.1\r\n\r\n",
            b"GE T / HTTP/1.1\r\n\r\n",
            b"\x16\x03\x01\x02\r\n\r\n",
        ):
            with socket.create_connection(("127.0.0.1", port)) as odd:
                odd.sendall(said)
                head = odd.recv(65536)
            assert head.startswith(b"HTTP/1.1 400 Bad Request\r\n"), said[:20]
            assert b"content-type: application/problem+json" in head
        assert answers(port)


def test_a_body_without_end_is_refused(served: Serve):
    """A body that goes on beyond the limit gets 413, one that stops coming gets 408; both lose the connection."""
    with served(body_seconds=0.3) as port:
        for body, status in (
            ((b"ffff\r\n" + b"x" * 0xFFFF + b"\r\n") * 6, b"413"),
            (b"5\r\n", b"408"),
        ):
            with socket.create_connection(("127.0.0.1", port)) as endless:
                head = b"POST /api/ask HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
                endless.sendall(head + body)
                assert endless.recv(65536).split()[1] == status
                assert closed_after(endless, 3)
        assert answers(port)


def test_a_thousand_pictures_at_once_are_one_drawing(served: Serve, service: AnswerService):
    """Each who asks gets the same picture or a 503 with a time to come back, and questions are answered meanwhile."""
    passage = service.build.records.passages([service.build.records.size - 1])[0].id
    drawn = []
    with (
        served(drawing=Rate(2000, 60.0)) as port,
        httpx2.Client(verify=loopback.NO_AUTHORITIES, limits=httpx2.Limits(max_connections=50)) as client,
    ):

        def ask(_: int) -> int:
            response = client.get(f"http://127.0.0.1:{port}/api/passages/{passage}/picture", timeout=30)
            drawn.append(response.content)
            return response.status_code

        with ThreadPoolExecutor(50) as pool:
            statuses = list(pool.map(ask, range(1000)))
            assert answers(port)
    assert set(statuses) == {200}
    assert len(set(drawn)) == 1


def test_only_a_trusted_proxy_is_believed_about_the_client(served: Serve):
    """Behind a proxy that is named, each forwarded client has its own bucket; others cannot pretend."""
    with served(proxies=("127.0.0.1",), asking=Rate(1, 600.0)) as port:
        statuses = [ask_as(port, client) for client in ("203.0.113.1", "203.0.113.2", "203.0.113.1")]
    assert statuses == [200, 200, 429]
    with served(asking=Rate(1, 600.0)) as port:
        assert [ask_as(port, client) for client in ("203.0.113.1", "203.0.113.2")] == [200, 429]


def ask_as(port: int, client: str) -> int:
    """Ask with a forwarded address; returns the status."""
    return loopback.get(f"http://127.0.0.1:{port}/api/ask", params=QUESTION, headers={"x-forwarded-for": client}).status_code


@pytest.mark.parametrize("kept", [True, False], ids=["prefix kept", "prefix stripped"])
def test_below_a_base_path_every_link_leads_below_it(served: Serve, kept: bool):
    """Whether the proxy strips the prefix or keeps it, pages, style and API are found, and links carry it."""
    with served(base_path="/localism") as port:
        prefix = "/localism" if kept else ""
        page = loopback.get(f"http://127.0.0.1:{port}{prefix}/", params=QUESTION)
        style = loopback.get(f"http://127.0.0.1:{port}{prefix}/static/page.css")
        asked = loopback.get(f"http://127.0.0.1:{port}{prefix}/api/ask", params=QUESTION)
    assert (page.status_code, style.status_code, asked.status_code) == (200, 200, 200)
    assert 'href="/' not in page.text.replace('href="/localism/', "")


def connected(port: int, address: str) -> socket.socket:
    """Return a connection from an address of its own on this machine."""
    return socket.create_connection(("127.0.0.1", port), source_address=(address, 0))


def open_ones(connections: list[socket.socket]) -> int:
    """Count the connections that the other side has not closed."""
    looking = select.poll()
    for connection in connections:
        looking.register(connection, select.POLLIN | select.POLLRDHUP)
    return len(connections) - len(looking.poll(0))


def test_idle_connections_of_one_address_leave_room_for_others(served: Serve):
    """The oldest idle ones of the same address make room; another address is not touched."""
    with served() as port, httpx2.Client(verify=loopback.NO_AUTHORITIES) as other:
        assert other.get(f"http://127.0.0.1:{port}/livez").status_code == 200
        idle = [connected(port, "127.0.0.2") for _ in range(MOST_OF_ONE + 50)]
        assert all(closed_after(connection, 5) for connection in idle[:50])
        assert open_ones(idle[50:]) == MOST_OF_ONE
        assert other.get(f"http://127.0.0.1:{port}/livez").status_code == 200
        assert answers(port)
        for connection in idle:
            connection.close()


def test_connections_at_work_are_not_cut_for_new_ones(served: Serve):
    """Where all of an address are in use, the next is told so."""
    head = b"POST /api/ask HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n"
    with served(body_seconds=60) as port:
        busy = [connected(port, "127.0.0.2") for _ in range(MOST_OF_ONE)]
        for connection in busy:
            connection.sendall(head)
        answers(port)  # by now all have been read
        with connected(port, "127.0.0.2") as late:
            said = late.recv(65536)
        assert said.startswith(b"HTTP/1.1 503 Service Unavailable\r\n")
        assert b"retry-after: 5" in said
        assert open_ones(busy) == MOST_OF_ONE
        assert answers(port)
        for connection in busy:
            connection.close()


def test_a_proxy_that_is_named_may_open_more(served: Serve):
    """Each of its connections may carry another person."""
    with served(proxies=("127.0.0.2",)) as port:
        carried = [connected(port, "127.0.0.2") for _ in range(MOST_OF_ONE + 50)]
        assert answers(port)
        assert open_ones(carried) == len(carried)
        for connection in carried:
            connection.close()


def test_who_does_not_read_is_cut_off(served: Serve, monkeypatch: pytest.MonkeyPatch):
    """What waits for it is dropped, and its place is free."""
    monkeypatch.setattr("bot.http.app.READ_SECONDS", 0.3)
    with served() as port, socket.socket() as deaf:
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        deaf.connect(("127.0.0.1", port))
        deaf.sendall(b"GET /api/openapi.json HTTP/1.1\r\nHost: x\r\n\r\n" * 16)
        looking = select.poll()
        looking.register(deaf, 0)  # errors alone: data would come first
        assert looking.poll(10_000), "reset"
        assert answers(port)


def test_who_reads_slowly_gets_everything(served: Serve, monkeypatch: pytest.MonkeyPatch):
    """As long as something is taken each time it is looked."""
    monkeypatch.setattr("bot.http.app.READ_SECONDS", 1.0)
    with served() as port, socket.socket() as slow:
        slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16_384)
        slow.settimeout(10)
        slow.connect(("127.0.0.1", port))
        ask = b"GET /api/openapi.json HTTP/1.1\r\nHost: x\r\n"
        slow.sendall((ask + b"\r\n") * 12 + ask + b"Connection: close\r\n\r\n")
        got = bytearray()
        while block := slow.recv(16_384):
            got += block
            time.sleep(0.05)
    assert got.count(b"HTTP/1.1 200 OK") == 13


def test_who_asks_far_ahead_is_cut_off(served: Serve):
    """Hundreds of requests in one packet are not all answered."""
    with served() as port, connected(port, "127.0.0.2") as hasty:
        with contextlib.suppress(ConnectionError):
            hasty.sendall(b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n" * 500)
        assert closed_after(hasty, 5)
        assert answers(port)
