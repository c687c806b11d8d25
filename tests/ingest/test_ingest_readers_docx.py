from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from typing import Any

import docx
import pytest
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.parser import parse_xml

from copilot.errors import UnreadableFile
from copilot.types import Document
from ingest.readers import MEDIA_TYPES, read

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def saved(write: Callable[[Any], object]) -> bytes:
    package = docx.Document()
    write(package)
    buffer = io.BytesIO()
    package.save(buffer)
    return buffer.getvalue()


def document(data: bytes) -> Document:
    (record,) = read(
        data, media_type=MEDIA_TYPES[".docx"], document_id="shop/till-count", place="till.docx"
    )
    assert isinstance(record, Document)
    return record


def text_of(write: Callable[[Any], object]) -> str:
    return document(saved(write)).text


def refusal(data: bytes) -> UnreadableFile:
    with pytest.raises(UnreadableFile) as caught:
        document(data)
    assert caught.value.place == "till.docx"
    assert caught.value.remedy
    return caught.value


def repacked(data: bytes, **changed: bytes | None) -> bytes:
    """The package with parts replaced, or left out; `word__document` is word/document.xml."""
    parts = {name.replace("__", "/") + ".xml": content for name, content in changed.items()}
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(buffer, "w") as new:
        for name in old.namelist():
            if (content := parts.get(name, old.read(name))) is not None:
                new.writestr(name, content)
    return buffer.getvalue()


def numbered(package: Any, text: str, number_id: int, level: int = 0) -> Any:
    paragraph = package.add_paragraph(text)
    properties = paragraph._p.get_or_add_pPr().get_or_add_numPr()
    properties.get_or_add_numId().val = number_id
    properties.get_or_add_ilvl().val = level
    return paragraph


def add_numbering(package: Any) -> None:
    """List 91: 1. and bullets below; list 92: the same, begun anew at 5; 93: no marker."""
    root = package.part.numbering_part.element
    shapes = (("decimal", 1), ("bullet", 1))
    levels = "".join(
        f'<w:lvl w:ilvl="{n}"><w:start w:val="{start}"/><w:numFmt w:val="{kind}"/></w:lvl>'
        for n, (kind, start) in enumerate(shapes)
    )
    none = '<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="none"/></w:lvl>'
    abstract = (f'<w:abstractNum {W} w:abstractNumId="{n}">' for n in (90, 93))
    root.insert(0, parse_xml(next(abstract) + levels + "</w:abstractNum>"))
    root.insert(0, parse_xml(next(abstract) + none + "</w:abstractNum>"))
    restart = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/></w:lvlOverride>'
    for number_id, abstract_id, extra in ((91, 90, ""), (92, 90, restart), (93, 93, "")):
        root.append(
            parse_xml(
                f'<w:num {W} w:numId="{number_id}"><w:abstractNumId w:val="{abstract_id}"/>'
                f"{extra}</w:num>"
            )
        )


def test_headings_lists_and_tables_come_in_the_order_of_the_body():
    def write(package: Any) -> None:
        package.add_heading("Till procedure", 0)
        package.add_heading("Opening", 2)
        package.add_paragraph("Press [Count].")
        package.add_paragraph("Count", style="List Number")
        package.add_paragraph("Sign", style="List Number")
        package.add_paragraph("in ink", style="List Bullet 2")
        table = package.add_table(2, 2)
        for row, texts in zip(table.rows, (("Item", "Fee|net"), ("Card", "2")), strict=True):
            for cell, text in zip(row.cells, texts, strict=True):
                cell.text = text
        package.add_paragraph("After.")

    assert text_of(write) == (
        "# Till procedure\n\n## Opening\n\nPress [Count].\n\n1. Count\n2. Sign\n   - in ink\n\n"
        "| Item | Fee\\|net |\n|---|---|\n| Card | 2 |\n\nAfter.\n"
    )


def test_numbers_are_counted_as_word_counts_them():
    def write(package: Any) -> None:
        add_numbering(package)
        numbered(package, "one", 91)
        numbered(package, "dot", 91, level=1)
        numbered(package, "two", 91)
        package.add_paragraph("Between.")
        numbered(package, "three", 91)
        numbered(package, "five", 92)
        numbered(package, "six", 92)
        numbered(package, "bare", 93)
        numbered(package, "off", 0)

    assert text_of(write) == (
        "1. one\n   - dot\n2. two\n\nBetween.\n\n3. three\n5. five\n6. six\n\n   bare\n\noff\n"
    )


def test_an_indented_paragraph_below_an_item_belongs_to_it():
    def write(package: Any) -> None:
        package.add_paragraph("Count", style="List Number")
        package.add_paragraph("twice", style="List Continue")
        package.add_paragraph("Sign", style="List Number")
        package.add_paragraph("then").paragraph_format.left_indent = docx.shared.Cm(1)
        package.add_paragraph("Done.")

    assert text_of(write) == "1. Count\n\n   twice\n\n2. Sign\n\n   then\n\nDone.\n"


