"""Files on a task: as people send, open and take back, and as somebody hostile tries."""

from __future__ import annotations

import io
import threading
from email.message import Message
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, func, select
from sqlalchemy.engine import Engine
from sqlalchemy.exc import OperationalError
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from lms.audit.models import AccessEvent
from lms.core import sealing
from lms.core.db import db, reading
from lms.core.files import intake
from lms.core.files.intake import Taken, take
from lms.core.files.models import StoredFile
from lms.courses.queries import Outline
from lms.learning.models import Submission, SubmissionFile
from tests.client import Browser, Page
from tests.core.files import corpus
from tests.learning.test_player import TEXT, address, daria, outline, saule
from tests.world import Somebody, make_person

__all__ = ["daria", "outline", "saule"]
Sending = tuple[io.BytesIO, str, str]


def a_file(kind: str = "pdf", name: str = "", data: bytes | None = None) -> Sending:
    content = corpus.honest()[kind] if data is None else data
    return io.BytesIO(content), name or f"Saule Nurlanova.{kind}", corpus.DECLARED[kind]


def writing(app: Flask, person: Somebody, outline: Outline) -> Browser:
    browser = Browser(app).sign_in(person)
    browser.get(address(outline, "task-page"))
    return browser


def send(
    browser: Browser, *files: Sending, text: str = TEXT, button: str = "Add the files"
) -> Page:
    """Fill the form in and press a button, as a browser does: the button's name comes last."""
    form = browser._form(browser.page.soup, button, None)
    pressed = browser._button(form, button)
    fields = {**browser._filled(form), "body": text, "files": list(files)}
    return post(
        browser, form["action"], fields | {pressed["name"]: "1"} if pressed.get("name") else fields
    )


def post(browser: Browser, url: str, fields: dict[str, Any], *, follow: bool = True) -> Page:
    """The test client itself would put a large request into a file and leave that open."""
    parts = [FileStorage(*part[:2], content_type=part[2]) for part in fields["files"]]
    boundary, body = encode_multipart(fields | {"files": parts})
    kind = f"multipart/form-data; boundary={boundary}"
    return browser.post(url, body, content_type=kind, follow=follow)  # type: ignore[arg-type]


def kept(app: Flask) -> list[Any]:
    with app.app_context(), reading():
        columns = (StoredFile.public_id, StoredFile.kind, StoredFile.size)
        return list(db.session.execute(select(*columns).order_by(StoredFile.id)))


def names(page: Page) -> list[str]:
    return [link.get_text() for link in page.soup.select("a[download]")]


def visits(app: Flask, person: Somebody) -> int:
    with app.app_context(), reading():
        mine = AccessEvent.person_id == person.id
        return db.session.scalar(select(func.count()).select_from(AccessEvent).where(mine)) or 0


def test_files_go_the_whole_way(
    outline: Outline, saule: Somebody, daria: Somebody, app: Flask
) -> None:
    mine, hers = writing(app, saule, outline), Browser(app).sign_in(daria)
    page = send(mine, a_file("pdf"), a_file("jpg"))
    assert names(page) == ["file-1.pdf", "file-2.jpg"]
    assert page.soup.find("textarea", {"name": "body"}).get_text().strip() == TEXT
    page = send(mine, a_file("odt"))
    assert names(page) == ["file-1.pdf", "file-2.jpg", "file-3.odt"]
    assert page.soup.find("input", {"name": "files"}) is None, "three is all there is room for"
    link = page.soup.select_one("a[download]")["href"]
    assert Browser(app).get(link).h1 == "Sign in"
    assert hers.get(link).status == 404, "a draft is nobody's to read"
    assert mine.client.get(link).data == corpus.PDF
    assert visits(app, saule) == 0, "one's own file leaves no line"
    mine.get(address(outline, "task-page"))
    mine.submit({"body": TEXT}, button="Hand in")
    with app.app_context(), reading():
        task = db.session.scalar(select(Submission.public_id))
    page = hers.get(f"/en/tasks/{task}")
    assert names(page) == ["file-1.pdf", "file-2.jpg", "file-3.odt"]
    before = visits(app, saule)
    assert hers.client.get(link).data == corpus.PDF
    assert visits(app, saule) == before + 1, "each opening leaves a line"
    with app.app_context():
        stranger = make_person("Stranger")
    assert Browser(app).sign_in(stranger).get(link).status == 404


