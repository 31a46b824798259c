"""Does one client starve another? 70 connections of one loop on a route while another asks 20 questions; each route in turn.

    python -m benchmarks.starving [--index DIR] [--seconds 4]

Starts the server itself on a free port of this machine, as an operator runs it, with an admin token. Each row has two addresses of its
own (127.0.x.y), so that no limit is used up by the row before. "good" counts what the many connections got, "429" and "503" what they
were refused. Two more rows open 500 connections of one address that say nothing, and that ask and never read. Exit code 1 where a row
has fewer than 20 answers within a second. Linux: elsewhere only 127.0.0.1 is there.
"""

import argparse
import asyncio
import contextlib
import http.client
import json
import multiprocessing
import secrets
import socket
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from urllib.parse import quote

from benchmarks.http_services import Service, started
from benchmarks.http_turns import QUESTIONS
from index.build.layout import DEFAULT_BUILDS

CONNECTIONS, HELD, ASKED, IN_TIME = 70, 500, 20, 1.0
TOKEN = secrets.token_urlsafe(24)
Load = Callable[[int, str, float], Coroutine[None, None, Counter[int]]]


@dataclass(frozen=True, slots=True)
class Row:
    """What the many connections do."""

    name: str
    request: bytes = b""
    kind: str = "loop"


def get(path: str, *headers: str) -> bytes:
    """Return a request."""
    return "\r\n".join((f"GET {path} HTTP/1.1", "Host: localism", *headers, "", "")).encode()


def rows(picture: str, passage: str) -> list[Row]:
    """Return every route, and what can be done with connections alone."""
    authorised = f"Authorization: Bearer {TOKEN}"
    plain = [
        "/api/documents",
        "/sources",
        "/glossary",
        "/api/glossary",
        "/api/suggest?q=coun",
        "/readyz",
        "/livez",
        "/metrics",
    ]
    plain += [f"/p/{passage}", f"/api/passages/{passage}/context", picture, "/", "/?q=Who+can+nominate+a+pub", "/help", "/api"]
    plain += ["/api/openapi.json", "/static/page.css", "/widget.js", "/nothing", "/admin", "/admin/index", "/api/admin/builds"]
    found = [Row(path.replace(passage, "…"), get(path)) for path in plain]
    found += [Row("/api/ask", get("/api/ask?q=%QUESTION%"))]
    found += [Row(f"{path} with the token", get(path, authorised)) for path in ("/admin", "/admin/index", "/api/admin/builds")]
    post = b"POST /api/ask HTTP/1.1\r\nHost: localism\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n"
    found += [Row("POST /api/ask that trickles", post, "trickle")]
    found += [Row(f"{HELD} idle connections", b"", "hold"), Row(f"{HELD} that never read", get("/api/documents") * 10, "hold")]
    return found


async def loop_on(request: bytes, port: int, address: str, until: float) -> Counter[int]:
    """Send ``request`` again and again over one connection; returns the statuses."""
    statuses: Counter[int] = Counter()
    while time.monotonic() < until:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=(address, 0))
            while time.monotonic() < until:
                writer.write(request.replace(b"%QUESTION%", quote(_question()).encode()))
                statuses[await _status(reader)] += 1
            writer.close()
    return statuses


async def _status(reader: asyncio.StreamReader) -> int:
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    length = head.partition(b"content-length:")[2].split(b"\r\n")[0]
    if length:
        await reader.readexactly(int(length))
    elif b"chunked" in head:
        while size := int(await reader.readline(), 16):
            await reader.readexactly(size + 2)
        await reader.readline()
    return int(head.split()[1])


async def trickle(request: bytes, port: int, address: str, until: float) -> Counter[int]:
    """Send a head, and then a byte now and then."""
    _, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=(address, 0))
    writer.write(request)
    with contextlib.suppress(OSError):
        while time.monotonic() < until:
            writer.write(b" ")
            await asyncio.sleep(0.1)
    writer.close()
    return Counter()


async def hold(request: bytes, port: int, address: str, until: float) -> Counter[int]:
    """Say ``request`` once and then nothing, and read nothing."""
    with socket.socket() as held:
        held.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        held.bind((address, 0))
        held.setblocking(False)
        with contextlib.suppress(OSError):
            await asyncio.get_running_loop().sock_connect(held, ("127.0.0.1", port))
            held.send(request)
        await asyncio.sleep(max(0.0, until - time.monotonic()))
    return Counter()


