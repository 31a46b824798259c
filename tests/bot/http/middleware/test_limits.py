"""How often and how many at once: each client by itself, each kind of route by itself, and nobody's address kept."""

import asyncio

import pytest
from starlette.types import Message, Receive, Scope, Send

from bot.http.clients import Proxies, network_of
from bot.http.counting import Counting
from bot.http.middleware import rate_limit
from bot.http.middleware.rate_limit import MOST_WAITING, BodyLimit, Places, RateLimit, RateLimiter
from bot.http.middleware.route_kinds import Bounds, RouteKind, bounds_of, kind_of
from bot.http.options import HttpOptions, Rate
from tests.bot.http.clock import Clock


@pytest.mark.parametrize(
    ("address", "client"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::", "2001:db8:1:3::/64"),
        ("::1", "::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("unknown", "unknown"),
        ("no:address", "no:address"),
    ],
)
def test_a_client_is_an_ipv4_address_or_a_64_of_ipv6(address: str, client: str):
    """Whoever has a /64 has all its addresses; an IPv4 address is the same however it is written."""
    assert network_of(address) == client


def test_a_proxy_is_known_by_address_and_by_network():
    """However its address is written; what is no address is no proxy."""
    proxies = Proxies(("127.0.0.1", "10.1.0.0/16", "2001:db8::/32"))
    inside = ["127.0.0.1", "::ffff:127.0.0.1", "10.1.2.3", "2001:db8:9::1"]
    assert [address in proxies for address in inside] == [True] * 4
    assert [address in proxies for address in ("127.0.0.2", "10.2.0.1", "unknown")] == [False] * 3
    assert "127.0.0.1" not in Proxies(())


def test_a_window_slides_and_each_client_has_its_own(clock: Clock):
    """Refused requests do not count; what was used fades evenly in the window that follows."""
    limiter = RateLimiter(Rate(4, 60.0))
    assert [limiter.take("a").wait for _ in range(5)] == [0, 0, 0, 0, 59]
    assert limiter.take("b").wait == 0
    clock.now += 74.0  # three quarters of the last window count: 3 of 4
    assert [limiter.take("a").wait > 0 for _ in range(2)] == [False, True]
    clock.now += 120.0
    assert [limiter.take("a").wait > 0 for _ in range(5)] == [False] * 4 + [True]


def test_addresses_of_one_household_share_a_window(clock: Clock):
    """A client of IPv6 may take another address for every request."""
    limiter = RateLimiter(Rate(2, 60.0))
    assert [limiter.take(f"2001:db8:1:2::{number}").wait > 0 for number in range(3)] == [False, False, True]
    assert not limiter.take("2001:db8:1:3::1").wait


def test_a_flood_of_addresses_takes_bounded_memory_and_is_forgotten(clock: Clock, monkeypatch: pytest.MonkeyPatch):
    """Beyond so many counters clients share some; when the flood is over each has its own again."""
    monkeypatch.setattr(rate_limit, "MOST_COUNTERS", 50)
    monkeypatch.setattr(rate_limit, "SHARED", 7)
    limiter = RateLimiter(Rate(1000, 60.0))
    for number in range(2000):
        limiter.take(f"10.0.{number // 250}.{number % 250}")
    assert len(limiter.storage.expirations) == 50 + 7
    assert not any("10.0." in key for key in limiter.storage.expirations)


@pytest.mark.parametrize(
    ("path", "has_query", "kind"),
    [
        ("/api/ask", True, RouteKind.ASKING),
        ("/", True, RouteKind.ASKING),
        ("/", False, RouteKind.READING),
        ("/feedback", False, RouteKind.ASKING),
        ("/api/documents", False, RouteKind.READING),
        ("/sources", False, RouteKind.READING),
        ("/p/abc", False, RouteKind.READING),
        ("/api/openapi.json", False, RouteKind.READING),
        ("/nothing", False, RouteKind.READING),
        ("/api/suggest", True, RouteKind.SUGGESTING),
        ("/api/passages/abc/picture", False, RouteKind.PICTURES),
        ("/api/documents/abc/pages/1/picture", True, RouteKind.PICTURES),
        ("/readyz", False, RouteKind.HEALTH),
        ("/livez", False, RouteKind.HEALTH),
        ("/metrics", False, RouteKind.HEALTH),
        ("/admin", False, RouteKind.ADMIN),
        ("/admin/index", False, RouteKind.ADMIN),
        ("/api/admin/documents", True, RouteKind.ADMIN),
        ("/static/page.css", True, RouteKind.STATIC),
        ("/widget.js", False, RouteKind.STATIC),
    ],
)
def test_every_route_belongs_to_a_kind(path: str, has_query: bool, kind: RouteKind):
    """There is no address without a limit."""
    assert kind_of(path, has_query) is kind
    assert bounds_of(HttpOptions())[kind].rate.requests > 0


def scope_of(path: str, client: str) -> Scope:
    """Return a request."""
    return {
        "type": "http",
        "method": "GET",
        "path": path,
        "root_path": "",
        "query_string": b"",
        "headers": [],
        "client": (client, 1),
    }


async def nothing() -> Message:
    """Say nothing."""
    return {"type": "http.request"}


class Inside:
    """An application in which every request stays until it is let go; knows who is in, and the most that were at once."""

    def __init__(self) -> None:
        """Hold nobody."""
        self.within: list[str] = []
        self.statuses: list[int] = []
        self.most = 0
        self.go = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Keep one request."""
        self.within.append(scope["client"][0])
        self.most = max(self.most, len(self.within))
        await self.go.wait()
        self.within.remove(scope["client"][0])
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def send(self, message: Message) -> None:
        """Note the status of a response."""
        if message["type"] == "http.response.start":
            self.statuses.append(message["status"])


async def begin(places: Places, inside: Inside, path: str, clients: list[str]) -> list[asyncio.Task[None]]:
    """Begin a request of each of ``clients`` and let all come as far as they can."""
    tasks = [asyncio.create_task(places(scope_of(path, client), nothing, inside.send)) for client in clients]
    for _ in range(5):
        await asyncio.sleep(0)
    return tasks


async def test_one_client_holds_its_own_places_and_no_more():
    """A client with many requests waits for itself: another client, and another kind of route, come in at once."""
    inside = Inside()
    places = Places(inside, bounds_of(HttpOptions()))
    tasks = await begin(places, inside, "/api/documents", ["a"] * 60)
    assert inside.within == ["a"] * 2
    tasks += await begin(places, inside, "/api/documents", ["b"])
    tasks += await begin(places, inside, "/api/ask", ["a"])
    assert inside.within == ["a", "a", "b", "a"]
    inside.go.set()
    await asyncio.gather(*tasks)
    assert (inside.statuses, inside.within) == ([200] * 62, [])


async def test_all_clients_together_hold_bounded_places():
    """Whoever comes too many waits, and is served."""
    inside = Inside()
    places = Places(inside, {kind: Bounds(Rate(1, 1.0), 2, 5) for kind in RouteKind})
    tasks = await begin(places, inside, "/", [str(number) for number in range(20)])
    assert len(inside.within) == 5
    inside.go.set()
    await asyncio.gather(*tasks)
    assert (inside.statuses, inside.most) == ([200] * 20, 5)


async def test_too_many_of_one_client_are_refused_and_those_that_leave_make_room():
    """A client that went away while it waited holds nothing."""
    inside = Inside()
    places = Places(inside, bounds_of(HttpOptions()))
    tasks = await begin(places, inside, "/readyz", ["a"] * (1 + MOST_WAITING))
    (late,) = await begin(places, inside, "/readyz", ["a"])
    assert (late.done(), inside.statuses) == (True, [503])
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    inside.within.clear()
    await begin(places, inside, "/readyz", ["a"])
    assert inside.within == ["a"]


async def test_a_refusal_asks_nothing_of_the_application(clock: Clock):
    """It is said before anything is looked at, for each kind of route by itself."""
    inside = Inside()
    inside.go.set()
    limit = RateLimit(inside, {kind: Bounds(Rate(1, 60.0), 1, 1) for kind in RouteKind}, Counting())
    for path in ("/sources", "/sources", "/livez", "/nothing"):
        await limit(scope_of(path, "a"), nothing, inside.send)
    assert inside.statuses == [200, 429, 200, 429]


async def test_what_is_answered_at_one_go_lets_others_in_between():
    """Many requests of one client that never wait for anything are not answered one after the other before the loop comes round."""
    rounds, seen = 0, []

    async def look() -> None:
        nonlocal rounds
        while True:
            rounds += 1
            await asyncio.sleep(0)

    async def at_once(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(rounds)

    places = Places(at_once, bounds_of(HttpOptions()))
    looking = asyncio.create_task(look())
    await asyncio.gather(*(places(scope_of("/", "a"), nothing, Inside().send) for _ in range(20)))
    looking.cancel()
    assert max(seen.count(number) for number in seen) <= 2


async def test_a_body_that_broke_off_is_not_taken_for_a_whole_one():
    """A phone that loses its connection in the middle of a form has said nothing: half a question is not kept for a whole one."""
    inside, come = Inside(), [{"type": "http.request", "body": b"verdict=helpful&question=Who", "more_body": True}]
    inside.go.set()

    async def breaks_off() -> Message:
        return come.pop() if come else {"type": "http.disconnect"}

    scope = {**scope_of("/feedback", "a"), "method": "POST", "headers": [(b"content-length", b"60")]}
    await BodyLimit(inside, 1000, 5.0, "/apart")(scope, breaks_off, inside.send)
    assert (inside.most, inside.statuses) == (0, [400])
