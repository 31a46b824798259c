"""Take the pictures of docs/pictures anew: ``python -m tools.docs_pictures --index DIR``.

Comes in: a folder of builds of the shipped corpus. Goes out: pictures of what is served from it, on loopback, by a real Chromium, and
of a card as Discord is given it. Refuses to take a picture that is larger than a page on the telephone should load.

Needs requirements/browser.txt, and Chromium; CHROMIUM names it where it is not /usr/bin/chromium.
"""

import argparse
import io
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright
from typing_extensions import override

from index.build.layout import DEFAULT_BUILDS
from tests.waiting import free_port, wait_for
from tools.card_drawing import card_html

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "pictures"
MOST_BYTES = 150_000
QUESTION = "Our pub is for sale. What can we do?"
CARD_QUESTION = "Who can nominate a building?"
REFUSED = "How do I renew my passport?"
TOKEN = "only-for-these-pictures"  # noqa: S105  of a server that nobody else reaches, and that ends with them
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1100, "height": 760}
WIDE = {"width": 720, "height": 720}
OTHER_SITE = """<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>Save our pub</title>
<style>body {{ font: 17px/1.5 Georgia, serif; margin: 0 auto; max-width: 40rem; padding: 1.5rem }} h1 {{ color: #234 }}</style>
<h1>Save our pub</h1><p>The Anchor may close this year. We meet every Tuesday. What do you want to know about our rights?</p>
<script src="{server}/widget.js" defer></script>
<localism-ask><form action="{server}/"><input name="q" aria-label="Question"><button>Ask</button></form></localism-ask></html>"""


def main() -> int:
    """Take all pictures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--index", type=Path, default=DEFAULT_BUILDS, help="folder of the builds (%(default)s)")
    builds = parser.parse_args().index.resolve()
    FOLDER.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        other_site(Path(folder)) as other,
        served(builds, Path(folder), other) as server,
    ):
        (Path(folder) / "index.html").write_text(OTHER_SITE.format(server=server), encoding="utf-8")
        with sync_playwright() as playwright:
            path = os.environ.get("CHROMIUM", "/usr/bin/chromium")
            browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
            take_all(browser, server, other, builds)
            browser.close()
    return 0


@contextmanager
def served(builds: Path, state: Path, other: str) -> Iterator[str]:
    """Serve ``builds`` on loopback, to be embedded by ``other``; gives the address."""
    address = f"http://127.0.0.1:{free_port()}"
    settings = {
        "PUBLIC_URL": address,
        "STATE": str(state / "state"),
        "ADMIN_TOKEN": TOKEN,
        "ALLOWED_ORIGINS": other,
        "OPERATOR": "Save Our Pub, hello@campaign.example.org",
        "CORPUS": str(ROOT / "corpus"),
    }
    command = [sys.executable, "-m", "bot", "serve", "--index", str(builds), "--port", address.rpartition(":")[2]]
    given = os.environ | {f"LOCALISM_{name}": value for name, value in settings.items()}
    with subprocess.Popen(command, cwd=ROOT, env=given) as process:
        try:
            wait_for(partial(_is_ready, address), 60)
            yield address
        finally:
            process.terminate()


def _is_ready(address: str) -> bool:
    finished = subprocess.run(["curl", "--silent", "--fail", f"{address}/readyz"], capture_output=True, check=False)
    return finished.returncode == 0


class Silent(SimpleHTTPRequestHandler):
    """Files of a folder, without a word about who asks."""

    @override
    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def other_site(folder: Path) -> Iterator[str]:
    """Serve ``folder`` as the site of somebody else; gives its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Silent, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def take_all(browser: Browser, server: str, other: str, builds: Path) -> None:
    """Take one picture after the other."""
    with opened(browser, PHONE, 1.5) as page:
        shot(page, f"{server}/", "start-phone")
        shot(page, f"{server}/?q={quote(QUESTION)}", "answer-phone")
        page.locator("a[href*='/p/']").first.click()
        page.wait_for_load_state("networkidle")
        keep(page, "reader-phone")
        shot(page, f"{server}/?q={quote(REFUSED)}", "not-found-phone")
    with opened(browser, DESKTOP) as page:
        shot(page, f"{server}/?q={quote(QUESTION)}", "answer-desktop")
        page.goto(f"{server}/admin/index")
        page.locator("input[type=password]").fill(TOKEN)
        page.locator("main button").click()
        page.wait_for_load_state("networkidle")
        shot(page, f"{server}/admin/index", "operator-desktop")
    with opened(browser, WIDE) as page:
        page.goto(other)
        page.locator("localism-ask #q").fill(CARD_QUESTION)
        page.locator("localism-ask #q").press("Enter")
        page.locator("localism-ask blockquote").first.wait_for()
        keep(page, "widget")
        page.set_content(card_html(builds, CARD_QUESTION))
        keep(page, "discord-card", "main")


@contextmanager
def opened(browser: Browser, viewport: dict[str, int], scale: float = 1) -> Iterator[Page]:
    """Open a page of that size, by day."""
    context = browser.new_context(
        viewport={"width": viewport["width"], "height": viewport["height"]}, device_scale_factor=scale, color_scheme="light"
    )
    yield context.new_page()
    context.close()


def shot(page: Page, address: str, name: str) -> None:
    """Open ``address`` and keep what is seen."""
    page.goto(address)
    page.wait_for_load_state("networkidle")
    keep(page, name)


def keep(page: Page, name: str, part: str = "") -> None:
    """Write what is seen of the page, or a ``part`` of it, as a small PNG."""
    taken = page.locator(part).screenshot() if part else page.screenshot()
    written = small(Image.open(io.BytesIO(taken)).convert("RGB"))
    if len(written) > MOST_BYTES:
        raise ValueError(f"the picture {name} has {len(written):,} bytes in few colours; show less on it")
    (FOLDER / f"{name}.png").write_bytes(written)
    print(f"{name}.png: {len(written):,} bytes")


def small(picture: Image.Image) -> bytes:
    """Return ``picture`` as PNG, in as many colours as fit the bytes that it may have, and 32 at least."""
    written = b""
    for colours in (256, 128, 64, 32):
        file = io.BytesIO()
        picture.quantize(colours, dither=Image.Dither.NONE).save(file, "PNG", optimize=True)
        written = file.getvalue()
        if len(written) <= MOST_BYTES:
            break
    return written


if __name__ == "__main__":
    sys.exit(main())
