"""No exception of one document ends a run, and a fault of the program has an exit code of its own."""

import json
import zipfile
from pkgutil import resolve_name

import pytest

from index.build.history import live_id
from index.errors import NotWritten, UnreadableDocument
from ingest.__main__ import main
from ingest.outcome import State
from ingest.readers.read_document import PageStatus, ReadingOptions
from ingest.readers.read_file import read_file
from tests.fake_model import FakeEmbedder, fake_model
from tests.ingest.conftest import BREAD
from tests.ingest.readers.conftest import lines, pdf_bytes

OPTIONS = ReadingOptions(ocr=False)


@pytest.fixture
def run(workshop, monkeypatch, capsys):
    """Run a command on the workshop with the fake model; returns its exit code, its output and its complaints."""
    monkeypatch.setenv("LOCALISM_OCR", "false")
    monkeypatch.setattr("ingest.commands.building.open_model", lambda *_: fake_model())

    def runs(*arguments: str):
        code = main([*arguments, "--corpus", str(workshop.corpus), "--index", str(workshop.builds)])
        return code, *capsys.readouterr()

    return runs


@pytest.mark.parametrize(
    "step", ["describe.record_of", "deduplicate.Originals.same_text", "split.split_pages", "split.report_of"]
)
def test_a_document_that_cannot_be_described_or_split_is_left_out(workshop, monkeypatch, step):
    """The others are built, and the reason names the fault."""
    real = resolve_name(f"ingest.stages.{step}")

    def stumbling(*given: object):
        if "boats" in repr(given):
            raise TypeError("an odd boat")
        return real(*given)

    monkeypatch.setattr(f"ingest.stages.{step}", stumbling)
    outcome = workshop.build()
    assert (outcome.state, [report.passages > 0 for report in outcome.reports]) == (State.PUBLISHED, [True, False])
    assert "described and split (TypeError: an odd boat)" in outcome.reports[1].reason


def test_a_document_that_cannot_be_embedded_is_left_out(workshop, monkeypatch):
    """Of the batch that it spoils the others are embedded."""
    real = FakeEmbedder.embed_tokens

    def stumbling(embedder, texts, progress=None):
        if any("lighthouse" in text for text in texts):
            raise ValueError("a piece without a number")
        return real(embedder, texts, progress)

    monkeypatch.setattr(FakeEmbedder, "embed_tokens", stumbling)
    outcome = workshop.build()
    assert [(report.document_id, report.passages > 0) for report in outcome.reports] == [("bread", True), ("boats", False)]
    assert "embedded (ValueError: a piece without a number)" in outcome.reports[1].reason


