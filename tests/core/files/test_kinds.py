"""What a file is: its name, what its sender declares and its content must agree."""

from __future__ import annotations

import itertools

import pytest

from lms.core.files.intake import take
from lms.core.files.kinds import Sent, kind_of
from lms.core.files.refusal import Refused, Why
from lms.core.settings import Settings
from tests.core.files import corpus

pytestmark = pytest.mark.sqlite_only
SETTINGS = Settings(mode="test")


def refusal(sent: Sent) -> Why | None:
    try:
        take(sent, SETTINGS)
    except Refused as refused:
        return refused.why
    return None


@pytest.mark.parametrize("kind", corpus.DECLARED)
def test_each_kind_is_taken(kind: str) -> None:
    sent = Sent(f"IMG 1.{kind.upper()}", corpus.DECLARED[kind], corpus.honest()[kind])
    taken = take(sent, SETTINGS)
    assert taken.kind == kind
    assert taken.data


def test_only_what_agrees_three_times_passes() -> None:
    """Every extension × every content × every declaration; a zip is looked into by `take`, below."""
    contents = corpus.honest() | corpus.foreign()
    extensions = [*corpus.DECLARED, "svg", "html", "gif", "exe", "zip", "docm", "php", ""]
    declared = {*corpus.DECLARED.values(), "image/svg+xml", "text/html", "image/gif", "", "x/y"}
    passed, tried = set(), 0
    for name, what, said in itertools.product(extensions, contents, declared):
        tried += 1
        try:
            kind_of(Sent(f"a.{name}", said, contents[what]))
        except Refused:
            continue
        passed.add((name, what, said))
    agree = {(kind, kind, said) for kind, said in corpus.DECLARED.items()}
    silent = {(kind, kind, "") for kind in corpus.DECLARED}
    zips = {
        (kind, what, said)
        for kind, what in itertools.product(("docx", "odt"), ("docx", "odt", "zip"))
        for said in (corpus.DECLARED[kind], "")
    }
    # A script's text is a text, saved under the name file-1.txt and shown as nothing else.
    assert passed - zips == (agree | silent) - zips
    assert tried > 2_000


@pytest.mark.parametrize("kind", ["docx", "odt"])
@pytest.mark.parametrize("content", ["docx", "odt", "zip"])
def test_a_zip_is_the_document_that_it_says(kind: str, content: str) -> None:
    data = (corpus.honest() | corpus.foreign())[content]
    why = refusal(Sent(f"a.{kind}", corpus.DECLARED[kind], data))
    assert why == (None if kind == content else Why.DIFFERENT)


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("a.pdf", corpus.PDF + corpus.packed({"a.txt": b"a"}), Why.DIFFERENT),
        ("a.pdf", corpus.PDF.replace(b"\n1 0", b"\n<html><script>1</script>\n1 0"), Why.DIFFERENT),
        ("a.pdf", b"<html>" + corpus.PDF, Why.DIFFERENT),
        ("a.pdf", corpus.PDF[:60], Why.BROKEN),
        ("a.docx", b"\xff\xd8\xff" + corpus.document("docx"), Why.DIFFERENT),
        ("a.docx", corpus.document("docx") + b"<script>", Why.BROKEN),
        ("a.docx", corpus.document("docx", {"word/vbaProject.bin": b"x"}), Why.PROGRAM),
        ("a.odt", corpus.document("odt", {"Basic/Standard/Module1.xml": b"x"}), Why.PROGRAM),
        ("a.txt", corpus.SVG, Why.DIFFERENT),
        ("a.txt", b"\n <HTML>", Why.DIFFERENT),
        ("a.txt", b"a\x00b", Why.NOT_TEXT),
        ("a.txt", "привет".encode("cp1251"), Why.NOT_TEXT),
        ("a.txt", b"", Why.EMPTY),
        ("a.svg", corpus.SVG, Why.KIND),
        ("a.jpg.php", b"<?php", Why.KIND),
        ("jpg", b"x", Why.KIND),
        ("a.txt", b"x" * (5 * 1024 * 1024 + 1), Why.LARGE),
    ],
)
def test_what_is_refused_and_why(name: str, data: bytes, why: Why) -> None:
    kind = name.rpartition(".")[2]
    assert refusal(Sent(name, corpus.DECLARED.get(kind, ""), data)) == why


def test_a_picture_with_a_second_life_leaves_it_behind() -> None:
    """JPG + PHP, JPG + zip, PNG + HTML: what is kept is drawn from the pixels."""
    honest = corpus.honest()
    tails = (
        b"<?php system('id'); ?>",
        corpus.packed({"evil.txt": b"evil"}),
        b"<script>alert(1)</script>",
    )
    for kind, tail in itertools.product(("jpg", "png"), tails):
        taken = take(Sent(f"a.{kind}", corpus.DECLARED[kind], honest[kind] + tail), SETTINGS)
        assert tail not in taken.data
        assert tail[:8] not in taken.data