def test_how_a_file_leaves(outline: Outline, saule: Somebody, app: Flask) -> None:
    page = send(writing(app, saule, outline), a_file("txt"))
    mine = Browser(app).sign_in(saule)
    answer = mine.client.get(
        page.soup.select_one("a[download]")["href"], headers={"Range": "bytes=0-3"}
    )
    told = Message()
    told["Content-Disposition"] = answer.headers["Content-Disposition"]
    assert answer.status_code == 200
    assert (told.get_content_disposition(), told.get_filename()) == ("attachment", "file-1.txt")
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert "script-src" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "name",
    [
        'a"; filename="evil.html.pdf', "a\u202efdp.exe.pdf", "a%0d%0aSet-Cookie: a=b.pdf", "<script>alert(1)</script>.pdf",
        "../../etc/passwd.pdf", "C:\\Users\\Saule\\scan.pdf", "😀.pdf", "x" * 4_000 + ".pdf", ".pdf", "con.pdf",
    ],
)  # fmt: skip
def test_the_name_on_her_phone_is_forgotten(
    outline: Outline, saule: Somebody, app: Flask, name: str
) -> None:
    mine = writing(app, saule, outline)
    page = send(mine, a_file("pdf", name))
    assert names(page) == ["file-1.pdf"]
    answer = mine.client.get(page.soup.select_one("a[download]")["href"])
    assert answer.headers["Content-Disposition"] == 'attachment; filename="file-1.pdf"'
    assert "Set-Cookie" not in answer.headers or "a=b" not in answer.headers["Set-Cookie"]
    columns = StoredFile.__table__.columns.keys()
    assert set(columns) == {"id", "public_id", "owner_id", "kind", "size", "kept_at", "sealed"}


@pytest.mark.parametrize(
    ("file", "status", "advice"),
    [
        (a_file("pdf", "a.svg", corpus.SVG), 422, "This kind of file is not taken"),
        (a_file("pdf", "a.pdf", corpus.HTML), 422, "not what the name of the file says"),
        (a_file("png", "a.png", corpus.pixel_flood_png(50_000, 50_000)), 422, "too many points"),
        (a_file("jpg", "a.jpg", b"\xff\xd8\xff\xe0" + bytes(50)), 422, "can't be read to its end"),
        (a_file("txt", "a.txt", b"x" * (5 * 1024 * 1024 + 1)), 413, "This file is too large"),
        (a_file("txt", "a.txt", b"x" * (30 * 1024 * 1024)), 413, "This file is too large"),
        (a_file("txt", "a.txt", b""), 422, "This file is empty"),
    ],
)
def test_a_refused_file_takes_no_text_with_it(
    outline: Outline, saule: Somebody, app: Flask, file: Sending, status: int, advice: str
) -> None:
    typed = "Что было сказано,\nи кем. " + TEXT
    page = send(
        writing(app, saule, outline), (io.BytesIO(file[0].getvalue()), *file[1:]), text=typed
    )
    assert page.status == status
    assert advice in page.text
    assert page.soup.find("textarea", {"name": "body"}).get_text().strip() == typed
    assert kept(app) == []


def test_four_files_are_too_many(outline: Outline, saule: Somebody, app: Flask) -> None:
    mine = writing(app, saule, outline)
    page = send(mine, *(a_file("pdf") for _ in range(4)))
    assert page.status == 422
    assert "too many files" in page.text
    send(mine, a_file("pdf"), a_file("pdf"))
    page = send(mine, a_file("pdf"), a_file("pdf"))
    assert page.status == 422
    assert len(kept(app)) == 2


