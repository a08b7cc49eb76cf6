"""Addresses that look like ours and lead elsewhere, and those that are ours and look odd."""

from __future__ import annotations

from itertools import product

HOST = "evil.example"
_STARTS = (
    "//", "///", "////", "/\\", "\\/", "\\\\", "\\", "http://", "https://", "HTTPS://", "http:", "https:/",
    "https:///", "http:\\\\", "ftp://", "data:text/html,", "javascript:", "java\tscript:", "vbscript:",
    "/\t/", "/\n/", "/\r/", "/\r\n/", "/\x00/", "/\x0b/", "/\x1f/", "\t//", " //", "\x00//", "\u00a0//",
    "/ /", "/%09/", "/%0a/", "/%0d/", "/%2f", "/%5c", "/.//", "/./\\", "/..//", "/;@", "/@", "@", ".", "?", "#@",
    "//localhost@", "http://localhost@", "http://localhost.", "//localhost:80@", "//localhost%00.", "/\u2028/",
    "/\u200b/", "/\u202e/", "\uff0f\uff0f", "/\uff0f", "///\\", "/\\/", "/\\\t/", "/\t\\", "mailto:x@",
)  # fmt: skip
ELSEWHERE = tuple(start + HOST + end for start, end in product(_STARTS, ("", "/en/home")))


def leads_elsewhere(place: str) -> bool:
    """Whether a browser that follows this `Location` leaves us. What browsers drop is dropped first."""
    kept = place.strip("".join(map(chr, range(33)))).translate(dict.fromkeys(map(ord, "\t\r\n")))
    kept = kept.replace("\\", "/").removeprefix("http://localhost/")
    if place != kept and kept and not kept.startswith("/"):
        kept = "/" + kept
    return not kept.startswith("/") or kept.startswith("//")
