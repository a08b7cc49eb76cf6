"""A bad link: passes a request on, and does something to the answer."""

from __future__ import annotations

import asyncio
import random
import threading
from collections import Counter
from contextlib import suppress
from typing import Any

WAYS = ("whole", "swallowed", "cut short", "half closed", "reset")


class BadLink:
    """Stands before a server in a thread of its own. `port` is where phones call."""

    def __init__(self, port: int, seed: int, bad: float = 0.4) -> None:
        self.server, self.chance, self.bad = port, random.Random(seed), bad
        self.port, self.spoiled = 0, Counter[str]()
        self._loop, self._ready = asyncio.new_event_loop(), threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> BadLink:
        self._thread.start()
        self._ready.wait(10)
        return self

    def __exit__(self, *_error: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        listening = self._loop.run_until_complete(asyncio.start_server(self._serve, "127.0.0.1", 0))
        self.port = listening.sockets[0].getsockname()[1]
        self._ready.set()
        self._loop.run_forever()
        self._loop.run_until_complete(self._end(listening))
        self._loop.close()

    async def _end(self, listening: asyncio.Server) -> None:
        listening.close()
        mine = [one for one in asyncio.all_tasks() if one is not asyncio.current_task()]
        for task in mine:
            task.cancel()
        await asyncio.gather(*mine, return_exceptions=True)
        # Connections that were closed just now are let go in the loop's next turns.
        await asyncio.sleep(0.1)

    async def _serve(self, phone: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        way = self.chance.choice(WAYS[1:]) if self.chance.random() < self.bad else WAYS[0]
        try:
            with suppress(OSError, asyncio.IncompleteReadError):
                await self._pass_on(phone, back, way)
            if way == "half closed" and back.can_write_eof():
                with suppress(OSError):
                    back.write_eof()
                await asyncio.sleep(0.05)
        finally:
            back.close()

    async def _pass_on(
        self, phone: asyncio.StreamReader, back: asyncio.StreamWriter, way: str
    ) -> None:
        request = await _whole_request(phone)
        answer, there = await asyncio.open_connection("127.0.0.1", self.server)
        try:
            there.write(request)
            await there.drain()
            whole = await answer.read(-1)
        finally:
            there.close()
        if request.startswith(b"POST"):
            self.spoiled[way] += 1
        back.write(self._spoil(whole, way, back))
        await back.drain()

    def _spoil(self, whole: bytes, way: str, back: Any) -> bytes:
        if way == "swallowed":
            return b""
        if way == "reset":
            back.transport.abort()
            return b""
        # Half closed: the phone is told that nothing more comes, in the middle of the answer.
        return whole[: self.chance.randrange(len(whole))] if way != "whole" and whole else whole


async def _whole_request(phone: asyncio.StreamReader) -> bytes:
    head = await phone.readuntil(b"\r\n\r\n")
    fields = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:] if b": " in line)
    return head + await phone.readexactly(int(fields.get(b"content-length", b"0")))
