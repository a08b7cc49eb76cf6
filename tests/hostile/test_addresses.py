"""Whatever stands in an address: a page, a redirect or "nothing here", never a failure."""

from __future__ import annotations

import re

import pytest

from tests.conftest import ENGINE
from tests.hostile.conftest import Share
from tests.hostile.inputs import ADDRESSES, ARGUMENTS, FOUND_DIFFERENTLY
from tests.house.world import Town

SENT = ADDRESSES if ENGINE == "sqlite" else FOUND_DIFFERENTLY
WHO = ("guest", "learner", "administrator")
ALLOWED = {200, 204, 301, 302, 303, 308, 400, 401, 404, 405, 409, 413, 414, 422, 429}


def rules(town: Town, method: str) -> list[str]:
    return sorted(r.rule for r in town.app.url_map.iter_rules() if method in (r.methods or ()))


def check(town: Town, persona: str, method: str, address: str) -> list[str]:
    send = town.get if method == "GET" else town.post
    answer = send(persona, address)
    found = []
    if answer.status_code not in ALLOWED:
        found.append(f"{persona} {method} {address[:120]}: {answer.status_code}")
    if answer.mimetype == "text/html" and b"<script>alert" in answer.get_data():
        found.append(f"{persona} {method} {address[:120]}: shown unescaped")
    place = answer.headers.get("Location", "/")
    if not re.match(r"/(?![/\\])", place.removeprefix("http://localhost")) or "\n" in place:
        found.append(f"{persona} {method} {address[:120]}: sent to {place[:80]!r}")
    if "a=b" in str(answer.headers.get_all("Set-Cookie")):
        found.append(f"{persona} {method} {address[:120]}: a header was injected")
    return found


def with_everybody(addresses: list[str]) -> list[tuple[str, str]]:
    return [(who, address) for address in addresses for who in WHO]


@pytest.mark.parametrize("what", SENT)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_in_every_place_of_an_address(town: Town, share: Share, method: str, what: str) -> None:
    wrong, addresses = [], []
    for rule in rules(town, method):
        for place in re.findall(r"<(?:[^:>]+:)?([^>]+)>", rule):
            known = {"lang": "en", **town.ids, place: ADDRESSES[what]}
            address = re.sub(r"<(?:[^:>]+:)?([^>]+)>", lambda f, known=known: known[f[1]], rule)
            if not address.startswith("//"):  # the test client takes it for a host; see below
                addresses.append(address)
    for who, address in share(with_everybody(addresses), of=7):
        wrong += check(town, who, method, address)
        town.restore()
    assert not wrong, f"{len(wrong)}:\n" + "\n".join(wrong[:40])


@pytest.mark.parametrize("what", SENT)
def test_in_every_argument(town: Town, share: Share, what: str) -> None:
    wrong = []
    arguments = "&".join(f"{name}={ADDRESSES[what]}" for name in ARGUMENTS)
    addresses = [f"{town.address(rule)}?{arguments}" for rule in rules(town, "GET")]
    for who, address in share(with_everybody(addresses), of=7):
        wrong += check(town, who, "GET", address)
        town.restore()
    assert not wrong, f"{len(wrong)}:\n" + "\n".join(wrong[:40])


@pytest.mark.parametrize("name", ["page", "sort", "next", "q"])
def test_arguments_given_twice(town: Town, share: Share, name: str) -> None:
    wrong = []
    twice = f"{name}=1&{name}=zz&{name}[]=3&{name}"
    addresses = [f"{town.address(rule)}?{twice}" for rule in rules(town, "GET")]
    for who, address in share(with_everybody(addresses), of=4):
        wrong += check(town, who, "GET", address)
        town.restore()
    assert not wrong, "\n".join(wrong[:40])


@pytest.mark.parametrize(
    "path", ["//evil.example", "//evil.example/en/", "/\\\\evil.example", "/en", "//", "/en//home"]
)
def test_nobody_is_sent_to_another_host(town: Town, path: str) -> None:
    answer = town.app.test_client().get("/", environ_overrides={"PATH_INFO": path})
    place = answer.headers.get("Location", "/").removeprefix("http://localhost")
    assert answer.status_code in ALLOWED
    assert re.match(r"/(?![/\\])", place), place


@pytest.mark.parametrize(
    "headers",
    [
        {"Accept-Language": "\u0000;q=x," + "ru;q=9," * 2000},
        {"Accept-Language": "*;q=nan"},
        {"Cookie": "s=broken; theme=<script>alert(1)</script>"},
        {"Cookie": "s=" + "a" * 6000},
        {"Accept-Encoding": "gzip;q=x, ***"},
        {"Range": "bytes=0-99999999999999999999"},
        {"If-None-Match": '"' + "x" * 4000},
        {"Sec-Fetch-Dest": "\t", "Purpose": "prefetch" * 500},
        {"X-HTTP-Method-Override": "DELETE"},
    ],
    ids=lambda headers: "-".join(headers),
)
def test_headers(town: Town, headers: dict[str, str]) -> None:
    for address in ("/", "/en/", "/en/home", "/en/sign-in", "/en/look", "/c", "/leave", "/today"):
        sent = {name: value.replace("\u0000", "") for name, value in headers.items()}
        answer = town.app.test_client().get(address, headers=sent)
        assert answer.status_code in ALLOWED, (address, answer.status_code)
        assert b"<script>alert" not in answer.get_data()
