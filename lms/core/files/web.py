"""Files over HTTP: how much a request may bring, what becomes of a part that is a file, how one is handed out."""

from __future__ import annotations

import io
from collections.abc import Callable
from itertools import takewhile
from typing import IO, Any, TypeVar

import flask
from flask import Flask, Response, current_app, g, request
from werkzeug.datastructures import MultiDict
from werkzeug.sansio.multipart import Data, Event, Field, File, MultipartDecoder, NeedData

from lms.core.db import reading
from lms.core.files.kinds import MIMETYPES, Kind, Sent
from lms.core.files.limits import MIB
from lms.core.files.refusal import Refused, Why
from lms.core.policy import actor
from lms.core.settings import Settings

# Room for a file or two that are too large: they are taken, dropped, and the page says so beside the text.
_SPARE = 8 * MIB
_HEAD = 512 * 1024
# What a browser lets a file do that it is made to show by itself: nothing, and in nobody's frame.
SHUT_IN = "default-src 'none'; sandbox; frame-ancestors 'none'"
_MARK = "__takes_files__"
V = TypeVar("V", bound=Callable[..., Any])


class Kept(io.BytesIO):
    """A part of a request in memory, never on the disk. Too much of it is dropped, and `over` says so."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self._most = most
        self.over = False

    def write(self, data: Any) -> int:
        """Take more, as long as it fits."""
        self.over = self.over or self.tell() + len(data) > self._most
        if self.over:
            self.seek(0)
            self.truncate()
            return len(data)
        return super().write(data)


class Request(flask.Request):
    """A request whose files go nowhere unless its page takes files."""

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        return Kept(g.get("largest_file", 0))


def takes_files(keep_as: str) -> Callable[[V], V]:
    """Mark a view whose form may bring files.

    `keep_as` is the button that only keeps what was typed: when the files of a request can't be had, it counts
    as pressed, so that nothing is handed in without them.
    """

    def mark(view: V) -> V:
        setattr(view, _MARK, keep_as)
        return view

    return mark


def init_app(app: Flask, settings: Settings) -> None:
    """Before anything reads a form: let signed-in people bring more where a page takes files."""
    app.request_class = Request
    whole = settings.files_each_time * settings.file_mib * MIB + _SPARE

    @app.before_request
    def allow_more() -> None:
        view = current_app.view_functions.get(request.endpoint or "")
        keep_as = getattr(view, _MARK, None)
        if request.mimetype != "multipart/form-data" or keep_as is None:
            return
        with reading():
            signed = actor() is not None
        if not signed or (request.content_length or 0) > whole:
            _rescue_text(keep_as)
        else:
            g.largest_file = settings.file_mib * MIB
            request.max_content_length = whole


def too_much() -> bool:
    """Whether the request was larger than anything that could be taken; its text fields are there."""
    return bool(g.get("too_much"))


def sent_files(field: str) -> list[Sent]:
    """The files of a field, those that were chosen. Raises Refused for one that was too large to keep."""
    found = [part for part in request.files.getlist(field) if part.filename]
    if any(getattr(part.stream, "over", True) for part in found):
        raise Refused(Why.LARGE)
    return [Sent(part.filename or "", part.content_type or "", part.read()) for part in found]


def download(data: bytes, kind: Kind, number: int) -> Response:
    """A file on its way out: saved under a name of ours, never shown, kept by nothing on the way."""
    # Flask adds the encoding to a text; ours is always UTF-8.
    answer = Response(data, mimetype=MIMETYPES[kind])
    answer.headers["Content-Disposition"] = f'attachment; filename="file-{number}.{kind}"'
    answer.headers["Content-Security-Policy"] = SHUT_IN
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Accept-Ranges"] = "none"
    return answer


def _rescue_text(keep_as: str) -> None:
    """Read the fields that come before the first file; the files themselves are left unread.

    That is all of a request that is far too large, or of somebody whose session has ended meanwhile.
    """
    boundary = request.mimetype_params.get("boundary", "").encode("ascii", "ignore")
    fields = _fields_before_files(boundary, request.environ["wsgi.input"].read(_HEAD))
    fields[keep_as] = "1"
    request.__dict__["form"], request.__dict__["files"] = fields, MultiDict()
    g.too_much = True


def _fields_before_files(boundary: bytes, head: bytes) -> MultiDict[str, str]:
    found: MultiDict[str, str] = MultiDict()
    if not boundary:
        return found
    decoder = MultipartDecoder(boundary)
    decoder.receive_data(head)
    name, value = "", b""
    for event in takewhile(_is_text, iter(decoder.next_event, None)):
        if isinstance(event, Field):
            name, value = event.name, b""
        elif isinstance(event, Data):
            value += event.data
            if not event.more_data:
                found.add(name, value.decode("utf-8", "replace"))
    return found


def _is_text(event: Event | None) -> bool:
    return not isinstance(event, (File, NeedData))
