"""What mkdocs is told beside mkdocs.yml: links that leave docs/ lead to copies in the site.

Comes in: the pages of docs/, in which a link such as ../deploy/nginx.conf leads to a file of the repository, as on its own website.
Goes out: the site, which holds a copy of each such file, because it is read without the repository. Refuses to change a page's words.
"""

import posixpath
import re
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).resolve().parent.parent
# Papers of other folders that the site shows as pages of its own, by the place that they get below docs/.
PAGES = {"corpus/README.md": "corpus-folder.md", "CHANGELOG.md": "changelog.md"}
ALWAYS = {"bot/web/static/logo.svg": "files/logo.svg", "bot/web/static/favicon.svg": "files/favicon.svg"}
LINK = re.compile(r"(?<=\]\()(?!https?:|mailto:|#)([^)#\s]+)(#[^)]*)?(?=\))")
HIDDEN = "files/env.example"  # a name that begins with a dot is no file of a site


def on_files(files: Files, *, config: MkDocsConfig) -> Files:
    """Add the papers of other folders, and every file that a page leads to."""
    copies = dict(ALWAYS)
    for source, place in PAGES.items():
        files.append(File.generated(config, place, content=(ROOT / source).read_text(encoding="utf-8")))
    for file in files.documentation_pages():
        copies |= dict(_left(file.content_string, _source_of(file.src_uri)))
    for source, place in sorted(copies.items()):
        if files.get_file_from_path(place) is None:
            files.append(File.generated(config, place, abs_src_path=str(ROOT / source)))
    return files


def on_page_markdown(markdown: str, *, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Point the links of a page to where their files lie in the site."""
    source, here = _source_of(page.file.src_uri), posixpath.dirname(page.file.src_uri) or "."

    def pointed(link: re.Match[str]) -> str:
        target = _target(link[1], source)
        return posixpath.relpath(place_of(target), here) + (link[2] or "")

    return LINK.sub(pointed, markdown)


def on_post_page(output: str, *, page: Page, config: MkDocsConfig) -> str:
    """Give the search a name, which the theme leaves out, for who hears the page."""
    return output.replace(
        'data-md-component="search" role="dialog"', 'data-md-component="search" role="dialog" aria-label="Search"'
    )


def _source_of(place: str) -> str:
    """Return where in the repository the page at ``place`` of the site comes from."""
    return next((source for source, page in PAGES.items() if page == place), f"docs/{place}")


def _target(link: str, source: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(source), link))


def _left(markdown: str, source: str) -> list[tuple[str, str]]:
    """Return each file outside of docs/ that a page leads to, with its place in the site."""
    targets = [_target(link[1], source) for link in LINK.finditer(markdown)]
    return [(target, place_of(target)) for target in targets if not target.startswith("docs/") and target not in PAGES]


def place_of(target: str) -> str:
    """Return the place in the site of a file of the repository."""
    if target in PAGES:
        return PAGES[target]
    if target.startswith("docs/"):
        return target.removeprefix("docs/")
    if target == ".env.example":
        return HIDDEN
    return f"files/{target}.txt" if target.endswith(".md") else f"files/{target}"
