"""Markdown to safe HTML: the one way in which authors' words become a page.

Raw HTML is off, and what our own Markdown makes is cleaned with an allowlist all the same. What stands in a
text (headings, links, pictures) is handed out too, so that a checker need not parse it again.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import nh3
from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.renderer import RendererHTML
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markdown_it.utils import OptionsDict
from mdit_py_plugins.container import container_plugin

# ---------------------------------------------------------------- Markdown to HTML

CALLOUTS: Mapping[str, str] = {
    "heads-up": "sun",
    "good": "pine",
    "mentor": "iris",
    "note": "plain",
}
# Drawn into the text itself: the sprite's address changes with every release, published texts do not.
# Paths are Lucide's (`lms/web/static/icons.LICENSE.txt`).
_ICONS: Mapping[str, str] = {
    "sun": '<circle cx="12" cy="12" r="10"/><path d="M12 16v-4"/><path d="M12 8h.01"/>',
    "pine": '<path d="M20 6 9 17l-5-5"/>',
    "iris": '<path d="M19 14c1.5-1.5 3-3.2 3-5.5A5.5 5.5 0 0 0 12 5.8 5.5 5.5 0 0 0 2 8.5'
    'c0 2.3 1.5 4 3 5.5l7 7Z"/>',
}
QUOTE = "quote"
TRY = "try"
BOXES = (*CALLOUTS, QUOTE, TRY)
ANCHOR = re.compile(r"[a-z][a-z0-9-]{0,39}")

BOX_HINT = "Kept on this phone only. Leave out names and streets you would not say aloud."

_HEADING_ID = re.compile(r"[ \t]*\{#([^}\s]*)\}[ \t]*$")
_TRY_OPENING = re.compile(r"#(\S+)[ \t]*(.*)")
_ATTRIBUTION = re.compile(r"^--[ \t]+(.+)$")

_TAGS = {
    *(
        "p",
        "br",
        "hr",
        "em",
        "strong",
        "s",
        "code",
        "pre",
        "blockquote",
        "footer",
        "ul",
        "ol",
        "li",
    ),
    *("a", "img", "span", "h1", "h2", "h3", "h4", "h5", "h6", "div", "section", "i"),
    *("table", "thead", "tbody", "tr", "th", "td", "label", "textarea", "details", "summary"),
}
_ATTRIBUTES = {
    "a": {"href", "rel"},
    "i": {"class"},
    "p": {"class", "id"},
    "span": {"class"},
    "div": {"class", "id", "role", "tabindex", "aria-labelledby"},
    "section": {"class"},
    "details": {"class"},
    "summary": {"class"},
    "img": {"src", "alt", "loading", "width", "height"},
    "ol": {"start"},
    "th": {"class", "scope"},
    "td": {"class"},
    "label": {"for"},
    "textarea": {"id", "class", "rows", "aria-describedby", "autocomplete", "data-try"},
    **{f"h{level}": {"id"} for level in range(1, 7)},
}
_CLEANER = nh3.Cleaner(
    tags=_TAGS,
    attributes=_ATTRIBUTES,
    link_rel=None,
    url_schemes={"http", "https", "mailto"},
)
_STRIPPER = nh3.Cleaner(tags=set(), attributes={})


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of a text; `line` counts from 0 within the text that was given."""

    level: int
    anchor: str
    line: int


