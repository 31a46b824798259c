"""What the browser tests stand on: another site that embeds ours, and a page that is watched. Needs Chromium, as they do."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler

from playwright.sync_api import Browser, BrowserContext, Page
from typing_extensions import override

DESKTOP = {"width": 1200, "height": 800}
OPERATOR = "the-operator-s-own-token"
PHONE = {"width": 375, "height": 720}
QUESTION = "How long does the council have to decide on a nomination?"
ANSWER = "The council must decide on a nomination within eight weeks of receiving it."


class OtherSite(BaseHTTPRequestHandler):
    """A page of a campaign, with a loud style of its own, that embeds the box of ``server``."""

    server_address_of_ours = ""

    def do_GET(self) -> None:
        """Give the page."""
        ours = self.server_address_of_ours
        body = (
            "<!DOCTYPE html><html lang=en><title>Save our pub</title><style>* { color: lime !important }</style>"
            f"<h1>Save our pub</h1><script src='{ours}/widget.js' defer></script>"
            f"<localism-ask><form action='{ours}/'><input name=q aria-label=Question><button>Plain</button></form></localism-ask>"
        ).encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(body)

    @override
    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def opened(browser: Browser, **options: object) -> Iterator[tuple[BrowserContext, Page]]:
    """Open a page whose requests and complaints are watched: nothing may be asked of other hosts, nothing may break."""
    context = browser.new_context(**{"viewport": DESKTOP, **options})
    page = context.new_page()
    hosts: set[str] = set()
    complaints: list[str] = []
    page.on("request", lambda request: hosts.add(request.url.split("/")[2]))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if "Content Security Policy" in said.text else None)
    yield context, page
    context.close()
    assert complaints == []
    assert all(host.startswith(("127.0.0.1:", "localhost:")) for host in hosts), hosts
