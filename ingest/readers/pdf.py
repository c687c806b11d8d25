"""PDF: the lines of every page with their places and sizes. What they form is `layout`'s."""

from __future__ import annotations

import ctypes
import itertools
import re
import statistics
import threading
from typing import Any, NamedTuple

from copilot.errors import UnreadableFile
from copilot.types import Document
from ingest.readers.blocks import one_line, visible
from ingest.readers.fields import language_or_none
from ingest.readers.frontmatter import document_from
from ingest.readers.layout import shaped
from ingest.readers.lines import Cell, Line
from ingest.readers.title import is_file_name, readable

# PDFium keeps state of its own and must not be entered by two threads.
_ONE_AT_A_TIME = threading.Lock()
_SMALLEST_SEEN_PT = 2.0
# A gap between words of more than 1.2 letter heights parts cells; a space is about 0.25.
_GAP_BETWEEN_CELLS = 1.2
_BOLD = re.compile(rb"bold|black|heavy", re.IGNORECASE)
_OCR = "make its pages searchable by OCR first"


def read(
    data: bytes, *, media_type: str, document_id: str, place: str
) -> list[Document | UnreadableFile]:
    """The document, and an UnreadableFile that names its scanned pages when it has some.

    Raises UnreadableFile for an encrypted or broken file, and where no page has a text layer.
    """
    with _ONE_AT_A_TIME:
        pages, scanned, properties = _pages(data, place)
    text = shaped(pages)
    if not text:
        raise UnreadableFile("no text layer", place=place, remedy=_OCR)
    title = one_line(properties["Title"])
    document = document_from(
        {
            "title": None if is_file_name(title) else title,
            "language": language_or_none(properties["Lang"]),
        },
        document_id=document_id,
        text=text,
        media_type=media_type,
        place=place,
        fallback_title=readable(document_id),
    )
    if not scanned:
        return [document]
    numbers = ", ".join(map(str, scanned[:20])) + (", …" if len(scanned) > 20 else "")
    noun = "page" if len(scanned) == 1 else "pages"
    return [
        document,
        UnreadableFile(f"no text layer on {noun} {numbers}", place=place, remedy=_OCR),
    ]


def _pages(data: bytes, place: str) -> tuple[list[list[Line]], list[int], dict[str, str]]:
    """The lines of each page, the numbers of pages with pictures alone, and the properties."""
    import pypdfium2
    import pypdfium2.raw as pdfium

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        raise _unopened(error, place, pdfium) from error
    try:
        pages, scanned = [], []
        for number in range(len(document)):
            page = document[number]
            pages.append(_lines(page, number, pdfium))
            if not pages[-1] and any(page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE])):
                scanned.append(number + 1)
            page.close()
        return pages, scanned, _properties(document, pdfium)
    except pypdfium2.PdfiumError as error:
        raise UnreadableFile(
            f"broken at page {len(pages) + 1}", place=place, remedy="print it to a new PDF"
        ) from error
    finally:
        document.close()


def _unopened(error: Any, place: str, pdfium: Any) -> UnreadableFile:
    code = getattr(error, "err_code", None)
    if code in (pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY):
        return UnreadableFile("encrypted", place=place, remedy="remove the password")
    return UnreadableFile(
        "not a readable PDF", place=place, remedy="open it in a viewer and print it to a new PDF"
    )


def _properties(document: Any, pdfium: Any) -> dict[str, str]:
    size = pdfium.FPDFCatalog_GetLanguage(document, None, 0)
    units = (ctypes.c_ushort * max(size, 1))()
    pdfium.FPDFCatalog_GetLanguage(document, units, size)
    language = "".join(chr(unit) for unit in units if unit)
    return {"Title": visible(document.get_metadata_value("Title")), "Lang": language}


def _lines(page: Any, number: int, pdfium: Any) -> list[Line]:
    """The lines in the order of the page's content, which is nearly always that of reading."""
    textpage = page.get_textpage()
    try:
        lines = []
        run: list[tuple[int, int]] = []
        for index in range(textpage.count_chars()):
            code = pdfium.FPDFText_GetUnicode(textpage, index)
            if code not in (10, 13):
                run.append((index, code))
            elif run:
                lines.append(_line(run, number, textpage, pdfium))
                run = []
        if run:
            lines.append(_line(run, number, textpage, pdfium))
        return [line for line in lines if line is not None]
    finally:
        textpage.close()


def _line(run: list[tuple[int, int]], page: int, textpage: Any, pdfium: Any) -> Line | None:
    """One line, parted into cells at wide gaps; None where there is nothing to see."""
    words = [
        _word([*group], textpage, pdfium)
        for blank, group in itertools.groupby(run, key=lambda pair: chr(pair[1]).isspace())
        if not blank
    ]
    height = statistics.median(word.height for word in words) if words else 0.0
    if height < _SMALLEST_SEEN_PT:
        return None
    cells = [Cell(words[0].left, words[0].right, words[0].text)]
    for before, word in itertools.pairwise(words):
        last = cells[-1]
        if word.left - before.right > _GAP_BETWEEN_CELLS * height:
            cells.append(Cell(word.left, word.right, word.text))
        else:
            right = max(last.right, word.right)
            cells[-1] = Cell(last.left, right, f"{last.text} {word.text}")
    weight = statistics.median(word.weight for word in words)
    return Line(tuple(cells), words[0].bottom, words[-1].bottom, height, weight, page)


class _Word(NamedTuple):
    text: str
    left: float
    right: float
    bottom: float
    height: float
    weight: int


def _word(run: list[tuple[int, int]], textpage: Any, pdfium: Any) -> _Word:
    first, last = pdfium.FS_RECTF(), pdfium.FS_RECTF()
    start, end = run[0][0], run[-1][0]
    pdfium.FPDFText_GetLooseCharBox(textpage, start, first)
    pdfium.FPDFText_GetLooseCharBox(textpage, end, last)
    text = "".join(chr(code) for _, code in run)
    if any("\ud800" <= letter <= "\udfff" for letter in text):  # PDFium gives UTF-16 units
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "ignore")
    weight = _weight(start, textpage, pdfium)
    return _Word(text, first.left, last.right, last.bottom, abs(first.top - first.bottom), weight)


def _weight(index: int, textpage: Any, pdfium: Any) -> int:
    """How bold a letter is, 400 being usual; by the font's name where it gives no weight."""
    if (weight := pdfium.FPDFText_GetFontWeight(textpage, index)) > 0:
        return int(weight)
    name = ctypes.create_string_buffer(128)
    pdfium.FPDFText_GetFontInfo(textpage, index, name, len(name), ctypes.c_int())
    return 700 if _BOLD.search(name.value) else 400