def test_two_tabs_do_not_add_up_to_more_than_three(
    outline: Outline, saule: Somebody, app: Flask
) -> None:
    first, second = writing(app, saule, outline), writing(app, saule, outline)
    send(first, a_file("pdf"), a_file("pdf"))
    page = send(second, a_file("txt"), a_file("txt"), text="Newer words.")
    assert page.status == 409, "the other tab's text is not overwritten unseen"
    assert "Newer words." in page.html
    page = send(second, a_file("txt"), a_file("txt"), text="Newer words.")
    assert page.status == 422
    assert "Newer words." in page.html
    assert len(kept(app)) == 2


def test_the_same_form_twice_hangs_one_file_on(
    outline: Outline, saule: Somebody, app: Flask
) -> None:
    mine = writing(app, saule, outline)
    data = {
        **mine._filled(mine._form(mine.page.soup, "Add the files", None)),
        "body": TEXT,
        "attach": "1",
    }
    url = f"{address(outline, 'task-page')}/text"
    for _ in range(2):
        answer = mine.client.post(url, data={**data, "files": [a_file("pdf")]})
        assert answer.status_code == 303
    assert len(kept(app)) == 1


class Fault:
    """Lets the database fail before its n-th statement from now on."""

    def __init__(self, number: int) -> None:
        self.number, self.seen = number, 0

    def __call__(self, *_: Any) -> None:
        self.seen += 1
        if self.seen == self.number:
            raise OperationalError("planted", None, Exception("planted"))

    def __enter__(self) -> Fault:
        event.listen(Engine, "before_cursor_execute", self)
        return self

    def __exit__(self, *_: object) -> None:
        event.remove(Engine, "before_cursor_execute", self)


def test_a_fault_before_any_statement_leaves_a_whole_file_or_none(
    outline: Outline, saule: Somebody, app: Flask, figure: Any
) -> None:
    mine = writing(app, saule, outline)
    fields = {
        **mine._filled(mine._form(mine.page.soup, "Add the files", None)),
        "body": TEXT,
        "attach": "1",
    }
    url, number, faults = f"{address(outline, 'task-page')}/text", 0, 0
    while number <= faults:
        number += 1
        with Fault(number) as fault:
            page = _sent_or_failed(mine, url, fields)
        hanging = _hanging(app)
        assert len(kept(app)) == hanging, "a file that hangs on nothing, or a place without a file"
        assert hanging == (page is not None and page.status == 303), f"fault {number}"
        if fault.seen < number:
            break
        faults = number
        assert page is None or TEXT in page.html, "what was typed is on the page of the fault"
    figure("faults planted into one sending of a file", faults, "≥ 12")
    assert faults >= 12
    assert len(kept(app)) == 1, "after all faults the same form hung one file on"


def _sent_or_failed(browser: Browser, url: str, fields: dict[str, Any]) -> Page | None:
    """The page; None where the fault comes when the answer is made already and only the server can tell."""
    try:
        return post(browser, url, fields | {"files": [a_file("txt")]}, follow=False)
    except OperationalError:
        return None


def _hanging(app: Flask) -> int:
    with app.app_context(), reading():
        return db.session.scalar(select(func.count()).select_from(SubmissionFile)) or 0