def test_a_style_that_is_based_on_a_heading_is_a_heading():
    def write(package: Any) -> None:
        style = package.styles.add_style("Chapter", docx.enum.style.WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = package.styles["Heading 3"]
        package.add_paragraph("Fees", style="Chapter")
        outlined = package.add_paragraph("Cards")
        level = OxmlElement("w:outlineLvl")
        level.set(qn("w:val"), "3")
        outlined._p.get_or_add_pPr().append(level)

    assert text_of(write) == "### Fees\n\n#### Cards\n"


def test_merged_cells_repeat_downwards_and_leave_gaps_sideways():
    def write(package: Any) -> None:
        table = package.add_table(3, 3)
        for number, cell in enumerate(cell for row in table.rows for cell in row.cells):
            cell.text = str(number)
        table.cell(0, 0).merge(table.cell(0, 1)).text = "wide"
        table.cell(1, 2).merge(table.cell(2, 2)).text = "tall"

    assert text_of(write) == (
        "| wide |  | 2 |\n|---|---|---|\n| 3 | 4 | tall |\n| 6 | 7 | tall |\n"
    )


def test_a_table_of_one_cell_is_written_as_what_it_holds():
    def write(package: Any) -> None:
        package.add_table(1, 1).cell(0, 0).text = "Note: count twice."

    assert text_of(write) == "Note: count twice.\n"


def test_hidden_deleted_and_struck_words_are_left_out():
    def write(package: Any) -> None:
        paragraph = package.add_paragraph("seen")
        paragraph.add_run("HIDDEN").font.hidden = True
        paragraph.add_run("STRUCK").font.strike = True
        paragraph.add_run("\twords\nnext").font.hidden = False
        paragraph._p.append(parse_xml(f"<w:del {W}><w:r><w:delText>GONE</w:delText></w:r></w:del>"))
        paragraph._p.append(parse_xml(f"<w:ins {W}><w:r><w:t> new</w:t></w:r></w:ins>"))
        paragraph._p.append(parse_xml(f"<w:r {W}><w:instrText>FIELD</w:instrText></w:r>"))

    assert text_of(write) == "seen words\nnext new\n"


def test_words_in_text_boxes_and_content_controls_are_read_once():
    mc = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    box = "<w:txbxContent><w:p><w:r><w:t>boxed</w:t></w:r></w:p></w:txbxContent>"
    control = (
        f"<w:sdt {W}><w:sdtContent><w:p><w:r><w:t>chosen</w:t></w:r></w:p></w:sdtContent></w:sdt>"
    )

    def write(package: Any) -> None:
        paragraph = package.add_paragraph("beside")
        paragraph._p.append(
            parse_xml(
                f"<w:r {W} {mc}><mc:AlternateContent><mc:Choice>{box}</mc:Choice>"
                f"<mc:Fallback>{box}</mc:Fallback></mc:AlternateContent></w:r>"
            )
        )
        package.element.body.insert(0, parse_xml(control))

    assert text_of(write) == "chosen\n\nbeside\n\nboxed\n"


def test_a_table_of_contents_is_left_out():
    def write(package: Any) -> None:
        package.styles.add_style("toc 1", docx.enum.style.WD_STYLE_TYPE.PARAGRAPH)
        package.add_paragraph("Opening 3", style="toc 1")
        package.add_heading("Opening", 1)

    assert text_of(write) == "# Opening\n"


def test_title_and_language_come_from_the_properties():
    def write(package: Any) -> None:
        package.core_properties.title = "Counting the till"
        package.core_properties.language = "en-GB"
        package.add_heading("Opening", 1)

    made = document(saved(write))
    assert (made.title, made.language) == ("Counting the till", "en-GB")


def test_a_document_without_properties_is_called_by_its_heading():
    data = saved(lambda package: package.add_heading("Opening", 1))
    rels = zipfile.ZipFile(io.BytesIO(data)).read("_rels/.rels")
    assert b"core-properties" in rels
    data = repacked(data, docProps__core=None, **{"_rels__": None})
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(buffer, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "_rels/.rels":
                content = content.replace(b"metadata/core-properties", b"metadata/none")
                content = content.replace(b"docProps/core.xml", b"word/document.xml")
            new.writestr(name, content)
    assert document(buffer.getvalue()).title == "Opening"


def test_an_old_or_encrypted_office_file_is_named():
    assert "encrypted" in refusal(bytes.fromhex("D0CF11E0A1B11AE1") + bytes(600)).reason


def test_an_encrypted_package_is_named():
    data = bytearray(saved(lambda package: package.add_paragraph("x")))
    at = data.find(b"PK\x01\x02")
    data[at + 8] |= 1
    assert refusal(bytes(data)).reason == "encrypted"


def test_a_package_that_would_unpack_too_far_is_refused_before_it_is_unpacked():
    data = bytearray(saved(lambda package: package.add_paragraph("x")))
    at = data.find(b"PK\x01\x02")
    data[at + 24 : at + 28] = (300 * 2**20).to_bytes(4, "little")
    assert "would unpack to 300 MiB" in refusal(bytes(data)).reason


def test_external_entities_are_not_resolved(tmp_path: Any):
    secret = tmp_path / "secret.txt"
    secret.write_text("SECRET")
    data = saved(lambda package: package.add_paragraph("x"))
    body = (
        f'<!DOCTYPE d [<!ENTITY e SYSTEM "{secret.as_uri()}">]><w:document {W}><w:body><w:p><w:r>'
        "<w:t>kept &e;</w:t></w:r></w:p></w:body></w:document>"
    )
    assert document(repacked(data, word__document=body.encode())).text == "kept\n"


@pytest.mark.parametrize(
    "changed",
    [
        {"word__document": b"<no xml"},
        {"word__document": None},
        {"word__styles": b""},
        {"[Content_Types]": None},
        {"docProps__core": b"<a/>"},
        {"word__document": f"<w:document {W}/>".encode()},
    ],
)
def test_a_damaged_package_is_named(changed: dict[str, bytes | None]):
    data = saved(lambda package: package.add_paragraph("x"))
    assert "not a readable .docx file" in refusal(repacked(data, **changed)).reason


@pytest.mark.parametrize("data", [b"PK\x03\x04 and no more", b"words", b"%PDF-1.4"])
def test_what_is_no_package_is_named(data: bytes):
    assert "not a readable .docx file" in refusal(data).reason


def test_a_document_without_words_is_refused():
    assert refusal(saved(lambda package: package.add_paragraph(" "))).reason == (
        "no text in the document"
    )
