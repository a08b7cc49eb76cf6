"""Requests that nobody's browser makes by itself: from another site, through a claimed host, past the form."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from sqlalchemy import event
from werkzeug.test import TestResponse

from lms.accounts.views import base
from lms.core.db import Model, db
from tests.conftest import Tell
from tests.hostile.conftest import Share
from tests.hostile.forms import Found
from tests.hostile.redirects import ELSEWHERE, HOST, leads_elsewhere
from tests.house.world import PERSONAS, Rows, Town

FORGED = (
    {"Host": HOST},
    {"X-Forwarded-Host": HOST, "X-Forwarded-Proto": "https", "X-Forwarded-Port": "666"},
    {"Forwarded": f"for=1.2.3.4;host={HOST};proto=https"},
    {"X-Host": HOST, "X-Forwarded-Server": HOST, "X-HTTP-Host-Override": HOST},
    {"X-Original-URL": f"//{HOST}/en/account", "X-Rewrite-URL": "/en/account"},
    {"X-Forwarded-Prefix": f"//{HOST}", "X-Script-Name": f"/{HOST}"},
    {"X-Forwarded-For": "127.0.0.1", "X-Real-IP": "127.0.0.1", "Client-IP": "127.0.0.1"},
    {"Origin": f"https://{HOST}", "Referer": f"https://{HOST}/"},
)
PAGES = ("/", "/en/", "/en/sign-in", "/en/home", "/en/c", "/c", "/leave", "/en/account", "/robots.txt")  # fmt: skip


# --- From another site ---------------------------------------------------------------------------

CROSS = (
    {"Origin": f"https://{HOST}", "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"},
    {"Origin": "null", "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"},
    {"Referer": f"https://{HOST}/", "Sec-Fetch-Site": "same-site"},
    {"X-HTTP-Method-Override": "DELETE", "X-Method-Override": "PUT"},
)


@pytest.mark.sqlite_only
@pytest.mark.parametrize("headers", CROSS, ids=lambda headers: "-".join(headers))
def test_another_site_changes_nothing(
    town: Town, forms: list[Found], headers: dict[str, str]
) -> None:
    # With the person's cookies, as if the browser had sent them, which SameSite=Lax forbids: the token holds.
    wrong = []
    for form in forms:
        data = {**form.filled(town), "_method": "DELETE"}
        del data["csrf_token"]
        client = town.client_of(form.persona)
        answer = client.post(form.action, data=data, headers=headers)
        asked = client.get(form.action.partition("?")[0], query_string=_flat(data), headers=headers)
        if answer.status_code != 400 or asked.status_code >= 500:
            wrong.append(f"{form.name}: {answer.status_code}, {asked.status_code}")
        changed = town.changes(but=("access_event", "access_chain", "message", "notice"))
        if changed:
            wrong.append(f"{form.name}: {changed}")
        town.restore()
    assert wrong == []


def _flat(data: dict[str, Any]) -> dict[str, str]:
    return {name: str(value)[:200] for name, value in data.items()}


@pytest.mark.sqlite_only
def test_an_old_token_is_no_token(town: Town) -> None:
    # One of a session that has ended, sent in the next one of the same browser.
    client = town.app.test_client()
    page = client.get("/en/look").get_data(as_text=True)
    old = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert old is not None
    client._cookies.clear()
    client.get("/en/look")
    answer = client.post("/en/look", data={"csrf_token": old[1], "theme": "dark"})
    assert answer.status_code == 400


# --- Through a claimed host ----------------------------------------------------------------------


@pytest.mark.sqlite_only
@pytest.mark.parametrize("headers", FORGED, ids=lambda headers: "-".join(headers))
@pytest.mark.parametrize("persona", ["guest", "learner"])
def test_a_claimed_host_stands_nowhere(town: Town, persona: str, headers: dict[str, str]) -> None:
    number = town.address("/<lang>/c/<typed_number>")
    for address in (*PAGES, number, "/en/nothing-here"):
        plain = town.get(persona, address)
        answer = town.get(persona, address, headers=headers)
        assert HOST not in answer.get_data(as_text=True), address
        assert HOST not in str(answer.headers), address
        # A browser that was sent to another name has no cookie of ours; or the name is refused at once.
        same = answer.status_code == plain.status_code
        assert same or ("Host" in headers and answer.status_code in {200, 303, 400}), address
        cookies = "".join(answer.headers.get_all("Set-Cookie"))
        assert "Domain=" not in cookies
    town.restore()


# --- To another host -----------------------------------------------------------------------------


def placed(answer: TestResponse) -> str:
    return str(answer.headers.get("Location", "/"))


@pytest.mark.sqlite_only
def test_after_signing_in_nobody_is_elsewhere(town: Town, figure: Tell) -> None:
    wrong = redirected(town)
    figure("ways to another host", len(wrong), "= 0")
    assert wrong == []


def redirected(town: Town, addresses: Sequence[str] = ELSEWHERE) -> list[str]:
    wrong = []
    learner = town.people["learner"]
    for address in addresses:
        typed = {"handle": learner.handle, "passphrase": learner.passphrase, "next": address}
        client = town.client_of("guest")
        data = {"csrf_token": town.tokens["guest"], **typed}
        answer = client.post("/en/sign-in", data=data)
        if answer.status_code != 303 or leads_elsewhere(placed(answer)):
            wrong.append(f"next={address!r}: {answer.status_code} {placed(answer)!r}")
        carried = client.get("/en/sign-in", query_string={"next": address})
        if HOST in carried.get_data(as_text=True) and leads_elsewhere(address):
            wrong.append(f"carried on: {address!r}")
        town.restore()
    return wrong


@pytest.mark.sqlite_only
def test_no_argument_leads_elsewhere(town: Town) -> None:
    names = ("next", "url", "to", "r", "return", "redirect", "continue", "lang", "back", "target")
    wrong = []
    for rule in {rule.rule for rule in town.app.url_map.iter_rules()}:
        for start in range(0, len(ELSEWHERE), 40):
            query = dict.fromkeys(names, ELSEWHERE[start])
            answer = town.get("learner", town.address(rule), query_string=query)
            if answer.status_code >= 500 or leads_elsewhere(placed(answer)):
                wrong.append(f"{rule} {ELSEWHERE[start]!r}: {placed(answer)!r}")
        town.restore()
    assert wrong == []


@pytest.mark.sqlite_only
def test_a_missing_check_of_addresses_is_found(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    # The planted hole: whatever begins with a stroke is taken for ours.
    def careless(name: str) -> str:
        value = str(base.request.values.get(name, ""))
        return value if value.startswith("/") else ""

    monkeypatch.setattr(base, "_local", careless)
    assert len(redirected(town, ELSEWHERE[:60])) > 5


# --- Files, and pages that pretend to be files ----------------------------------------------------

UP = (
    "../config.py", "..%2fconfig.py", "..%252fconfig.py", "%2e%2e/config.py", "....//config.py", "..\\config.py",
    "..%5cconfig.py", "/etc/passwd", "%2fetc%2fpasswd", "file:///etc/passwd", "..%00/x", "x/../../config.py",
    "..%c0%afconfig.py", "..;/config.py", ".git/config", "%2e%2e%2f%2e%2e%2fetc%2fpasswd",
)  # fmt: skip


@pytest.mark.sqlite_only
@pytest.mark.parametrize("path", UP)
def test_nothing_outside_is_read(town: Town, path: str) -> None:
    for folder in ("/static/0", "/course-files", "/static", "", "/en", "/en/courses"):
        answer = town.app.test_client().get(f"{folder}/{path}")
        assert answer.status_code in {301, 302, 303, 308, 400, 404, 405}, (folder, path)
        body = answer.get_data()
        assert b"root:" not in body
        assert b"SECRET" not in body
        assert not leads_elsewhere(placed(answer))


@pytest.mark.sqlite_only
@pytest.mark.parametrize(
    "tail", ["/x.css", "/x.js", ";x.css", "%2fx.css", "%0ax.css", ".css", "/.css", "%3fx.css", "/x.svg"]
)  # fmt: skip
def test_a_page_is_no_file_for_a_cache(town: Town, tail: str) -> None:
    # What a cache in between would take for a file has nothing of a person in it.
    for page in ("/en/home", "/en/account", "/en/notices", "/en/certificates", "/en/your-data"):
        answer = town.get("learner", page + tail)
        assert answer.status_code in {404, 405}, page
        assert town.people["learner"].handle not in answer.get_data(as_text=True) or (
            "no-store" in answer.headers.get("Cache-Control", "")
        )


PROBES = (
    ".git/HEAD", ".git/config", ".env", ".env.local", ".htaccess", ".svn/entries", ".DS_Store", "console", "metrics",
    "debug", "admin", "wp-login.php", "server-status", "phpinfo.php", "config.py", "wsgi.py", "alongside.db",
    "instance/alongside.db", "backup.zip", "backup.tar.gz", "dump.sql", "db.sqlite3", "keys", "keys/secret", "lms/app.py",
    "pyproject.toml", "requirements.txt", "actuator/health", "swagger.json", "openapi.json", "graphql", "_debugbar",
    "?__debugger__=yes&cmd=resource&f=debugger.js", "health/../config.py", "styleguide/../.env", "README.md", "en/.git/HEAD",
)  # fmt: skip


@pytest.mark.sqlite_only
@pytest.mark.parametrize("path", PROBES)
def test_nothing_is_left_lying_about(town: Town, path: str) -> None:
    answer = town.app.test_client().get(f"/{path}")
    assert answer.status_code in {302, 404}, path
    body = answer.get_data(as_text=True)
    for word in ("Traceback", "SECRET", "werkzeug", "[core]", "ALONGSIDE_"):
        assert word not in body
    assert "Server" not in answer.headers
    assert "X-Powered-By" not in answer.headers


# --- Past the form -------------------------------------------------------------------------------


def written(town: Town) -> dict[str, set[str]]:
    """The columns that hold `PLANTED` now."""
    found: dict[str, set[str]] = {}
    for table, rows in town.rows().items():
        for row in rows:
            found.setdefault(table, set()).update(k for k, v in row.items() if PLANTED in str(v))
    return {table: columns for table, columns in found.items() if columns}


PLANTED = "Podkidysh"
COLUMNS = sorted({c.name for table in Model.metadata.sorted_tables for c in table.columns})


@pytest.mark.sqlite_only
def test_columns_are_no_fields(town: Town, forms: list[Found], share: Share) -> None:
    # Every column of every table goes along with every form: what the form lacks is not written.
    wrong = []
    for form in share(forms):
        # The button that was pressed has a name and a value, too.
        own = {field.name for field in form.fields} | set(re.findall(r"\[(\w+)\]", form.name))
        more = {name: PLANTED for name in COLUMNS if name not in own}
        before = town.post(form.persona, form.action, form.filled(town))
        town.restore()
        answer = form.send(town, more)
        if town.changes() and (planted := written(town)):
            wrong.append(f"{form.name}: {planted}")
        # A number where a key would stand: the same answer, for the same person.
        keys = {name: "1" for name in COLUMNS if name.endswith("id") and name not in own}
        town.restore()
        numbered = form.send(town, {**keys, "role": "administrator", "state": "active"})
        if {answer.status_code, numbered.status_code} != {before.status_code}:
            wrong.append(
                f"{form.name}: {before.status_code} {answer.status_code} {numbered.status_code}"
            )
        if roles(town.rows()) != roles(town._image):
            wrong.append(f"{form.name}: somebody got a role")
        town.restore()
    assert wrong == []


def roles(rows: Rows) -> list[str]:
    # A mentor is made by staff through the page that is for it; nobody becomes anything else.
    kept = [row for row in rows["role_grant"] if row["role"] != "mentor"]
    return sorted(f"{row['person_id']} {row['role']}" for row in kept)


NUMBERS = ("2147483648", "9223372036854775808", "-1", "-9223372036854775809", "1" + "0" * 400, "NaN", "1e400",
           "0x10", "1.5", " 7 ", "٣", "")  # fmt: skip


# What a column cannot hold, each database says in its own way; the others never come so far.
LARGE = {"2147483648", "9223372036854775808", "-9223372036854775809", "-1"}


@pytest.mark.parametrize(
    "number",
    [one if one in LARGE else pytest.param(one, marks=pytest.mark.sqlite_only) for one in NUMBERS],
)
def test_numbers_that_fit_nowhere(
    town: Town, forms: list[Found], share: Share, number: str
) -> None:
    wrong = []
    for form in share(forms):
        fields = [f.name for f in form.fields if f.kind in {"number", "hidden", "select", "radio"}]
        for name in [one for one in fields if one != "form_key"]:
            answer = form.send(town, {name: number})
            if answer.status_code >= 500:
                wrong.append(f"{form.name}, {name}: {answer.status_code}")
            town.restore()
    assert wrong == []


# --- What the database is asked ------------------------------------------------------------------


@pytest.fixture
def asked(town: Town) -> Iterator[list[str]]:
    """The statements that go to the database meanwhile."""
    found: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        found.append(statement)

    with town.app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    yield found
    event.remove(engine, "before_cursor_execute", note)


@pytest.mark.sqlite_only
def test_words_never_become_statements(town: Town, forms: list[Found], asked: list[str]) -> None:
    for form in forms:
        for field in form.fields:
            if field.typed:
                form.send(town, {field.name: f"{PLANTED}' OR 1=1; DROP TABLE person; --"})
                town.restore()
    for rule in town.app.url_map.iter_rules():
        if "GET" in (rule.methods or ()):
            town.get("learner", town.address(rule.rule), query_string={"q": f"{PLANTED}'", "sort": PLANTED, "page": PLANTED})  # fmt: skip
    assert [statement for statement in asked if PLANTED in statement] == []
    assert len(asked) > 200
    town.restore()


def test_everybody_is_tried(forms: list[Found]) -> None:
    assert {form.persona for form in forms} <= set(PERSONAS)
    assert len(forms) > 40


# --- From another site ---------------------------------------------------------------------------


@pytest.mark.sqlite_only
@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_form_of_another_site_is_not_read(town: Town, site: str) -> None:
    """Even with a good token: a browser says where the form stood."""
    client = town.client_of("guest")
    data = {"csrf_token": town.tokens["guest"], "theme": "dark"}
    assert client.post("/en/look", data=data, headers={"Sec-Fetch-Site": site}).status_code == 400
    own = client.post("/en/look", data=data, headers={"Sec-Fetch-Site": "same-origin"})
    assert own.status_code == 303
    town.restore()
