"""A PDF whose first page takes minutes to draw, and whose second is as quick as any."""

from pathlib import Path


def make_heavy_pdf(path: Path, curves: int = 60_000) -> None:
    """Write a page of text under ``curves`` broad dashed curves across it, and one with a line of text alone."""
    strokes = "".join(f"{n % 590} 0 m {n * 7 % 590} 840 {n * 13 % 590} 0 {n * 29 % 590} 840 c S\n" for n in range(curves))
    heavy = (
        f"BT /F1 12 Tf 72 720 Td (The parish map of footpaths and stiles is drawn in curves.) Tj ET [1 1] 0 d 3 w\n{strokes}"
    )
    light = "BT /F1 12 Tf 72 720 Td (The orchard behind the chapel is kept by the allotment society.) Tj ET"
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [4 0 R 6 0 R] /Count 2 >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        _page(5),
        _stream(heavy),
        _page(7),
        _stream(light),
    ]
    body, offsets = b"%PDF-1.4\n", []
    for number, text in enumerate(objects, start=1):
        offsets.append(len(body))
        body += f"{number} 0 obj\n{text}\nendobj\n".encode()
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    end = f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{len(body)}\n%%EOF\n"
    path.write_bytes(body + f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}{end}".encode())


def _page(contents: int) -> str:
    return (
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {contents} 0 R "
        "/Resources << /Font << /F1 3 0 R >> >> >>"
    )


def _stream(text: str) -> str:
    return f"<< /Length {len(text)} >>\nstream\n{text}\nendstream"