@dataclass(frozen=True, slots=True)
class Target:
    """Where a link or a picture points to; `first` and `last` line (counted from 0) of its block."""

    address: str
    label: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Words of one block as written; `line` (counted from 0) is where the block starts."""

    source: str
    line: int


@dataclass(frozen=True, slots=True)
class PictureAddress:
    """Where a picture is served and how large it is drawn (0 when not known)."""

    address: str
    width: int = 0
    height: int = 0


@dataclass(frozen=True, slots=True)
class Rendered:
    """Safe HTML, and what stands in it that a checker wants to look at."""

    html: str
    headings: tuple[Heading, ...] = ()
    links: tuple[Target, ...] = ()
    images: tuple[Target, ...] = ()
    paragraphs: tuple[Paragraph, ...] = ()


@dataclass(slots=True)
class _Finds:
    headings: list[Heading] = field(default_factory=list)
    links: list[Target] = field(default_factory=list)
    images: list[Target] = field(default_factory=list)
    paragraphs: list[Paragraph] = field(default_factory=list)


def render(
    source: str,
    *,
    lead: bool = False,
    deeper: int = 0,
    box_hint: str = BOX_HINT,
    pictures: Callable[[str], PictureAddress | None] | None = None,
) -> Rendered:
    """Turn Markdown into safe HTML.

    `lead` sets the first paragraph larger. `deeper` lowers headings by so many levels, for a text inside a
    section of a page. `box_hint` is the line under the label of a "Try it" box, in the
    language of the text. `pictures` answers what to serve for an address in the text; without it, or when
    it has none, the words of the picture stand in its place.
    """
    finds = _Finds()
    env: dict[str, Any] = {
        "finds": finds,
        "lead": lead,
        "deeper": deeper,
        "hint": box_hint,
        "pictures": pictures,
    }
    tokens = _MARKDOWN.parse(source, env)
    dirty = _MARKDOWN.renderer.render(tokens, _MARKDOWN.options, env)
    return Rendered(
        clean(dirty),
        tuple(finds.headings),
        tuple(finds.links),
        tuple(finds.images),
        tuple(finds.paragraphs),
    )


def render_inline(source: str) -> str:
    """Turn one line of Markdown into safe HTML without a block around it, as a label needs it."""
    env: dict[str, Any] = {"finds": _Finds(), "hint": "", "pictures": None}
    return clean(_MARKDOWN.renderInline(" ".join(source.split()), env))


def clean(dirty: str) -> str:
    """Keep only the tags and attributes that our own Markdown can make."""
    safe = _CLEANER.clean(dirty)
    for kind, drawing in _ICONS.items():
        icon = f'<svg class="icon" viewBox="0 0 24 24" aria-hidden="true">{drawing}</svg>'
        safe = safe.replace(f'<i class="{kind}"></i>', icon)
    return safe


def plain(markup: str) -> str:
    """The words of an HTML text, without tags and with single spaces."""
    return " ".join(html.unescape(_STRIPPER.clean(markup)).split())


def host_of(address: str) -> str:
    """The host of an outside address, without `www.`; empty for an address inside the page or broken."""
    try:
        host = urlsplit(address).hostname or ""
    except ValueError:
        return ""
    return host.removeprefix("www.")


def is_safe_address(address: str) -> bool:
    """Whether a text may link there: the web, mail, the same page, or a page of ours."""
    if address.startswith(("#", "/")):
        return not address.startswith("//")
    if address.startswith("mailto:"):
        return "@" in address
    return address.startswith(("https://", "http://")) and bool(host_of(address))


def _prepare_blocks(state: StateCore) -> None:
    """Before the words are parsed: take `{#id}` off headings and the attribution off quotes."""
    quote: Token | None = None
    depth_of_lead = 0 if state.env.get("lead") else -1
    for position, token in enumerate(state.tokens):
        if token.type == "heading_open":
            _take_anchor(token, state.tokens[position + 1], state.env["finds"])
            level = min(6, int(token.tag[1]) + state.env["deeper"])
            token.tag = state.tokens[position + 2].tag = f"h{level}"
        elif token.type == "container_box_open":
            quote = token if _name_of_box(token)[0] == QUOTE else None
        elif token.type == "container_box_close":
            quote = None
        elif token.type == "inline" and quote is not None:
            _take_attribution(token, quote)
        elif token.type == "paragraph_open" and token.level == depth_of_lead:
            token.attrJoin("class", "lead")
            depth_of_lead = -1


def _take_anchor(opening: Token, words: Token, finds: _Finds) -> None:
    match = _HEADING_ID.search(words.content)
    anchor = match[1] if match else ""
    if match:
        words.content = words.content[: match.start()]
        if ANCHOR.fullmatch(anchor):
            opening.attrSet("id", anchor)
    line = opening.map[0] if opening.map else 0
    finds.headings.append(Heading(int(opening.tag[1:]), anchor, line))


def _take_attribution(words: Token, quote: Token) -> None:
    lines = words.content.split("\n")
    match = _ATTRIBUTION.match(lines[-1])
    if match:
        words.content = "\n".join(lines[:-1])
        quote.meta["attribution"] = match[1].strip()


def _mark_links(state: StateCore) -> None:
    """After the words are parsed: outside links carry no referrer and say which host they lead to."""
    finds: _Finds = state.env["finds"]
    for block in state.tokens:
        if block.type == "inline" and block.children:
            finds.paragraphs.append(Paragraph(block.content, block.map[0] if block.map else 0))
            block.children = _with_hosts(block, finds)


def _with_hosts(block: Token, finds: _Finds) -> list[Token]:
    first, last = block.map or (0, 1)
    result: list[Token] = []
    address, start = "", 0
    for token in block.children or ():
        result.append(token)
        if token.type == "link_open":
            address, start = str(token.attrGet("href") or ""), len(result)
            if not is_safe_address(address):
                token.attrs.pop("href", None)
            elif host_of(address):
                token.attrSet("rel", "noreferrer")
        elif token.type == "link_close":
            label = "".join(part.content for part in result[start:])
            finds.links.append(Target(address, label, first, last))
            host = host_of(address) if is_safe_address(address) else ""
            if host and host not in label.casefold():
                result.append(_host_note(host))
        elif token.type == "image":
            finds.images.append(Target(str(token.attrGet("src") or ""), token.content, first, last))
    return result


def _host_note(host: str) -> Token:
    note = Token("html_inline", "", 0)
    note.content = f' <span class="small soft">({escapeHtml(host)})</span>'
    return note


def _draw_box(
    _self: RendererHTML,
    tokens: Sequence[Token],
    at: int,
    _options: OptionsDict,
    env: MutableMapping[str, Any],
) -> str:
    opening = tokens[at] if tokens[at].nesting > 0 else _opening_of(tokens, at)
    name, rest = _name_of_box(opening)
    if name == QUOTE:
        return "<blockquote>\n" if opening is tokens[at] else _end_quote(opening)
    if name == TRY:
        return '<section class="try">\n' if opening is tokens[at] else _end_try(rest, env["hint"])
    return _draw_callout(CALLOUTS[name], rest) if opening is tokens[at] else "</div>\n"


def _name_of_box(opening: Token) -> tuple[str, str]:
    name, _space, rest = opening.info.strip().partition(" ")
    return name, rest.strip()


def _draw_callout(kind: str, title: str) -> str:
    icon = f'<i class="{kind}"></i>' if kind in _ICONS else ""
    heading = f'<p class="h3 h">{icon}<span>{escapeHtml(title)}</span></p>\n' if title else ""
    return f'<div class="callout {kind}">\n{heading}'


def _end_quote(opening: Token) -> str:
    who = opening.meta.get("attribution", "")
    return f"<footer>{escapeHtml(who)}</footer>\n</blockquote>\n" if who else "</blockquote>\n"


def _end_try(rest: str, hint: str) -> str:
    """A text box without a name: no form can send it. The script keeps it on the phone."""
    match = _TRY_OPENING.match(rest)
    if match is None or not ANCHOR.fullmatch(match[1]):
        return "</section>\n"
    key, label = match[1], escapeHtml(match[2].strip())
    return (
        f'<div class="field">\n<label for="{key}">{label}</label>\n'
        f'<p class="hint" id="{key}-hint">{escapeHtml(hint)}</p>\n'
        f'<textarea class="input" id="{key}" rows="5" aria-describedby="{key}-hint" autocomplete="off" '
        f'data-try="{key}"></textarea>\n</div>\n</section>\n'
    )


def _opening_of(tokens: Sequence[Token], closing: int) -> Token:
    """The token that opened what closes here: boxes do not nest at one level, so it is the last one."""
    level = tokens[closing].level
    return next(
        token
        for token in reversed(tokens[:closing])
        if token.type == "container_box_open" and token.level == level
    )


def _draw_image(
    _self: RendererHTML,
    tokens: Sequence[Token],
    at: int,
    _options: OptionsDict,
    env: MutableMapping[str, Any],
) -> str:
    """Pictures come from the course folder only; anything else leaves its words."""
    alt = escapeHtml(tokens[at].content)
    find = env["pictures"]
    picture: PictureAddress | None = find(str(tokens[at].attrGet("src") or "")) if find else None
    if picture is None:
        return alt
    size = (
        f' width="{picture.width}" height="{picture.height}"'
        if picture.width and picture.height
        else ""
    )
    return f'<img src="{escapeHtml(picture.address)}" alt="{alt}"{size} loading="lazy">'


def _draw_cell(
    self: RendererHTML,
    tokens: Sequence[Token],
    at: int,
    _options: OptionsDict,
    _env: MutableMapping[str, Any],
) -> str:
    """Alignment as a class: a `style` attribute would break the Content-Security-Policy."""
    token = tokens[at]
    style = str(token.attrs.pop("style", ""))
    if "right" in style:
        token.attrSet("class", "num")
    if token.type == "th_open":
        token.attrSet("scope", "col")
    return f"<{token.tag}{self.renderAttrs(token)}>"


def _draw_table(
    _self: RendererHTML,
    tokens: Sequence[Token],
    at: int,
    _options: OptionsDict,
    _env: MutableMapping[str, Any],
) -> str:
    """A box that scrolls by itself, named by the heading above it where that has an anchor."""
    if tokens[at].nesting < 0:
        return "</table>\n</div>\n"
    above = next((token for token in reversed(tokens[:at]) if token.type == "heading_open"), None)
    anchor = above.attrGet("id") if above else None
    name = f' aria-labelledby="{anchor}"' if anchor else ""
    return f'<div class="table" role="group" tabindex="0"{name}>\n<table>\n'


def _draw_excerpt(
    _self: RendererHTML,
    tokens: Sequence[Token],
    at: int,
    _options: OptionsDict,
    _env: MutableMapping[str, Any],
) -> str:
    """A Markdown `>`: words set apart (a form, a letter); a pull quote is a box of its own."""
    return '<div class="well">\n' if tokens[at].nesting > 0 else "</div>\n"


def _is_box(params: str, _markup: str) -> bool:
    return params.strip().partition(" ")[0] in BOXES


def _markdown() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False}).enable("table").enable("strikethrough")
    container_plugin(parser, "box", validate=_is_box, render=_draw_box)
    parser.core.ruler.before("inline", "prepare_blocks", _prepare_blocks)
    parser.core.ruler.after("inline", "mark_links", _mark_links)
    for name, rule in (
        ("image", _draw_image),
        ("th_open", _draw_cell),
        ("td_open", _draw_cell),
        ("table_open", _draw_table),
        ("table_close", _draw_table),
        ("blockquote_open", _draw_excerpt),
        ("blockquote_close", _draw_excerpt),
    ):
        parser.add_render_rule(name, rule)
    return parser


_MARKDOWN = _markdown()
