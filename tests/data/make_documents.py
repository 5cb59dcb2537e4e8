"""Makes the binary documents beside it, with the programs' own libraries.

    python -m tests.data.make_documents

The documents are kept in the repository; this says what is in them and how they came to be.
"""

from __future__ import annotations

import io
import zipfile
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import docx
import odfdo
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from msoffcrypto.format.ooxml import OOXMLFile
from PIL import Image
from reportlab.lib.pagesizes import A5
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import PageBreak, Paragraph, SimpleDocTemplate

ARTICLES = Path(__file__).parent / "articles"

_PAGES = [
    ("Where the water comes from", "The town of Alder draws its water from three wells on the north slope. "
     "The oldest of them was dug in 1911 and is 84 metres deep. In a dry year the wells give two thirds of "
     "what the town uses, and the rest is bought from the neighbouring district."),
    ("What was found", "Engineers measured the pipes for eleven months. They found that 23 per cent of the "
     "water is lost before it reaches a tap. Most of the loss is in Mill Street, where the pipes are made "
     "of cast iron and are more than ninety years old."),
    ("What it will cost", "Replacing the pipes in Mill Street will take two summers and cost 4.6 million "
     "crowns. The council votes on the plan on the ninth of October. Councillor Edda Brandt said that "
     "waiting would cost more than digging."),
]  # fmt: skip


def water_report() -> None:
    """A PDF of three pages with a running head, page numbers, and what it says of itself."""
    styles = getSampleStyleSheet()
    story: list[object] = []
    for heading, words in _PAGES:
        story += [Paragraph(heading, styles["Heading2"]), Paragraph(words, styles["Normal"]), PageBreak()]

    def frame(canvas: Canvas, page: SimpleDocTemplate) -> None:
        canvas.setFont("Helvetica", 8)
        canvas.drawString(72, A5[1] - 40, "Town of Alder - Water report")
        canvas.drawString(A5[0] / 2, 30, str(page.page))

    SimpleDocTemplate(
        str(ARTICLES / "water-report.pdf"), pagesize=A5, title="Alder loses a quarter of its water",
        author="Office of Works", keywords="water, pipes", lang="en-GB", invariant=1,
    ).build(story, onFirstPage=frame, onLaterPages=frame)  # fmt: skip


def scan() -> None:
    """A PDF whose one page is a picture."""
    picture = io.BytesIO()
    Image.effect_noise((60, 80), 40).save(picture, "PNG")
    canvas = Canvas(str(ARTICLES / "scan.pdf"), pagesize=A5, invariant=1)
    canvas.drawImage(ImageReader(picture), 0, 0, *A5)
    canvas.save()


def market() -> None:
    """A Word document with headings, a list, a table and changes that nobody has accepted yet."""
    word = docx.Document()
    about = word.core_properties
    about.title, about.author, about.language = "Covered market opens in Vila", "Rosa Tavares", "en"
    about.created, about.keywords = datetime(2022, 5, 7, 9, 30), "markets; Vila"
    word.add_heading("Covered market opens in Vila", 0)
    changed = word.add_paragraph("The covered market of Vila opened on Saturday with ")
    for kind, words in (("del", "fifty"), ("ins", "sixty-two")):
        tag = "delText" if kind == "del" else "t"
        run = f"<w:r><w:{tag}>{words}</w:{tag}></w:r>"
        changed._p.append(parse_xml(f"<w:{kind} {nsdecls('w')} w:id='1' w:author='R'>{run}</w:{kind}>"))
    changed.add_run(" stalls under a roof of glass.")
    word.add_heading("What is sold", 1)
    for item in ("Fish from the harbour", "Bread and cheese"):
        word.add_paragraph(item, style="List Bullet")
    table = word.add_table(2, 2)
    for cell, words in zip(
        (c for row in table.rows for c in row.cells), ("Day", "Hours", "Saturday", "7 to 14"), strict=True
    ):
        cell.text = words
    word.add_paragraph("The roof took three years to build.")
    word.save(str(ARTICLES / "market.docx"))


def protected() -> None:
    """A Word document that is encrypted with a password, as Word does it."""
    plain = io.BytesIO()
    word = docx.Document()
    word.add_paragraph("Nobody reads this without the password.")
    word.save(plain)
    with (ARTICLES / "protected.docx").open("wb") as file:
        OOXMLFile(plain).encrypt("secret", file)


def lighthouse() -> None:
    """A LibreOffice document with a heading, a footnote, a comment, a list and a table."""
    document = odfdo.Document("text")
    body = document.body
    body.clear()
    body.append(odfdo.Header(1, "Lighthouse of Skarv goes dark"))
    words = odfdo.Paragraph("The lighthouse of Skarv was switched off on Sunday after 131 years.")
    words.insert_note(after="Skarv", note_id="note", citation="1", body="A footnote.")
    words.insert_annotation(after="switched off", body="A comment.", creator="Editor")
    body.append(words)
    body.append(odfdo.List(["Height: 28 metres", "Keepers: none since 1987"]))
    table = odfdo.Table("Ships", width=2, height=2)
    table.set_values([["Year", "Ships"], [1960, 412]])
    body.append(table)
    body.append(odfdo.Paragraph("Ships now find their way by satellite."))
    meta = document.meta
    meta.title, meta.initial_creator, meta.language = "Lighthouse of Skarv goes dark", "Nils Aune", "en-GB"
    meta.creation_date, meta.keyword = datetime(2021, 2, 14, 18, 0), "lighthouses"
    document.save(ARTICLES / "lighthouse.odt")


