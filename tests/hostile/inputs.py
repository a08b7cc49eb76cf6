"""What nobody should send and somebody will: by field, by form, by address."""

from __future__ import annotations

# In every text, so that an answer can be searched for what was typed.
MARK = "Kanareika"
SCRIPT = f"<script>alert('{MARK}')</script>"
IMAGE = f"<img src=x onerror=alert('{MARK}')>"

# Typed into every field of every form, one field at a time.
TEXTS: dict[str, str | bytes] = {
    "nothing": "",
    "spaces": "   ",
    "a million letters": MARK + "a" * 1_000_000,
    "one endless line of accents": MARK + "e" + "\u0301" * 20_000,
    "NUL": f"{MARK}\0x",
    "a lone surrogate": MARK.encode() + b"\xed\xa0\x80",
    "bytes that are no UTF-8": MARK.encode() + b"\xff\xfe\xc3",
    "text that runs backwards": f"{MARK}\u202egpj.exe",
    "bidi isolates": f"\u2066{MARK}\u2069\u2067",
    "nothing to see": f"{MARK}\u200b\u2060\ufeff",
    "script": SCRIPT,
    "an image": IMAGE,
    "out of an attribute": f"\"'><svg onload=alert('{MARK}')>",
    "quotes of SQL": f"{MARK}' OR '1'='1'; DROP TABLE person; --",
    "a template": f"{MARK} {{{{ 7*7 }}}} {{% raise %}} ${{7*7}} #{{7*7}}",
    "places of printf": f"{MARK} %s %d %n %(name)s {{0}}",
    "two alphabets in one word": "Cаша Kаnаrеikа",
    "lines and headers": f"{MARK}\r\nSet-Cookie: a=b\r\n\r\n<p>",
    "a path": f"../../../../etc/passwd\\..\\{MARK}",
    "a huge number": "9" * 400,
    "five thousand digits": "9" * 5_000,
    "a negative number": "-1",
    "nought": "0",
    "no number": "NaN",
    "without end": "Infinity",
    "an exponent": "1e309",
    "foreign digits": "٣٥\u0b68",
    "a number with separators": "1_000",
    "a formula": f'=HYPERLINK("http://x","{MARK}")',
    "a day that is none": "2027-02-31",
    "a day before all": "0001-01-01",
    "a day after all": "9999-12-31",
    "emoji": f"{MARK} 👩‍👩‍👧‍👦🏳️‍⚧️",
    "not assigned": f"{MARK}\U000e0fff\ue000\ufffe",
}
# For boxes, lists and hidden fields: what is not among the choices.
CHOICES = ("nothing", "a million letters", "NUL", "a lone surrogate", "script", "a huge number",
           "a negative number", "no number", "quotes of SQL", "foreign digits", "text that runs backwards")  # fmt: skip

# On the second engine: what one database may take and another one not.
STORED_DIFFERENTLY = ("NUL", "a lone surrogate", "bytes that are no UTF-8", "a million letters", "a huge number",
                      "five thousand digits", "quotes of SQL", "a day before all", "emoji", "not assigned")  # fmt: skip

# In the place of every part of an address, and of every argument, as it stands in the address.
ADDRESSES = {
    "nothing": "",
    "NUL": "%00",
    "NUL inside": "abc%00def",
    "a lone surrogate": "%ED%A0%80",
    "no UTF-8": "%FF%FE",
    "half a percent": "%",
    "percent twice": "%2500",
    "up": "..%2f..%2f..%2fetc%2fpasswd",
    "up and backslash": "..%5c..%5cboot.ini",
    "a line break": "a%0d%0aSet-Cookie:%20a=b",
    "quotes of SQL": "%27%20OR%201=1--",
    "script": "%3Cscript%3Ealert(1)%3C/script%3E",
    "long": "a" * 5_000,
    "one less": "abcdefghjkm",
    "twelve": "abcdefghjkmn",
    "capitals": "ABCDEFGHJKMN",
    "Cyrillic": "%D1%81%D0%B0%D1%88%D0%B0",
    "emoji": "%F0%9F%91%A9%E2%80%8D%F0%9F%9A%80",
    "backwards": "%E2%80%AEabc",
    "a number": "1",
    "negative": "-1",
    "huge": "9" * 400,
    "too huge for int": "9" * 5_000,
    "not a number": "NaN",
    "foreign digits": "%D9%A3",
    "an exponent": "1e999",
    "a word": "true",
    "a list": "[]",
    "an object": "__class__",
    "a template": "%7B%7B7*7%7D%7D",
}
FOUND_DIFFERENTLY = (
    "NUL",
    "NUL inside",
    "a lone surrogate",
    "no UTF-8",
    "long",
    "huge",
    "quotes of SQL",
)
ARGUMENTS = (
    "page",
    "q",
    "in",
    "with",
    "sort",
    "number",
    "look",
    "again",
    "next",
    "show",
    "lang",
    "dir",
)
