"""Every page that the server shows, judged by the Nu Html Checker.

    python -m benchmarks.valid_pages vnu.jar [--index DIR]

Starts the server on loopback with the live build, follows the links from its pages, the operator's among them, and hands what came to
the checker, whose JAR is named (npm's package ``vnu-jar`` holds it; it needs Java). Prints what the checker says; ends with 1 where it
says anything. Only so many pages of one kind are fetched.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from collections import Counter, deque
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import httpx2

from index.build.layout import DEFAULT_BUILDS
from tests.waiting import free_port, wait_for

ROOT = Path(__file__).resolve().parent.parent
TOKEN = "a-token-of-more-than-twenty-letters"  # noqa: S105  of this run
QUESTIONS = (
    "who can nominate a pub",
    "our pub is closing. can we stop the sale, and who do we write to?",
    "zebra zeppelin",
    "???",
    "",
    "How do I boil an egg?",
    "is there a pub open tonight",
    "<b>\"&lt;who's & what</b>",
    "How long does the council have to decide? " * 40,
)
PLACES = ("/", "/sources", "/glossary", "/help", "/privacy", "/api", "/api/try", "/embed", "/nothing", "/problems", "/p/none")
OPERATORS = ("/admin", "/admin/index", "/admin/login")
MOST_OF_A_KIND = 40
KINDS = {"text/html": "html", "text/css": "css", "image/svg+xml": "svg"}
LINK = re.compile(r"""(?:href|src|action)=["']?([^"'\s>]+)""")


def pages(base: str) -> Iterator[tuple[str, str, str]]:
    """Yield address, ending and content of what the server shows, as far as links lead."""
    seen: set[str] = set()
    kinds: Counter[str] = Counter()
    with httpx2.Client(base_url=base, timeout=60, headers={"Accept": "text/html"}) as client:
        waiting = deque(PLACES)
        waiting.extend(f"/?{httpx2.QueryParams(q=question)}" for question in QUESTIONS)
        waiting.extend(OPERATORS)  # before the token is given,
        waiting.append("")
        while waiting:
            place = waiting.popleft()
            if not place:  # and after that
                origin = {"Origin": base}
                client.post("/admin/login", data={"token": TOKEN, "to": "/admin"}, headers=origin)
                seen -= set(OPERATORS)
                waiting.extend(OPERATORS)
                continue
            kind = "/".join(urlsplit(place).path.split("/")[:2])
            if place in seen or kinds[kind] >= MOST_OF_A_KIND:
                continue
            seen.add(place)
            kinds[kind] += 1
            found = client.get(place)
            ending = KINDS.get(found.headers.get("content-type", "").split(";")[0])
            if ending:
                yield place, ending, found.text
                waiting.extend(linked(base, place, found.text))


def linked(base: str, place: str, content: str) -> Iterator[str]:
    """Yield the places of this server to which a page leads."""
    for link in LINK.findall(content):
        address = urlsplit(urljoin(f"{base}{place}", unescape(link)))
        if f"{address.scheme}://{address.netloc}" == base and "logout" not in address.path:
            yield address.path + (f"?{address.query}" if address.query else "")


def judged(jar: Path, folder: Path) -> list[dict[str, object]]:
    """Return what the checker says of the files in ``folder``."""
    command = ["java", "-jar", str(jar), "--format", "json", "--also-check-css", "--also-check-svg", "--exit-zero-always"]
    done = subprocess.run([*command, str(folder)], capture_output=True, text=True, check=False)
    messages: list[dict[str, object]] = json.loads(done.stderr or done.stdout)["messages"]
    return messages


def main() -> int:
    """Serve, fetch, judge."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("jar", type=Path)
    parser.add_argument("--index", type=Path, default=Path(os.environ.get("LOCALISM_INDEX", DEFAULT_BUILDS)))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as state, tempfile.TemporaryDirectory() as folder:
        port = free_port()
        settings = {"INDEX": str(options.index), "PORT": str(port), "STATE": state, "ADMIN_TOKEN": TOKEN}
        environment = os.environ | {f"LOCALISM_{name}": value for name, value in settings.items()}
        server = subprocess.Popen([sys.executable, "-m", "bot", "serve", "--workers", "1"], cwd=ROOT, env=environment)
        try:
            base = f"http://127.0.0.1:{port}"
            wait_for(lambda: server.poll() is not None or _answers(base))
            names = {}
            for number, (place, ending, content) in enumerate(pages(base)):
                name = f"{number:04}.{ending}"
                (Path(folder) / name).write_text(content, encoding="utf-8")
                names[name] = place
        finally:
            server.terminate()
            server.wait(30)
        messages = judged(options.jar, Path(folder))
    for one in messages:
        place = names[str(one["url"]).rsplit("/", 1)[-1]]
        print(
            f"{place}: {one.get('lastLine', '')}: {one.get('subType', one['type'])}: {one['message']}\n    {one.get('extract', '')}"
        )
    print(f"{len(names)} pages and files, {len(messages)} complaints.")
    return 1 if messages or not names else 0


def _answers(base: str) -> bool:
    try:
        return httpx2.get(f"{base}/readyz", timeout=5).status_code == 200
    except httpx2.HTTPError:
        return False


if __name__ == "__main__":
    sys.exit(main())
