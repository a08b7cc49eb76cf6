"""A walk over all pages that looks at each once and writes down everything that is wrong."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Page, Response

from tests.browser.instance import Instance
from tests.browser.stops import Stop, all_stops, narrow_stops
from tests.browser.visitor import DESK, NARROW, PHONE, Visitor

Variants = Sequence[tuple[int, str]]
VARIANTS: Variants = [(width, colours) for width in (PHONE, DESK) for colours in ("light", "dark")]
# In every run each page is seen in both widths and in both colours; `SOAK=1 ./run test browser` sees all four.
SOAK = bool(os.environ.get("SOAK"))
SEEN: Variants = VARIANTS if SOAK else [(PHONE, "light"), (DESK, "dark")]
AXE = {
    "runOnly": {
        "type": "tag",
        "values": [
            "wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice",
        ],
    },
    "rules": {"color-contrast-enhanced": {"enabled": True}, "target-size": {"enabled": True}},
    "resultTypes": ["violations"],
    # There are no frames; and for one rule axe would fetch the stylesheet anew at every look.
    "iframes": False,
    "preload": False,
}  # fmt: skip
COLOURS = ("color-contrast", "color-contrast-enhanced", "link-in-text-block")
# In the dark only colours differ: nothing else is measured twice.
AXE_DARK = {**AXE, "runOnly": {"type": "rule", "values": COLOURS}, "rules": {}}
AXE_COLOURLESS = {
    **AXE,
    "rules": {"target-size": {"enabled": True}} | {one: {"enabled": False} for one in COLOURS},
}
# Two pages made of the same parts inside the same parts are one page to axe; it looks at the first. What is
# around a page (navigation of a learner, of a mentor, of staff) and what is in it count each for itself.
PARTS = """() => {
  const marks = ['type', 'aria-current', 'open', 'role', 'hidden', 'checked'];
  const name = (e) => e.tagName + '.' + (e.getAttribute('class') || '') + marks
    .map((mark) => e.hasAttribute(mark) ? mark + e.getAttribute(mark) : '').join('');
  const parts = (root, leave) => {
    const found = new Set();
    const walk = (e, path) => {
      const here = path + '>' + name(e);
      found.add(here);
      for (const child of e.children) if (child !== leave) walk(child, here);
    };
    walk(root, '');
    return [...found].sort().join('|');
  };
  const main = document.querySelector('main');
  return [parts(main), parts(document.body, main)];
}"""
# What has the same class, in a part of the same class, has the same colours: half of axe's time goes into them.
KINDS = """() => {
  const name = (e) => e.tagName + '.' + (e.getAttribute('class') || '');
  const all = [...document.querySelectorAll('body *')];
  return [...new Set(all.map((e) => name(e.parentElement) + '>' + name(e)))];
}"""
WIDE = """() => {
  const room = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= room) return '';
  const out = [...document.querySelectorAll('body *')].find((e) => {
    const box = e.getBoundingClientRect();
    return box.width && (box.right > room + 1 || box.left < -1) && !e.closest('.table, .vh, .skip');
  });
  return (out ? out.outerHTML.slice(0, 160) : 'something') + ' is wider than ' + room;
}"""
LEAVE = """() => {
  const link = document.querySelector('.top .leave');
  const box = link.getBoundingClientRect();
  const last = [...document.querySelectorAll('.top a, .top summary, .top button')].pop() === link;
  return [box.width >= 44, box.height >= 44, last, box.top >= 0 && box.right <= innerWidth + 1].join();
}"""
SEND = """([action, fields]) => {
  const form = document.createElement('form');
  form.method = 'post'; form.action = action;
  for (const [name, value] of Object.entries(fields)) {
    const input = document.createElement('input');
    input.type = 'hidden'; input.name = name; input.value = value; form.append(input);
  }
  document.body.append(form); form.submit();
}"""


@dataclass
class Walk:
    """What was seen."""

    stops: list[Stop] = field(default_factory=list)
    statuses: dict[str, int] = field(default_factory=dict)
    html: dict[str, str] = field(default_factory=dict)
    looked: int = 0
    axe: list[str] = field(default_factory=list)
    wide: list[str] = field(default_factory=list)
    leave: list[str] = field(default_factory=list)
    trouble: list[str] = field(default_factory=list)
    hosts: set[str] = field(default_factory=set)
    parts: set[str] = field(default_factory=set)
    kinds: dict[tuple[int, str], set[str]] = field(default_factory=lambda: defaultdict(set))


def walk_all(chromium: Browser, instance: Instance) -> Walk:
    """Phone and desk, light and dark, English."""
    walk = Walk(all_stops(instance, "en"))
    for visitor, stop in _visits(chromium, instance, walk, PHONE):
        _check_leave(visitor.page, stop, walk)
        look(visitor.page, str(stop), walk, SEEN)
    return walk


def walk_narrow(chromium: Browser, instance: Instance) -> Walk:
    """320 px, Russian, in both directions."""
    walk = Walk(narrow_stops(instance, "ru"))
    for visitor, stop in _visits(chromium, instance, walk, NARROW):
        _check_leave(visitor.page, stop, walk)
        for way in ("ltr", "rtl"):
            visitor.page.evaluate("(way) => { document.documentElement.dir = way; }", way)
            if wide := visitor.page.evaluate(WIDE):
                walk.wide.append(f"{stop}, {way}: {wide}")
        if stop.who == "guest":
            visitor.page.evaluate("document.documentElement.dir = 'ltr'")
            look(visitor.page, str(stop), walk, [(PHONE, "light")])
            visitor.page.set_viewport_size({"width": NARROW, "height": 800})
    return walk


def look(page: Page, name: str, walk: Walk, variants: Variants = VARIANTS) -> None:
    """Look at the open page in some variants: too wide for the screen, axe."""
    parts = set(page.evaluate(PARTS))
    if parts <= walk.parts:
        return
    walk.parts |= parts
    page.evaluate(AXE_SCRIPT)
    for width, colours in variants:
        page.emulate_media(color_scheme=colours)
        # As tall as the page: a bar that sticks to the edge of a short window covers what axe measures.
        page.set_viewport_size({"width": width, "height": 800})
        tall = page.evaluate("document.documentElement.scrollHeight")
        page.set_viewport_size({"width": width, "height": max(800, tall)})
        if wide := page.evaluate(WIDE):
            walk.wide.append(f"{name}, {width} px: {wide}")
        new = _has_new_kinds(page, walk.kinds[width, colours])
        if colours == "dark" and not new:
            continue
        walk.looked += 1
        options = AXE_DARK if colours == "dark" else AXE if new else AXE_COLOURLESS
        for finding in page.evaluate("(options) => axe.run(options)", options)["violations"]:
            walk.axe.append(f"{name}, {width} px, {colours}: {_in_words(finding)}")
    page.set_viewport_size({"width": PHONE, "height": 800})


def _has_new_kinds(page: Page, known: set[str]) -> bool:
    kinds = set(page.evaluate(KINDS))
    new = not kinds <= known
    known |= kinds
    return new or SOAK


def _in_words(finding: dict[str, Any]) -> str:
    nodes = [node["html"][:120] for node in finding["nodes"][:2]]
    return f"{finding['id']} ({len(finding['nodes'])}): {nodes}"


def _check_leave(page: Page, stop: Stop, walk: Walk) -> None:
    if page.locator(".top .leave").count() == 0:
        if urlsplit(stop.path).path != "/today":
            walk.leave.append(f"{stop}: no Leave")
    elif (found := page.evaluate(LEAVE)) != "true,true,true,true":
        walk.leave.append(f"{stop}: 44 px wide, high, last, on screen: {found}")


def _visits(
    chromium: Browser, instance: Instance, walk: Walk, width: int
) -> Iterator[tuple[Visitor, Stop]]:
    """Go from stop to stop as the people whose stops they are."""
    visitor: Visitor | None = None
    who = ""
    hidden: dict[str, str] = {}
    for stop in walk.stops:
        if visitor is None or stop.who != who:
            if visitor:
                _leave_behind(visitor, walk)
            visitor, who, hidden = Visitor(chromium, instance, width=width), stop.who, {}
            if who != "guest":
                visitor.sign_in(instance.town.people[who])
        answer = _go(visitor, stop, hidden)
        walk.statuses[str(stop)] = answer.status
        walk.html[f"{len(walk.html):03} {stop}"] = answer.text()
        yield visitor, stop
    if visitor:
        _leave_behind(visitor, walk)


def _go(visitor: Visitor, stop: Stop, hidden: dict[str, str]) -> Response:
    """Open a page or send a form. `hidden` is what every form holds: kept until a form was done with it."""
    if stop.fields is None:
        return visitor.open(stop.path)
    if not hidden:
        visitor.open("/en/look")
        for name in ("csrf_token", "form_key"):
            hidden[name] = visitor.page.input_value(f"main form input[name={name}]")
    with visitor.page.expect_navigation() as found:
        visitor.page.evaluate(SEND, [stop.path, {**hidden, **stop.fields}])
    assert found.value is not None
    if found.value.status != 422:
        hidden.clear()
    return found.value


def _leave_behind(visitor: Visitor, walk: Walk) -> None:
    walk.trouble += visitor.trouble
    walk.hosts |= visitor.hosts
    visitor.context.close()