DOING = {"loop": (loop_on, CONNECTIONS), "trickle": (trickle, CONNECTIONS), "hold": (hold, HELD)}


def press(row: Row, port: int, address: str, seconds: float, say: Connection) -> None:
    """Do what ``row`` says for ``seconds``, in a process of its own, and say how it ended."""

    async def all_of_them() -> Counter[int]:
        doing, count = DOING[row.kind]
        until = time.monotonic() + seconds
        return sum(await asyncio.gather(*(doing(row.request, port, address, until) for _ in range(count))), Counter())

    say.send(asyncio.run(all_of_them()))


def _question() -> str:
    return f"{secrets.choice(QUESTIONS)} {secrets.randbelow(10**9)}"


def asked(port: int, address: str) -> float:
    """Ask one question as a new visitor; returns the seconds to its answer, or infinity."""
    began = time.monotonic()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10, source_address=(address, 0))
    try:
        connection.request("GET", f"/api/ask?q={quote(_question())}")
        response = connection.getresponse()
        response.read()
    except OSError:
        return float("inf")
    finally:
        connection.close()
    return time.monotonic() - began if response.status == 200 else float("inf")


def measured(row: Row, number: int, port: int, seconds: float) -> tuple[list[float], Counter[int]]:
    """Ask while ``row`` goes on."""
    hear, say = multiprocessing.Pipe(duplex=False)
    load = multiprocessing.Process(target=press, args=(row, port, f"127.0.1.{number + 1}", seconds, say))
    load.start()
    time.sleep(0.5)  # until all are connected
    times = []
    for _ in range(ASKED):
        times.append(asked(port, f"127.0.2.{number + 1}"))
        time.sleep(seconds / ASKED / 3)
    statuses = hear.recv()
    load.join()
    return times, statuses


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--index", type=Path, default=DEFAULT_BUILDS)
    parser.add_argument("--seconds", type=float, default=4.0, help="of each row (%(default)s)")
    parser.add_argument("--only", default="", metavar="TEXT", help="rows whose name holds this")
    chosen = parser.parse_args(arguments)
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    command = (sys.executable, "-m", "bot", "serve", "--index", str(chosen.index), "--port", str(port))
    settings = {"LOCALISM_ADMIN_TOKEN": TOKEN, "LOCALISM_STATE": tempfile.mkdtemp(), "LOCALISM_LOG_LEVEL": "ERROR"}
    worst = ASKED
    with started(Service("localism", command, port, "/api/ask?q=", tuple(settings.items()))):
        print(f"{'while one client is on':34} {'in 1 s':>7} {'worst ms':>9} {'good':>7} {'429':>7} {'503':>5}")
        for number, row in enumerate(row for row in rows(*_places(port)) if chosen.only in row.name):
            times, statuses = measured(row, number, port, chosen.seconds)
            answered = sum(one <= IN_TIME for one in times)
            worst = min(worst, answered)
            good = sum(statuses.values()) - statuses[429] - statuses[503]
            print(
                f"{row.name:34} {answered:>4}/{ASKED} {max(times) * 1000:>9.0f} {good:>7} {statuses[429]:>7} {statuses[503]:>5}",
                flush=True,
            )
    return 0 if worst == ASKED else 1


def _places(port: int) -> tuple[str, str]:
    """Return the address of a picture, of one that is not there where the build has none, and the id of a passage."""
    found = _json(port, f"/api/ask?q={quote(QUESTIONS[1])}&limit=20")["passages"]
    contexts = [_json(port, f"/api/passages/{passage['id']}/context") for passage in found]
    pictures = [str(context["picture"]) for context in contexts if context["picture"]]
    first = str(found[0]["id"])
    return (pictures or [f"/api/passages/{first}/picture"])[0], first


def _json(port: int, path: str) -> dict[str, list[dict[str, object]]]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", path)
    read: dict[str, list[dict[str, object]]] = json.loads(connection.getresponse().read())
    connection.close()
    return read


if __name__ == "__main__":
    sys.exit(main())
