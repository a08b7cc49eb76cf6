"""Hostile words in a record: shown as words, and nothing is fetched, opened or attached."""

from __future__ import annotations

import contextlib
import socket
import threading
from dataclasses import replace
from io import BytesIO

import pytest
from pypdf import PdfReader

from lms.certificates.pdf import render
from lms.certificates.pdf.samples import ENGLISH

VECTORS = [
    '<img src="{url}">',
    '<img src="file:///etc/passwd">',
    '<link rel="stylesheet" href="{url}">',
    '<link rel="attachment" href="file:///etc/hostname">',
    '<a rel="attachment" href="file:///etc/hostname">x</a>',
    '<style>@import "{url}";</style>',
    "<style>@import url({url})</style>",
    "<style>@font-face{{font-family:x;src:url({url})}}</style>",
    '<p style="background:url({url})">x</p>',
    '<object data="{url}"></object>',
    '<embed src="{url}">',
    '<svg><image href="{url}"/></svg>',
    '<svg><image xlink:href="{url}"/></svg>',
    '<base href="{url}">',
    '<iframe src="{url}"></iframe>',
    '<meta http-equiv="refresh" content="0;url={url}">',
    "@import url({url});",
    "}}body{{background:url({url})}}",
    "{{{{7*7}}}} {{% include '/etc/passwd' %}}",
    "</p></body></html><script>alert(1)</script>",
    '"><img src=//127.0.0.1:{port}/x>',
    "&lt;img src={url}&gt;",
    "url({url})",
    "data:image/svg+xml,<svg/>",
    "expression(alert(1)) attr(x url)",
]
FIELDS = [
    "name",
    "course",
    "subtitle",
    "work",
    "signatory",
    "signatory_role",
    "issuer",
    "check_text",
    "product",
]


@pytest.fixture(scope="module")
def listener():
    """A server that counts who knocks."""
    server = socket.create_server(("127.0.0.1", 0))
    knocks: list[object] = []

    def count() -> None:
        with contextlib.suppress(OSError):
            while True:
                knocks.append(server.accept())

    threading.Thread(target=count, daemon=True).start()
    yield server.getsockname()[1], knocks
    server.close()


@pytest.mark.enable_socket
@pytest.mark.parametrize("vector", VECTORS)
def test_hostile_words_are_words(printer, listener, vector):
    port, knocks = listener
    text = vector.format(url=f"http://127.0.0.1:{port}/x", port=port)
    # In every field at once: each is escaped by itself, and each paper takes its time.
    everywhere = {field: text[: 20 if field == "product" else 60] for field in FIELDS}
    document = replace(ENGLISH, **everywhere)
    reader = PdfReader(BytesIO(printer.print(document)))
    assert reader.attachments == {}
    assert "/Annots" not in reader.pages[0]
    assert "root:" not in reader.pages[0].extract_text()
    assert "49" not in reader.pages[0].extract_text().replace(document.number, "")
    document = replace(ENGLISH, modules=(text[:90],) * 8)
    assert printer.print(document)
    assert knocks == []


@pytest.mark.enable_socket
@pytest.mark.parametrize(
    "inside",
    [
        '<img src="{url}">',
        '<link rel="stylesheet" href="{url}">',
        "<style>@import '{url}';</style>",
        "<style>p{{background:url({url})}}</style><p>x</p>",
        '<img src="file:///etc/passwd">',
        '<img src="data:image/svg+xml,<svg/>">',
        '<link rel="attachment" href="file:///etc/passwd">',
        '<svg><image href="{url}"/></svg>',
    ],
)
def test_even_a_broken_template_fetches_nothing(listener, inside):
    """The planted fault: markup that got past the escaping ends the printing instead of fetching."""
    port, knocks = listener
    press = render.Press()
    page = press.lay_out(ENGLISH)
    markup = inside.format(url=f"http://127.0.0.1:{port}/x")
    broken = render.Page(page.html.replace("<h1>", f"{markup}<h1>"), page.sizes, page.qr)
    with pytest.raises((render.ForeignAddress, render.PrintedBadly)):
        press.write(broken, b"0" * 32)
    assert knocks == []


def test_a_page_that_lacks_a_part_is_no_page():
    """WeasyPrint only warns about what it leaves out; for a certificate that is an error."""
    press = render.Press()
    page = press.lay_out(ENGLISH)
    broken = render.Page(page.html, page.sizes + "p{color:no-colour}", page.qr)
    with pytest.raises(render.PrintedBadly):
        press.write(broken, b"0" * 32)