def test_nobody_waits_while_a_file_is_looked_into(
    outline: Outline, saule: Somebody, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another writer gets through in the middle of it. With the lock held it would wait five seconds and fail."""
    with app.app_context():
        other = make_person("Other")
    theirs = Browser(app).sign_in(other)
    theirs.get(address(outline, "les-first"))
    written: list[int] = []

    def slow(sent: Any, settings: Any) -> Taken:
        thread = threading.Thread(
            target=lambda: written.append(theirs.submit(button="Done, next lesson").status)
        )
        thread.start()
        thread.join()
        return take(sent, settings)

    monkeypatch.setattr("lms.learning.views.take", slow)
    send(writing(app, saule, outline), a_file("txt"))
    assert written == [200]
    assert len(kept(app)) == 1


def test_a_file_can_be_taken_back_at_any_time(
    outline: Outline, saule: Somebody, daria: Somebody, app: Flask
) -> None:
    mine = writing(app, saule, outline)
    send(mine, a_file("pdf"), a_file("txt"))
    page = mine.submit({"body": "Words typed meanwhile."}, button="Remove")
    assert names(page) == ["file-2.txt"]
    assert (
        page.soup.find("textarea", {"name": "body"}).get_text().strip() == "Words typed meanwhile."
    )
    page = mine.submit({"body": TEXT}, button="Hand in")
    assert names(page) == ["file-2.txt"]
    page = mine.submit(button="Remove")
    assert "File removed" in page.html
    assert kept(app) == []
    with app.app_context(), reading():
        assert db.session.scalar(select(Submission.state)) == "submitted"
        assert db.session.scalars(select(SubmissionFile.file_id)).all() == []


def test_nobody_takes_another_persons_file_back(
    outline: Outline, saule: Somebody, daria: Somebody, app: Flask
) -> None:
    send(writing(app, saule, outline), a_file("pdf"))
    hers = writing(app, daria, outline)
    hers.submit({"body": "x", "remove": kept(app)[0].public_id}, button="Keep as a draft")
    assert hers.page.status == 404
    assert len(kept(app)) == 1


def test_a_new_round_has_files_of_its_own(
    outline: Outline, saule: Somebody, daria: Somebody, app: Flask
) -> None:
    mine, hers = writing(app, saule, outline), Browser(app).sign_in(daria)
    send(mine, a_file("pdf"), button="Hand in")
    with app.app_context(), reading():
        task = db.session.scalar(select(Submission.public_id))
    hers.get(f"/en/tasks/{task}")
    hers.submit({"feedback": "Add the hour.", "decision": "needs_work"})
    mine.get(address(outline, "task-page"))
    page = send(mine, a_file("txt"), text=TEXT + " At 21:40.")
    with app.app_context(), reading():
        rows = db.session.execute(
            select(Submission.round, StoredFile.kind).join(
                SubmissionFile, SubmissionFile.submission_id == Submission.id
            ).join(StoredFile, StoredFile.id == SubmissionFile.file_id).order_by(Submission.round)
        ).all()  # fmt: skip
    assert [tuple(row) for row in rows] == [(1, "pdf"), (2, "txt")]
    assert sorted(names(page)) == ["file-1.pdf", "file-1.txt"]


def test_a_file_alone_is_a_draft_but_no_task(
    outline: Outline, saule: Somebody, daria: Somebody, app: Flask
) -> None:
    mine = writing(app, saule, outline)
    assert send(mine, a_file("pdf"), text="").status == 200
    page = mine.submit({"body": ""}, button="Hand in")
    assert page.status == 422
    assert "Write your text first" in page.text
    page = mine.submit({"body": ""}, button="Add the files")
    assert page.status == 422


def test_what_is_kept_is_sealed_and_bound_to_its_place(
    outline: Outline, saule: Somebody, daria: Somebody, app: Flask
) -> None:
    mine = writing(app, saule, outline)
    send(mine, a_file("txt", data=b"canary-of-a-file"), a_file("txt"))
    rows = kept(app)
    with app.app_context():
        with reading():
            sealed = list(db.session.scalars(select(StoredFile.sealed).order_by(StoredFile.id)))
        assert b"canary-of-a-file" not in sealed[0]
        own = sealing.Place("file", "sealed", rows[0].public_id, saule.public_id)
        assert sealing.unseal_bytes(sealed[0], own) == b"canary-of-a-file"
        for place in (
            sealing.Place("file", "sealed", rows[1].public_id, saule.public_id),
            sealing.Place("file", "sealed", rows[0].public_id, daria.public_id),
            sealing.Place("submission", "body", rows[0].public_id, saule.public_id),
        ):
            with pytest.raises(sealing.CannotOpen):
                sealing.unseal_bytes(sealed[0], place)


def test_a_photo_arrives_without_its_place(outline: Outline, saule: Somebody, app: Flask) -> None:
    mine = writing(app, saule, outline)
    page = send(mine, a_file("jpg", data=corpus.photo("JPEG")))
    got = mine.client.get(page.soup.select_one("a[download]")["href"]).data
    assert corpus.PLACE not in got


def test_the_look_for_places_would_find_one(
    outline: Outline, saule: Somebody, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The planted fault: pictures are kept as they came."""
    monkeypatch.setattr(intake, "_redrawn", lambda data, _kind, _settings: data)
    mine = writing(app, saule, outline)
    page = send(mine, a_file("jpg", data=corpus.photo("JPEG")))
    got = mine.client.get(page.soup.select_one("a[download]")["href"]).data
    assert corpus.PLACE in got


def test_a_page_without_files_takes_none(outline: Outline, saule: Somebody, app: Flask) -> None:
    """A file part elsewhere is dropped as it comes in, and a large request is refused as before."""
    mine = writing(app, saule, outline)
    url = f"{address(outline, 'les-first')}/done"
    data = {"csrf_token": mine.page.soup.find("input", {"name": "csrf_token"})["value"]}
    assert mine.client.post(url, data={**data, "files": [a_file("pdf")]}).status_code == 303
    large = a_file("txt", data=b"x" * (3 * 1024 * 1024))
    assert post(mine, url, {**data, "files": [large]}).status == 413
    assert kept(app) == []


def test_a_guest_sends_no_more_than_anywhere_else(
    browser: Browser, outline: Outline, app: Flask
) -> None:
    browser.get(address(outline, "task-page"))
    assert browser.page.soup.find("input", {"type": "file"}) is None
    url = f"{address(outline, 'task-page')}/text"
    large = a_file("txt", data=b"x" * (3 * 1024 * 1024))
    assert post(browser, url, {"body": "a", "files": [large]}).status == 400, "not even read"


def test_a_session_that_ended_takes_no_text_with_it_and_hands_nothing_in(
    outline: Outline, saule: Somebody, daria: Somebody, app: Flask
) -> None:
    """Small or large: the file is lost with the session, the text is not, and it stays a draft."""
    for size in (1_000, 4_000_000):
        mine = writing(app, saule, outline)
        mine.client.delete_cookie("s")
        typed = f"Typed for {size} bytes."
        page = send(mine, a_file("txt", data=b"x" * size), text=typed, button="Hand in")
        assert typed in page.html
        page = mine.submit()
        if page.h1 == "Sign in":
            page = mine.submit({"handle": saule.handle, "passphrase": saule.passphrase})
        page = mine.submit(button="Send it again")
        assert page.soup.find("textarea", {"name": "body"}).get_text().strip() == typed
    assert kept(app) == []


def test_who_sends_a_great_many_is_asked_to_pause(
    outline: Outline, saule: Somebody, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lms.learning.views.FILES_A_DAY", 2)
    mine = writing(app, saule, outline)
    for _ in range(2):
        assert send(mine, a_file("txt", data=corpus.SVG)).status == 422
    page = send(mine, a_file("txt"))
    assert page.status == 422
    assert "Wait a few minutes" in page.text
    assert TEXT in page.html


class Endless(io.RawIOBase):
    """A body that never ends."""

    def __init__(self, head: bytes) -> None:
        super().__init__()
        self.head, self.given = head, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        part = self.head[: len(buffer)] or b"x" * len(buffer)
        self.head = self.head[len(part) :]
        buffer[: len(part)] = part
        self.given += len(part)
        return len(part)


def test_a_body_without_an_end_is_read_no_further_than_allowed(
    outline: Outline, saule: Somebody, app: Flask
) -> None:
    mine = writing(app, saule, outline)
    head = b'--b\r\nContent-Disposition: form-data; name="files"; filename="a.txt"\r\n\r\n'
    body = Endless(head)
    answer = mine.client.post(
        f"{address(outline, 'task-page')}/text",
        content_type="multipart/form-data; boundary=b",
        environ_overrides={"wsgi.input": body, "wsgi.input_terminated": True, "CONTENT_LENGTH": ""},
    )
    assert answer.status_code == 413
    assert body.given < 26 * 1024 * 1024
