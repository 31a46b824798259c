"""The operator's door: sessions, wrong tries, and requests that another site sent."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from bot.answering.answer_service import AnswerService
from bot.http.admission.admission import COOKIE, Admission
from bot.http.admission.senders import LONGEST_WAIT, SESSION_SECONDS, EndedFolder, Sessions, WrongTries
from bot.http.app import create_app
from bot.http.clients import network_of
from bot.http.options import HttpOptions

TOKEN = "a-token-of-more-than-twenty-letters"  # noqa: S105  # of this test
OWN = {"Origin": "http://testserver"}
PAGE = {"Accept": "text/html"}


@contextmanager
def opened(service: AnswerService, base: str = "http://testserver", **options: Any) -> Iterator[TestClient]:
    """Open a client that follows no redirect."""
    app = create_app(service, HttpOptions(**{"admin_token": TOKEN, **options}))
    with TestClient(app, base, raise_server_exceptions=False, follow_redirects=False) as client:
        yield client


def log_in(client: TestClient, token: str = TOKEN, to: str = "", **headers: str):
    """Send the form of the log-in page."""
    return client.post("/admin/login", data={"token": token, "to": to}, headers={**OWN, **headers})


def cookie_of(response) -> dict[str, str]:
    """Return the attributes of the cookie that a response sets."""
    morsel = SimpleCookie(response.headers["set-cookie"])[COOKIE]
    return {name: str(value) for name, value in morsel.items() if value}


def test_a_browser_is_led_to_the_log_in_page_and_back(service: AnswerService):
    """No log-in box of the browser; the page that was wanted comes after the token, and a cookie opens it from then on."""
    with opened(service) as client:
        led = client.get("/admin", headers=PAGE)
        assert (led.status_code, led.headers["location"]) == (303, "/admin/login?to=/admin")
        page = client.get(led.headers["location"], headers=PAGE)
        assert '<form class="keeping" method="post" action="/admin/login">' in page.text
        assert 'name="to" value="/admin"' in page.text
        done = log_in(client, to="/admin")
        assert (done.status_code, done.headers["location"]) == (303, "/admin")
        assert client.get("/admin", headers=PAGE).status_code == 200
        assert client.get("/metrics").status_code == 200


def test_a_program_without_the_token_is_told_and_no_box_opens(service: AnswerService):
    """401 with a problem, and a challenge that no browser answers by itself."""
    with opened(service) as client:
        refused = client.get("/admin")
    assert (refused.status_code, refused.headers["www-authenticate"]) == (401, 'Bearer realm="Localism"')


@pytest.mark.parametrize(
    ("options", "headers", "secure"),
    [
        ({}, {}, False),
        ({"public_url": "https://ask.example.org"}, {"Origin": "https://ask.example.org"}, True),
        ({"public_url": "https://ask.example.org"}, {}, True),
    ],
)
def test_the_cookie_is_for_this_site_and_no_script(
    service: AnswerService, options: dict[str, str], headers: dict[str, str], secure: bool
):
    """HttpOnly, SameSite=Strict, an end, and Secure where people come by https."""
    with opened(service, **options) as client:
        cookie = cookie_of(log_in(client, **headers))
    wanted = {"httponly": "True", "samesite": "strict", "max-age": str(SESSION_SECONDS), "path": "/"}
    assert cookie == (wanted | {"secure": "True"} if secure else wanted)


def test_below_a_base_path_everything_stays_there(service: AnswerService):
    """Cookie, form and redirects."""
    with opened(service, base_path="/localism") as client:
        led = client.get("/localism/admin", headers=PAGE)
        assert led.headers["location"] == "/localism/admin/login?to=/admin"
        done = client.post("/localism/admin/login", data={"token": TOKEN, "to": "/admin"}, headers=OWN)
        assert (done.headers["location"], cookie_of(done)["path"]) == ("/localism/admin", "/localism")


@pytest.mark.parametrize("to", ["https://evil.example", "//evil.example", "/\\evil.example", "/../x", "javascript:alert(1)"])
def test_the_way_back_leads_to_our_own_pages_only(service: AnswerService, to: str):
    """Whatever the form says."""
    with opened(service) as client:
        assert log_in(client, to=to).headers["location"] == "/admin/index"


def test_logging_out_ends_the_session_everywhere(service: AnswerService, tmp_path: Path):
    """A copy of the cookie opens nothing any more, in this process and in another one, and after a restart."""
    with opened(service, state=tmp_path) as client:
        log_in(client)
        copy = client.cookies[COOKIE]
        out = client.post("/admin/logout", headers=OWN)
        assert (out.status_code, out.headers["location"]) == (303, "/admin/login")
        assert COOKIE not in client.cookies
        assert client.get("/admin", headers={"Cookie": f"{COOKIE}={copy}"}).status_code == 401
    with opened(service, state=tmp_path) as another:
        assert another.get("/admin", headers={"Cookie": f"{COOKIE}={copy}"}).status_code == 401
    ended = list((tmp_path / ".ended-sessions").iterdir())
    assert [(oct(path.stat().st_mode & 0o777), path.stat().st_size) for path in ended] == [("0o600", 0)]


def test_a_session_holds_in_every_process_and_another_token_ends_all(tmp_path: Path):
    """The key is made from the token, and the cookie says nothing of it."""
    cookie = Sessions(TOKEN, EndedFolder(tmp_path)).begin()
    assert Sessions(TOKEN, EndedFolder(tmp_path)).holds(cookie)
    assert not Sessions(TOKEN + "x", EndedFolder(tmp_path)).holds(cookie)
    assert TOKEN not in cookie


def test_a_session_ends_by_itself_and_is_then_forgotten(tmp_path: Path):
    """After eight hours; what was noted as ended goes once it would have expired."""
    now = 1_000_000.0
    sessions = Sessions(TOKEN, EndedFolder(tmp_path, lambda: now), lambda: now)
    first, second = sessions.begin(), sessions.begin()
    now += SESSION_SECONDS - 1
    assert sessions.holds(first)
    sessions.end(first)
    assert len(list(tmp_path.iterdir())) == 1
    now += 2
    assert not sessions.holds(second)
    later = sessions.begin()
    sessions.end(later)
    assert [path.name for path in tmp_path.iterdir()] == [later.partition(".")[0]]


@given(st.text(max_size=80))
def test_no_made_up_cookie_is_a_session(cookie: str):
    """Nor one whose end was moved."""
    sessions = Sessions(TOKEN, None)
    real = sessions.begin()
    assert not sessions.holds(cookie)
    assert not sessions.holds("9" + real)
    assert not sessions.holds(real + cookie) or not cookie


@pytest.mark.parametrize("base", ["http://testserver", "http://ask.example.org", "http://192.0.2.7:8000"])
@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"},
        {"Origin": "null"},
        {"Origin": ""},
        {"Origin": "http://testserver.evil.example"},
        {"Origin": "http://evil.example#testserver"},
        {"Origin": "http://ask.example.org:81"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {},
    ],
)
def test_a_changing_request_of_another_site_or_of_nobody_is_refused(
    service: AnswerService, base: str, headers: dict[str, str]
):
    """With the right token or a session, on loopback and on a name reached by plain http."""
    with opened(service, base) as client:
        client.cookies.set(COOKIE, Sessions(TOKEN, None).begin())
        refused = client.post("/admin/login", data={"token": TOKEN}, headers=headers)
        assert (refused.status_code, "set-cookie" in refused.headers) == (403, False)
        assert client.post("/admin/logout", headers=headers).status_code == 403
        assert client.get("/admin").status_code == 200, "the session was not ended"


@pytest.mark.parametrize(
    "base", ["http://testserver", "http://ask.example.org", "http://192.0.2.7:8000", "http://[2001:db8::1]:8000"]
)
@pytest.mark.parametrize("site", [{}, {"Sec-Fetch-Site": "same-origin"}])
def test_our_own_page_may_change_things(service: AnswerService, base: str, site: dict[str, str]):
    """By the origin that the browser names, in capitals or not."""
    with opened(service, base) as client:
        assert client.post("/admin/login", data={"token": TOKEN}, headers={"Origin": base.upper(), **site}).status_code == 303


@pytest.mark.parametrize(("origin", "status"), [("https://ask.example.org", 303), ("http://ask.example.org", 403)])
def test_the_public_address_counts_as_ours(service: AnswerService, origin: str, status: int):
    """Where a proxy ends https and the server sees plain http under another name; its plain http twin does not."""
    with opened(service, public_url="https://ask.example.org") as client:
        assert client.post("/admin/login", data={"token": TOKEN}, headers={"Origin": origin}).status_code == status


def test_wrong_tries_are_slowed_logged_without_the_token_and_the_right_one_waits_too(service: AnswerService, caplog):
    """By form, bearer and basic alike; a session that was open before goes on."""
    with opened(service) as client:
        session = {"Cookie": f"{COOKIE}={Sessions(TOKEN, None).begin()}"}
        assert log_in(client, "wrong-secretword").status_code == 401
        assert client.get("/admin", headers={"Authorization": "Bearer wrong-secretword"}).status_code == 401
        assert client.get("/admin", auth=("any", "wrong-secretword")).status_code == 401
        for answer in (
            log_in(client),
            client.get("/admin", headers={"Authorization": f"Bearer {TOKEN}"}),
            client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}),
        ):
            assert (answer.status_code, answer.headers["retry-after"]) == (429, "1")
        assert client.get("/admin", headers=session).status_code == 200
    lines = [record.getMessage() for record in caplog.records if record.name == "bot.http.admission.admission"]
    assert lines == ["wrong admin token from unknown"] * 3
    assert "secretword" not in caplog.text


@pytest.mark.parametrize("address", ["192.0.2.7", "2001:db8::7"])
def test_fail2ban_reads_the_line(service: AnswerService, caplog, address: str):
    """The filter that is shipped finds the address in the line as the server writes it, and in no line that an address forges."""
    app = create_app(service, HttpOptions(admin_token=TOKEN))
    with TestClient(app, client=(address, 1)) as client:
        client.get("/admin", headers={"Authorization": "Bearer wrong"})
    (record,) = [record for record in caplog.records if record.name == "bot.http.admission.admission"]
    line = f"2026-11-30 08:00:00,123 {record.levelname} {record.name}: {record.getMessage()}"
    shipped = (Path(__file__).resolve().parents[4] / "deploy/fail2ban/filter.d/localism.conf").read_text()
    (regex,) = re.findall(r"^failregex = (.*)$", shipped, re.MULTILINE)
    pattern = regex.replace("<HOST>", r"(?P<host>[0-9a-f.:]+)")
    # fail2ban takes the time out of the line before it looks.
    assert re.findall(pattern, line.removeprefix("2026-11-30 08:00:00,123")) == [address]
    assert not re.search(
        pattern, f" ERROR bot.http.problems: /p/x {record.levelname} {record.name}: {record.getMessage()} failed"
    )


def test_each_wrong_try_makes_the_next_one_wait_twice_as_long():
    """Up to a quarter of an hour; an hour without one is a new start; others wait for nothing."""
    now = 0.0
    tries = WrongTries(lambda: now)
    waits = []
    for _ in range(16):
        waits.append(tries.wait("192.0.2.1"))
        now += waits[-1]
        tries.note("192.0.2.1")
    assert waits == [0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, LONGEST_WAIT, LONGEST_WAIT, LONGEST_WAIT]
    assert tries.wait("192.0.2.2") == 0
    now += 3600
    assert tries.wait("192.0.2.1") == 0


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("192.0.2.1", "192.0.2.2", False),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
    ],
)
def test_an_ipv6_household_is_one(one: str, other: str, same: bool):
    """It has as many addresses as it likes."""
    assert (network_of(one) == network_of(other)) is same


def test_where_no_token_is_set_there_is_no_door(service: AnswerService):
    """Neither the page nor the form exists, and an empty token opens nothing."""
    with opened(service, admin_token="") as client:
        assert client.get("/admin/login").status_code == 404
        assert log_in(client, "").status_code == 404
        assert client.post("/admin/logout", headers=OWN).status_code == 404
        assert client.get("/admin", headers={"Authorization": "Bearer "}).status_code == 404
    assert Admission("").token == ""


@pytest.mark.parametrize("path", ["/sources/", "/admin/", "/help//"])
@pytest.mark.parametrize("host", ["evil.example", "testserver"])
def test_a_redirect_never_leads_to_the_host_that_a_client_names(service: AnswerService, path: str, host: str):
    """To a path, with the query."""
    with opened(service) as client:
        led = client.get(f"{path}?q=a%20b", headers={"Host": host})
        assert (led.status_code, led.headers["location"]) == (308, f"{path.rstrip('/')}?q=a%20b")


@pytest.mark.parametrize("path", ["//evil.example/", "/%5Cevil.example/", "///evil.example//", "/%0Aevil.example/"])
def test_no_redirect_leads_away_by_its_path(service: AnswerService, path: str):
    """What a browser could take for a host is a path of ours."""
    with opened(service) as client:
        location = client.get(f"http://testserver{path}").headers["location"]
    assert re.fullmatch(r"/[^/\\]\S*", location)
