"""Nothing that stands in a certificate makes the press fetch, open or attach anything.

Forty ways of asking for a file or an address: as words of a record, where they are words, and as markup in the
template itself, where each ends the printing or asks for nothing. What Python opens is watched from inside.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader

from lms.certificates.pdf import render
from lms.certificates.pdf.samples import ENGLISH
from tests.conftest import Tell

pytestmark = pytest.mark.sqlite_only
Size = Callable[[int, int], int]
SECRET = "/etc/hostname"
URL = "http://127.0.0.1:9/x"
WAYS = (
    f"<img src='{URL}'>", f"<img srcset='{URL} 2x'>", f"<picture><source srcset='{URL}'><img></picture>",
    f"<img src='file://{SECRET}'>", f"<img src='{SECRET}'>", "<img src='//127.0.0.1:9/x'>", "<img src='ftp://127.0.0.1/x'>",
    "<img src='data:image/svg+xml,<svg xmlns=\"http://www.w3.org/2000/svg\"/>'>", "<img src='asset:../../../etc/passwd'>",
    f"<link rel=stylesheet href='{URL}'>", f"<link rel=attachment href='file://{SECRET}'>",
    f"<a rel=attachment href='file://{SECRET}'>x</a>", f"<link rel='alternate stylesheet' href='{URL}'>",
    f"<base href='{URL}'><img src=y>", f"<object data='{URL}'>x</object>", f"<embed src='{URL}'>", f"<iframe src='{URL}'></iframe>",
    f"<svg width=9 height=9><image href='{URL}' width=9 height=9 /></svg>",
    f"<svg width=9 height=9><image xlink:href='{URL}' width=9 height=9 /></svg>",
    f"<svg width=9 height=9><use href='{URL}#a'/></svg>", f"<svg width=9 height=9><style>@import '{URL}';</style></svg>",
    f"<svg width=9 height=9><rect width=9 height=9 fill=\"url('{URL}#a')\"/></svg>",
    f"<style>@import '{URL}';</style>", f"<style>@import url({URL});</style>",
    f"<style>@font-face{{font-family:x;src:url({URL})}}p{{font-family:x}}</style><p>x</p>",
    f"<style>@font-face{{font-family:x;src:url(file://{SECRET})}}p{{font-family:x}}</style><p>x</p>",
    f"<p style='background:url({URL})'>x</p>", f"<p style='background-image:image-set(url({URL}) 1x)'>x</p>",
    f"<ul><li style='list-style:url({URL})'>x</ul>", f"<style>p::before{{content:url({URL})}}</style><p>x</p>",
    f"<p style='border-image:url({URL}) 3 round'>x</p>", f"<style>@page{{background:url({URL})}}</style>",
    f"<style>@page{{@top-left{{content:url({URL})}}}}</style>", f"<style>p{{--u:url({URL});background:var(--u)}}</style><p>x</p>",
    f"<p style='mask-image:url({URL})'>x</p>", f"<p style='cursor:url({URL}),auto'>x</p>",
    f"<style>@color-profile --c{{src:url({URL})}}p{{color:color(--c 1 0 0)}}</style><p>x</p>",
    f"<p x='{URL}' style='background:attr(x url)'>x</p>", f"<meta http-equiv=refresh content='0;url={URL}'>",
    f"<?xml-stylesheet href='{URL}'?>", f"<!DOCTYPE x SYSTEM '{URL}'>", f"<script src='{URL}'></script>",
)  # fmt: skip
_watched: list[list[str]] = []


def _hook(event: str, given: tuple[Any, ...]) -> None:
    if _watched and event in {"open", "socket.connect", "socket.getaddrinfo", "subprocess.Popen", "urllib.Request"}:  # fmt: skip
        _watched[-1].append(f"{event} {given[:2]}")


@pytest.fixture(scope="module")
def press() -> render.Press:
    found = render.Press()
    found.write(found.lay_out(ENGLISH), b"0" * 32)
    sys.addaudithook(_hook)
    return found


@pytest.fixture
def opened() -> Iterator[list[str]]:
    """What is opened, connected to or started meanwhile. A hook of this kind cannot be taken off again."""
    found: list[str] = []
    _watched.append(found)
    yield found
    _watched.pop()


def strange(opened: list[str]) -> list[str]:
    """What is none of the press's own things: fonts of ours, the library's tables, its own code."""
    own = ("/lms/certificates/", "site-packages", "/lib/python", "/usr/share/zoneinfo", "/dev/urandom", "/fonts/")  # fmt: skip
    return [one for one in opened if not any(part in one for part in own)]


def test_markup_in_the_template_asks_for_nothing(
    press: render.Press, opened: list[str], figure: Tell
) -> None:
    refused = 0
    page = press.lay_out(ENGLISH)
    for way in WAYS:
        broken = render.Page(page.html.replace("<h1>", f"{way}<h1>", 1), page.sizes, page.qr)
        try:
            pdf = press.write(broken, b"0" * 32)
        except (render.ForeignAddress, render.PrintedBadly, render.DocumentRefused, AssertionError):
            refused += 1
        else:
            assert PdfReader(BytesIO(pdf)).attachments == {}, way
    figure("ways to make the press fetch", len(WAYS), "≥ 40")
    figure("fetches, files and connections of the press", len(strange(opened)), "= 0")
    assert strange(opened) == []
    # The holes are real: most of them reach the fetcher, which ends the printing.
    assert refused > len(WAYS) / 2


def test_words_of_a_record_are_words(press: render.Press, opened: list[str], size: Size) -> None:
    for way in WAYS[:: size(6, 1)]:
        document = replace(ENGLISH, name=way[:60], course=way[:60], issuer=way[:60])
        reader = PdfReader(BytesIO(press.print(document)))
        assert reader.attachments == {}, way
    assert strange(opened) == []


def test_the_watch_can_see(press: render.Press, opened: list[str]) -> None:
    with open(SECRET, "rb") as file:  # noqa: PTH123 - the very call that is watched
        file.read()
    assert len(strange(opened)) == 1
