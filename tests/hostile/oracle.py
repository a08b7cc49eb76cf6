"""A real browser as judge of markup: each piece in a frame of its own, hooks on what it would call, a look at the DOM.

No search for strings: what the browser made of the text is judged, by itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from playwright.sync_api import Browser, Error, Page

BATCH = 60
LONGEST = 20_000

# Runs first in every frame, whatever stands in it.
HOOKS = """
for (const name of ["alert", "confirm", "prompt", "print", "open"])
  window[name] = () => { try { top.ran.add(window.name || parent.name) } catch { } };
"""
JUDGE = """
async (pieces) => {
  window.ran = new Set();
  const forbidden = "script,iframe,object,embed,applet,base,meta,link,style,form,input,button,select," +
    "frame,frameset,portal,math,foreignObject,animate,set,use,template,noscript,marquee,dialog,video,audio";
  const schemes = ["javascript:", "vbscript:", "data:", "file:", "blob:"];
  document.body.replaceChildren();
  const frames = pieces.map((piece, number) => {
    const frame = document.createElement("iframe");
    frame.name = "n" + number;
    frame.srcdoc = "<!DOCTYPE html><title>x</title><body>" + piece;
    document.body.append(frame);
    return frame;
  });
  await Promise.all(frames.map((f) => new Promise((done) => { f.onload = done; setTimeout(done, 1500) })));
  await new Promise((done) => setTimeout(done, 120));
  return frames.map((frame, number) => {
    const found = [];
    if (window.ran.has("n" + number)) found.push("ran");
    let page = null;
    try { page = frame.contentDocument } catch { }
    if (!page || !page.body || page.URL !== "about:srcdoc") return [...found, "gone elsewhere"];
    for (const tag of page.querySelectorAll("*")) {
      for (const { name, value } of tag.attributes) {
        if (name.startsWith("on")) found.push("handler " + name);
        if (["srcdoc", "formaction", "style", "ping"].includes(name)) found.push("attribute " + name);
        if (["href", "src", "action", "data", "xlink:href"].includes(name)) {
          let scheme = "";
          try { scheme = new URL(value, "https://here.example/").protocol } catch { }
          if (schemes.includes(scheme) || schemes.includes(tag.protocol)) found.push("address " + scheme);
        }
      }
    }
    for (const tag of page.querySelectorAll(forbidden)) found.push("element " + tag.localName);
    return found;
  });
}
"""


@dataclass(frozen=True)
class Verdict:
    """What a browser made of a piece: nothing bad, something bad, or (`judged` False) it never answered."""

    piece: str
    found: tuple[str, ...]
    judged: bool = True

    @property
    def ran(self) -> bool:
        """Whether one of the calls was made."""
        return "ran" in self.found


@contextmanager
def offline_page(chromium: Browser) -> Iterator[Page]:
    """An empty page from which nothing leads to any network."""
    context = chromium.new_context(offline=True)
    try:
        context.add_init_script(HOOKS)
        context.set_default_timeout(LONGEST)
        page = context.new_page()
        page.set_content("<!DOCTYPE html><title>x</title><body></body>")
        yield page
    finally:
        context.close()


def judge(chromium: Browser, pieces: Sequence[str]) -> list[Verdict]:
    """Judge pieces of HTML, some in a page at a time. What hangs a page is tried alone."""
    found: list[Verdict] = []
    for start in range(0, len(pieces), BATCH):
        batch = pieces[start : start + BATCH]
        found += _judged(chromium, batch) or [
            (_judged(chromium, [one]) or [Verdict(one, (), judged=False)])[0] for one in batch
        ]
    return found


def _judged(chromium: Browser, batch: Sequence[str]) -> list[Verdict]:
    with offline_page(chromium) as page:
        try:
            answers = page.evaluate(JUDGE, list(batch))
        except Error:
            return []
    return [Verdict(piece, tuple(made)) for piece, made in zip(batch, answers, strict=True)]