_CONTAINER = """<?xml version="1.0"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
<rootfiles><rootfile full-path="OEBPS/book.opf" media-type="application/oebps-package+xml"/></rootfiles>
</container>"""

_BOOK = """<?xml version="1.0" encoding="utf-8"?>
<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id">
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:identifier id="id">urn:uuid:5a0c2f3e-0d5b-4c55-9d0f-2f8f6a3f1c11</dc:identifier>
<dc:title>Walks in the Orla Valley</dc:title><dc:creator>Ida Lund</dc:creator>
<dc:creator>Per Holm</dc:creator><dc:date>2018-03-01</dc:date><dc:language>en</dc:language>
<dc:publisher>Hill Press</dc:publisher><dc:subject>walking</dc:subject>
<meta property="dcterms:modified">2020-01-01T00:00:00Z</meta>
</metadata>
<manifest>
<item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>
<item id="two" href="text/two.xhtml" media-type="application/xhtml+xml"/>
<item id="one" href="text/chapter%20one.xhtml" media-type="application/xhtml+xml"/>
</manifest>
<spine><itemref idref="nav"/><itemref idref="one"/><itemref idref="two"/></spine>
</package>"""

_CHAPTER = """<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.1//EN" "http://www.w3.org/TR/xhtml11/DTD/xhtml11.dtd">
<html xmlns="http://www.w3.org/1999/xhtml"><head><title>{0}</title><style>p {{color: red}}</style></head>
<body><h1>{0}</h1>{1}</body></html>"""


def valley() -> None:
    """An EPUB of two chapters, which are not in the order of its files."""
    parts = {
        "META-INF/container.xml": _CONTAINER,
        "OEBPS/book.opf": _BOOK,
        "OEBPS/nav.xhtml": _CHAPTER.format("Contents", '<nav><a href="text/two.xhtml">The mill</a></nav>'),
        "OEBPS/text/two.xhtml": _CHAPTER.format(
            "The mill", "<p>The mill at Orla ground its last corn in&nbsp;1954.</p><!-- unseen -->"
            "<p>It is a school now.</p>",
        ),
        "OEBPS/text/chapter one.xhtml": _CHAPTER.format(
            "The spring", "<p>The river begins at a spring,<br/>which never freezes.</p>"
            "<ul><li>Height: 940 m</li><li>Steps: 212</li></ul>",
        ),
    }  # fmt: skip
    with zipfile.ZipFile(ARTICLES / "valley.epub", "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("mimetype", "application/epub+zip", zipfile.ZIP_STORED)
        for name, content in parts.items():
            book.writestr(zipfile.ZipInfo(name), content)


def letter() -> None:
    """A message with its text twice, as words and as HTML, and a picture attached."""
    message = EmailMessage(policy=SMTP)
    message["From"] = "Zoë Marchand <zoe@ferry.example>"
    message["To"] = "Readers <readers@ferry.example>"
    message["Subject"] = "Winter timetable — fewer boats"
    message["Date"] = "Fri, 06 Nov 2020 07:45:00 +0100"
    message["Keywords"] = "ferries, timetable"
    message.set_content("From Monday on, four boats a day cross the sound instead of nine.\n\nZoë\n")
    message.add_alternative("<p>From Monday on, <b>four</b> boats a day …</p>", subtype="html")
    message.add_attachment(b"\x89PNG\r\n", maintype="image", subtype="png", filename="boat.png")
    message["Content-Language"] = "en"
    (ARTICLES / "timetable.eml").write_bytes(bytes(message))


_RTF = r"""{\rtf1\ansi\ansicpg1252\deff0\deflang2057
{\fonttbl{\f0\fswiss\fcharset0 Helvetica;}{\f1\fnil\fcharset204 Arial;}}
{\info{\title Caf\'e9 on the bridge reopens}{\author Tom \'c5kesson}
{\keywords caf\'e9s, bridges}{\creatim\yr2023\mo4\dy9\hr10}}
{\*\generator Editor;}\f0\fs24
{\b Caf\'e9 on the bridge reopens}\par
The caf\'e9 on the old bridge opened its doors again on Sunday
 \u8212? two years after the flood \u-10179?\u-8704?.\par
It is called {\f1\'cc\'ee\'f1\'f2\f0}, which is Russian for bridge.\par
\trowd\cellx1000\cellx2000 Day\cell Hours\cell\row
\trowd\cellx1000\cellx2000 Sunday\cell 10 to 18\cell\row
\pard{\pict\pngblip 89504e470d0a1a0a}The owner, Tom {\i\'c5kesson}, bakes the bread himself.\par
}"""


def cafe() -> None:
    """Rich text as editors write it: code pages, characters by number, a table and a picture."""
    (ARTICLES / "cafe.rtf").write_bytes(_RTF.encode("ascii"))


if __name__ == "__main__":
    for make in (water_report, scan, market, protected, lighthouse, valley, letter, cafe):
        make()