def test_a_full_disk_is_not_taken_for_a_fault_of_one_document(workshop, monkeypatch):
    """What is of the run ends the run."""
    monkeypatch.setattr("ingest.stages.split.split_pages", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left")))
    with pytest.raises(NotWritten, match="No space left"):
        workshop.build()


@pytest.mark.parametrize("name", ["file.pdf", "file.docx", "file.html", "file.md"])
def test_a_reader_that_crashes_gives_way_to_plain_text_and_says_so(tmp_path, monkeypatch, name):
    """Page by page where there are pages."""
    path = tmp_path / name
    if name == "file.pdf":
        path.write_bytes(pdf_bytes([lines(["The hall opens at seven."]), lines(["Bring your own chair."])]))
    elif name == "file.docx":
        with zipfile.ZipFile(path, "w") as archive:
            paragraphs = "".join(f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>" for text in ("The hall opens at seven.", "Bring"))
            archive.writestr("word/document.xml", f'<w:document xmlns:w="w"><w:body>{paragraphs}</w:body></w:document>')
    else:
        path.write_text(
            "<html><body><p>The hall opens at seven.</p></body></html>" if "html" in name else "The hall opens at seven."
        )
    for place in ("pdf.binder.Binder.bind", "office.docx.pages_of", "web.html.pages_of", "web.markdown.decode_text"):
        monkeypatch.setattr(f"ingest.readers.{place}", lambda *_: [][1])
    document = read_file(path, OPTIONS)
    assert "The hall opens at seven." in document.pages[0].text
    assert all("its reader failed (IndexError)" in outcome.reason for outcome in document.outcomes)
    assert len(document.pages) == (2 if name == "file.pdf" else 1)


def test_a_fault_of_the_program_has_its_own_exit_code(run, workshop, monkeypatch):
    """5, one sentence, and the lines that a maintainer is to send on; the live build stays."""
    assert run("build")[0] == 0
    live = live_id(workshop.builds)
    workshop.write("bread.md", BREAD.replace("three", "four"))
    monkeypatch.setattr("ingest.stages.write._check_any", lambda _: dict[str, int]()["nothing"])
    code, out, complaints = run("build", "--json")
    assert (code, live_id(workshop.builds)) == (5, live)
    assert "unexpected error, KeyError" in json.loads(out)["error"]
    assert "Traceback" in complaints


def test_watch_goes_on_after_a_fault_of_the_program(run, workshop, monkeypatch):
    """The next change is built."""
    from ingest.commands.building import make as real

    calls = []

    def once(frame):
        calls.append(1)
        if len(calls) == 1:
            workshop.write("bread.md", BREAD.replace("three", "four"))
            raise KeyError("a fault")
        return real(frame)

    monkeypatch.setattr("ingest.commands.building.make", once)
    code, out, _ = run("watch", "--every", "0.01", "--batches", "2", "--json")
    first, second = (json.loads(line) for line in out.splitlines())
    assert (code, "KeyError" in first["error"], second["state"]) == (0, True, "published")


def test_what_was_told_before_is_no_news(run, workshop):
    """1 when a file is first found unreadable, 0 while it stays so, 1 again for another."""
    workshop.write("documents/empty.txt", "")
    code, out, _ = run("build", "--json")
    assert (code, {one["id"]: one["new"] for one in json.loads(out)["documents"]}["empty"]) == (1, True)
    workshop.write("bread.md", BREAD.replace("three", "four"))
    code, out, _ = run("build", "--json")
    assert (code, {one["id"]: one["new"] for one in json.loads(out)["documents"]}) == (
        0,
        {"bread": False, "boats": False, "empty": False},
    )
    workshop.write("documents/void.txt", "")
    code, _, table = run("build")
    assert code == 1
    assert [line.split()[4] for line in table.splitlines() if "the file is empty" in line] == ["as", "new"]
    assert "2 documents are read as before." in table


def test_check_names_what_could_not_be_read_and_counts_what_is_alike(run, workshop):
    """Every document is read; three files without an entry are one line."""
    for name in ("one", "two", "three", "four"):
        workshop.write(f"documents/{name}.txt", "Some words.\n")
    workshop.write("documents/void.txt", "")
    code, out, _ = run("check", "--json")
    found = json.loads(out)
    unreadable = [problem for problem in found["problems"] if "no source" not in problem]  # the briefing has none either
    assert (code, unreadable) == (1, [f"{workshop.corpus / 'documents' / 'void.txt'}: the file is empty"])
    assert len(found["warnings"]) == 1
    assert found["warnings"][0].startswith("5 files have no entry in catalogue.toml")
    assert found["warnings"][0].endswith("'four.txt', 'one.txt', 'three.txt' and 2 more")


def test_an_empty_catalogue_is_enough_where_documents_lie(workshop):
    """Not where nothing lies."""
    workshop.write("catalogue.toml", "# Nothing is listed yet.\n")
    (workshop.corpus / "questions.toml").unlink()
    assert [report.document_id for report in workshop.build().reports] == ["boats"]
    (workshop.corpus / "documents" / "boats.md").unlink()
    from ingest.errors import CorpusProblems

    with pytest.raises(CorpusProblems, match="put documents there"):
        workshop.build()


def test_a_scan_is_named_as_one(workshop, monkeypatch):
    """Without tesseract, in the one place where a maintainer looks."""
    picture = b"q 400 0 0 400 50 50 cm BI /W 2 /H 2 /BPC 8 /CS /G ID \x00\xff\xff\x00 EI Q"
    (workshop.corpus / "documents" / "scan.pdf").write_bytes(pdf_bytes([[], []], content=picture))
    outcome = workshop.build()
    assert outcome.reports[2].reason == "scanned: OCR is switched off"


def test_a_download_that_broke_off_is_named(tmp_path):
    """A PDF and an archive without their ends; what is there of a PDF is read, and its last page says so."""
    whole = pdf_bytes([lines([f"Sentence of page {number}."]) for number in range(9)])
    path = tmp_path / "half.pdf"
    path.write_bytes(whole[:200])
    with pytest.raises(UnreadableDocument, match="a download that broke off"):
        read_file(path, OPTIONS)
    # Some files have their table at the beginning, so that a browser can show what has come of them.
    path.write_bytes(b"%PDF-1.7\ntrailer<</Root 1 0 R>>\n" + whole[9 : whole.index(b"xref")] + b"%" + b"-" * 3000)
    document = read_file(path, OPTIONS)
    assert document.pages[0].text == "Sentence of page 0."
    assert "the file breaks off" in document.outcomes[-1].reason
    path.write_bytes(whole)
    assert not any(outcome.reason for outcome in read_file(path, OPTIONS).outcomes)


def test_text_that_runs_in_four_directions_is_read_in_each(tmp_path):
    """Up, down and upside down, each row from its own beginning to its own end."""
    turns = {"ahead": "1 0 0 1", "up": "0 1 -1 0", "down": "0 -1 1 0", "over": "-1 0 0 -1"}
    places = {"ahead": (100, 700), "up": (100, 200), "down": (500, 600), "over": (400, 400)}
    pieces = [(*places[way], 12, f"This box runs {way} the page", "F1", matrix) for way, matrix in turns.items()]
    second = {"ahead": (100, 686), "up": (114, 200), "down": (486, 600), "over": (400, 414)}
    pieces += [(*second[way], 12, f"and this goes on {way}.", "F1", matrix) for way, matrix in turns.items()]
    path = tmp_path / "turned.pdf"
    path.write_bytes(pdf_bytes([pieces]))
    text = read_file(path, OPTIONS).pages[0].text
    for way in turns:
        assert f"This box runs {way} the page" in text
        assert text.index(f"This box runs {way}") < text.index(f"and this goes on {way}.")


def test_a_drawn_font_that_names_its_letters_is_read(tmp_path):
    """Its codes are no letters, its names are; a font that only numbers them is refused."""
    names = b"/R/e/n/t/space/o/f/h/a/l"
    content = b"BT /F9 10 Tf 72 700 Td <01020304050607050408020508090A0A> Tj ET"
    for given, word in ((names, True), (b"".join(b"/g%d" % number for number in range(10)), False)):
        drawn = b"".join(b"/%s 99 0 R" % name for name in given.strip(b"/").split(b"/"))
        font = b"<</Type/Font/Subtype/Type3/FontBBox[0 0 9 9]/FontMatrix[.1 0 0 .1 0 0]/FirstChar 1/LastChar 10/Widths[%s]" % (
            b" 9" * 10
        )
        font += b"/CharProcs<<%s>>/Encoding<</Type/Encoding/Differences[1%s]>>>>" % (drawn, given)
        whole = pdf_bytes([[]], content=content)
        body = whole[: whole.index(b"xref")].replace(b"/F1 3 0 R/F2 4 0 R/F3 5 0 R/F4 6 0 R/F5 7 0 R/F6 8 0 R", b"/F9 98 0 R")
        box = b"98 0 obj\n%s\nendobj\n99 0 obj\n<</Length 23>>stream\n9 0 0 0 9 9 d1 0 0 9 9 f\nendstream\nendobj\n" % font
        path = tmp_path / "drawn.pdf"
        path.write_bytes(body + box + b"trailer<</Root 1 0 R/Size 100>>\nstartxref\n0\n%%EOF")
        document = read_file(path, OPTIONS)
        if word:
            assert document.pages[0].text == "Rent of the hall"
        else:
            assert document.outcomes[0].status is PageStatus.UNREADABLE
