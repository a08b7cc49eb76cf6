"""What holds for every line of the code and for every answer, whoever asks: the standing part of our security.

`tests/asvs.toml` says which requirement each of these belongs to.
"""

from __future__ import annotations

import ast
import importlib
import io
import json
import logging
import pkgutil
import re
import time
from collections.abc import Iterable, Iterator
from datetime import timedelta
from functools import cache, partial
from pathlib import Path
from typing import Any

import pytest
import structlog
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

import lms
from lms.accounts import rules, secrets, signin
from lms.accounts.models import Person
from lms.app import create_app
from lms.core import clock, keys, markup
from lms.core.clock import now
from lms.core.db import db
from lms.core.settings import Settings
from lms.courses.source.pictures import ADDRESS
from lms.web.static_files import FOLDER
from tests.client import Browser
from tests.house.world import Town
from tests.world import PASSPHRASE, make_person

# Not about what is stored, but for a few rows that both engines store alike.
pytestmark = pytest.mark.sqlite_only
ROOT = Path(__file__).resolve().parents[2]
CODE = sorted((ROOT / "lms").rglob("*.py"))
TEMPLATES = sorted((ROOT / "lms").rglob("templates/**/*.html"))
SCRIPTS = sorted((ROOT / "lms" / "web" / "static").glob("*.js"))
NEW = "a harbour of nine quiet foxes"


def name(path: Path) -> str:
    return path.relative_to(ROOT / "lms").as_posix()


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def calls() -> Iterator[tuple[Path, ast.Call, str]]:
    """Every call in the code, with how it is written."""
    for path in CODE:
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call):
                yield path, node, ast.unparse(node.func)


def importing(*modules: str) -> set[str]:
    """The files that import one of these, or a part of it."""
    found = set()
    for path in CODE:
        for node in ast.walk(tree(path)):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            if any(n == m or n.startswith(m + ".") for n in names for m in modules):
                found.add(name(path))
    return found


# --- The code ------------------------------------------------------------------------------------

DANGEROUS = {
    "eval", "exec", "compile", "__import__", "os.system", "os.popen", "render_template_string", "input",
    "pickle.loads", "marshal.loads", "yaml.load", "env.from_string", "jinja_env.from_string",
}  # fmt: skip
# Words that went through `core.markup` at publishing, or that are escaped where they are put in.
MARKUP = {"assessment/sheets.py", "cohorts/rows.py", "core/i18n.py", "web/assets/samples.py"}
# LOCK TABLE takes no parameters; the names in these come from our own list of tables.
TEXT_OF_PARTS = {"backup/move.py", "backup/shapes.py", "core/sealing.py", "mentoring/home.py"}


def test_dangerous_calls_stand_nowhere() -> None:
    found = []
    for path, call, written in calls():
        marks = written == "Markup" and name(path) not in MARKUP
        through_a_shell = "shell=True" in ast.unparse(call)
        if marks or written in DANGEROUS or through_a_shell:
            found.append(f"{name(path)}:{call.lineno} {written}")
        first = call.args[0] if call.args else None
        made = isinstance(first, ast.JoinedStr | ast.BinOp)
        if written in {"text", "sa.text"} and made and name(path) not in TEXT_OF_PARTS:
            found.append(f"{name(path)}:{call.lineno} SQL of parts")
        # Words that somebody typed are never a pattern: patterns are written down, or named in capitals.
        if re.fullmatch(r"re\.(compile|search|match|fullmatch|sub|split|findall)", written) and (
            isinstance(first, ast.Name) and not first.id.isupper()
        ):
            found.append(f"{name(path)}:{call.lineno} a pattern that is not written down")
    assert found == []
    assert (
        importing("pickle", "marshal", "shelve", "yaml", "xml", "lxml", "html5lib", "dill") == set()
    )


def test_nothing_of_ours_calls_out() -> None:
    # Mail is the only thing that leaves; SQLAlchemy's drivers reach the database.
    clients = (
        "requests",
        "httpx",
        "aiohttp",
        "urllib.request",
        "http.client",
        "ftplib",
        "telnetlib",
        "xmlrpc",
    )
    assert importing(*clients, "socket", "asyncio") == set()
    assert importing("smtplib", "ssl") == {"messaging/mail.py"}


# Which file uses which cryptography, and for what (the inventory that the standard asks for).
INVENTORY = {
    # AES-256-GCM, X25519, HKDF: fields, keys of persons.
    "cryptography": {"accounts/secrets.py", "accounts/vault.py", "core/sealing.py"},
    # Argon2id: passphrases.
    "argon2": {"accounts/secrets.py"},
    # Codes of an app, passkeys: second factors.
    "pyotp": {"accounts/factors/actions.py", "accounts/factors/rules.py"},
    "webauthn": {"accounts/factors/passkeys.py"},
    # age: copies of the whole instance.
    "pyrage": {"backup/drill.py", "backup/renew.py", "backup/sealed.py", "backup/store.py"},
}


def test_cryptography_stands_where_it_is_known() -> None:
    for module, known in INVENTORY.items():
        assert importing(module) <= known, f"{module}: say here who uses it, and for what"
    weak = re.compile(r"\b(md5|MD5|sha1|SHA1|ARC4|Blowfish|TripleDES|modes\.(ECB|CBC|CTR)|PKCS1v15|Fernet)\b")  # fmt: skip
    assert [name(path) for path in CODE if weak.search(path.read_text("utf-8"))] == []


def test_secrets_come_from_the_system() -> None:
    # `random` draws what may be guessed, and none of that opens anything: there is none of it.
    assert importing("random", "numpy") == set()
    assert len({secrets.new_recovery_code() for _ in range(200)}) == 200
    assert len(secrets.new_recovery_code()) == 36  # 119 bits
    assert len({rules.make_passphrase("en") for _ in range(200)}) == 200


def test_secrets_are_compared_in_constant_time() -> None:
    secret = re.compile(r"hash|digest|verifier|token|secret|mac\b")
    found = []
    for path in [path for path in CODE if path.parts[-2] in {"accounts", "factors"}]:
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.Eq | ast.NotEq):
                sides = [node.left, *node.comparators]
                # A column on one side is a comparison that the database makes, of a hash of what was given.
                columns = any(re.match(r"[A-Z]\w+\.", ast.unparse(side)) for side in sides)
                if any(secret.search(ast.unparse(side)) for side in sides) and not columns:
                    found.append(f"{name(path)}:{node.lineno} {ast.unparse(node)}")
    assert found == []
    assert sum(written == "hmac.compare_digest" for _p, _c, written in calls()) >= 3


ADVERSARIES = ("a", " ", "-", "a-", "1", ".", "a.", "(", "é", "ab ", "\t", "[](", "#", "'", "Ω", "=", ":::", "\n", "0-")  # fmt: skip


def test_every_pattern_is_quick_on_adversarial_text() -> None:
    patterns = {}
    for module in pkgutil.walk_packages(lms.__path__, "lms."):
        if (
            "__main__" not in module.name
            and ".pdf" not in module.name
            and ".assets" not in module.name
        ):
            loaded = vars(importlib.import_module(module.name))
            patterns |= {v.pattern: v for v in loaded.values() if isinstance(v, re.Pattern) and isinstance(v.pattern, str)}  # fmt: skip
    assert len(patterns) > 20
    slow = []
    for written, pattern in patterns.items():
        began = time.process_time()
        for letters in ADVERSARIES:
            pattern.search(letters * 1_000 + "!")
        # One that backtracks without end takes ages; a quick one, hundredths of a second.
        if time.process_time() - began > 10:
            slow.append(written)
    assert slow == []


def test_every_way_to_sign_in_is_known() -> None:
    doors = {}
    for path in CODE:
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.FunctionDef) and "signin.begin(" in ast.unparse(node):
                doors[node.name] = name(path)
    # Joining, the passphrase, the recovery code, two people who vouch. A second factor follows each for whom one is
    # required (`test_second_step`). Mail opens nothing.
    assert set(doors) == {"join", "sign_in", "recover", "together"}, doors


def test_no_page_carries_data_as_script() -> None:
    for path in TEMPLATES:
        source = path.read_text("utf-8")
        for tag in re.findall(r"<script\b[^>]*>", source):
            assert " src=" in tag, f"{name(path)}: {tag}"
        assert "tojson" not in source, name(path)


# One sign of our own sprite; keys from a list that stands in the script.
HARMLESS = (
    r'innerHTML = `<svg class="icon"[^`]*`',
    r"response\[name\] = text\(made\.response\[name\]\)",
)


def test_scripts_use_no_keys_of_others() -> None:
    assert SCRIPTS
    for path in SCRIPTS:
        source = path.read_text("utf-8")
        for line in HARMLESS:
            source = re.sub(line, "", source)
        assert not re.search(r"__proto__|\.constructor\b|Object\.assign|innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function", source), path.name  # fmt: skip
        assert not re.search(r"\w\[[a-z]\w*\]\s*=[^=]", source), (
            f"{path.name}: a key that is not written down"
        )


def test_authors_name_nothing() -> None:
    # `name` and `form` are what page scripts would trip over; authors have neither.
    made = markup.render(
        '<img name=body><a id="x" name="cookie">y</a> {#x}\n\n## H {#live"name=x}\n'
    ).html
    assert " name=" not in re.sub(r"&lt;.*?&gt;", "", made)


def test_every_package_is_named_with_its_hash() -> None:
    for path in (ROOT / "requirements").glob("*.txt"):
        entries = re.split(r"\n(?=[A-Za-z0-9])", path.read_text("utf-8"))
        named = [entry for entry in entries if "==" in entry.split("\n")[0]]
        assert len(named) > 20
        assert [entry.split()[0] for entry in named if "--hash=sha256:" not in entry] == []


# --- Every answer --------------------------------------------------------------------------------


STRICT = {
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
}
# Where a browser opens it by itself. What is kept for ever is a part of a page, and shut in.
STRICTER = {
    **STRICT,
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def slack(answer: TestResponse) -> list[str]:
    """What an answer should say to browsers and does not."""
    headers = answer.headers
    csp = headers.get("Content-Security-Policy", "")
    part = "immutable" in headers.get("Cache-Control", "")
    wanted = STRICT if part else STRICTER
    found = [name for name, value in wanted.items() if headers.get(name) != value]
    found += [one for one in ("default-src 'none'", "frame-ancestors 'none'") if one not in csp]
    if "base-uri 'none'" not in csp and "sandbox" not in csp:
        found.append("a foreign base")
    found += [word for word in ("unsafe", "*", "data:", "http") if word in csp]
    if "Access-Control-Allow-Origin" in headers or not (
        "sandbox" in csp if part else "Permissions-Policy" in headers
    ):
        found.append("what it may use, and whose")
    return [f"{answer.request.path}: {what}" for what in found]


def test_every_kind_of_answer_has_its_headers(town: Town) -> None:
    seen, found = set(), []
    rules_of = [rule.rule for rule in town.app.url_map.iter_rules()]
    asked = [town.get(who, town.address(rule)) for rule in rules_of for who in ("guest", "learner", "coordinator") if rule != "/leave"]  # fmt: skip
    asked.append(town.get("guest", "/en/nothing-here"))
    asked.append(town.client_of("guest").post("/en/look", data={}))
    asked.append(town.client_of("guest").put("/en/look"))
    asked.append(town.client_of("guest").get("/en/", headers={"Host": "elsewhere.example"}))
    for answer in asked:
        where = answer.request.path
        found += slack(answer)
        body = answer.get_data()
        if body and answer.status_code == 200:
            looks_like_a_page = body.lstrip()[:9].lower() == b"<!doctype"
            assert looks_like_a_page == (answer.mimetype == "text/html"), where
        if answer.mimetype.startswith("text/"):
            # A text that somebody sent is kept as it came: which letters it has, nobody can know.
            csp = answer.headers["Content-Security-Policy"]
            sent = (
                "attachment" in answer.headers.get("Content-Disposition", "") and "sandbox" in csp
            )
            assert sent or "utf-8" in answer.content_type.lower(), where
        seen.add((answer.status_code, answer.mimetype))
    town.restore()
    assert found == []
    assert {code for code, _kind in seen} >= {200, 302, 303, 400, 404, 405}
    assert "text/javascript" not in {kind for _code, kind in seen}


def static_files(town: Town) -> list[TestResponse]:
    """Every file of ours, one that is not there, and a course's picture that is not there."""
    static: Any = town.app.jinja_env.globals["static"]
    names = [path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*") if path.is_file()]
    addresses = [static(name) for name in (*names, "nothing.css")] + [f"{ADDRESS}nothing.svg"]
    client = town.app.test_client()
    return [client.get(address, buffered=True) for address in addresses]


def test_files_have_them_too(town: Town) -> None:
    found = static_files(town)
    assert [what for answer in found for what in slack(answer)] == []
    assert {answer.status_code for answer in found} == {200, 404}
    assert {"text/css", "text/javascript", "image/svg+xml", "font/woff2"} <= {answer.mimetype for answer in found}  # fmt: skip


def unlike_get(town: Town, rules_of: Iterable[str]) -> list[str]:
    """Pages whose HEAD tells something else than their GET."""
    found = []
    for address in map(town.address, rules_of):
        got, head = town.get("guest", address), town.client_of("guest").head(address)
        ways = [(one.status_code, one.location, one.mimetype) for one in (got, head)]
        if ways[0] != ways[1] or head.get_data() or slack(head):
            found.append(f"{address}: {ways}")
    return found


def test_head_tells_what_get_would(town: Town) -> None:
    rules_of = {r.rule for r in town.app.url_map.iter_rules() if "GET" in (r.methods or ())}
    assert unlike_get(town, rules_of - {"/leave"}) == []
    town.restore()


def test_an_answer_past_the_outer_door_is_found(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The planted hole: Flask alone, as it answers by itself.
    monkeypatch.setattr(town.app, "wsgi_app", partial(Flask.wsgi_app, town.app))
    assert slack(town.get("guest", "/en/")), "no headers"
    assert unlike_get(town, ["/<lang:lang>/home"]), "no redirect"


def test_scripts_are_the_same_for_everybody(town: Town) -> None:
    pages = {
        who: town.get(who, "/en/").get_data(as_text=True) for who in ("guest", "administrator")
    }
    sources = {
        who: set(re.findall(r'<script[^>]*src="([^"]+)"', page)) for who, page in pages.items()
    }
    assert sources["guest"] == sources["administrator"]
    for source in sources["guest"]:
        answers = [served(town, who, source) for who in ("guest", "learner")]
        answers.append(served(town, "learner", f"{source}?callback=x"))
        assert len(set(answers)) == 1


def served(town: Town, persona: str, address: str) -> bytes:
    with town.get(persona, address) as answer:
        return answer.get_data()


# --- A real host ---------------------------------------------------------------------------------


@pytest.fixture
def real(tmp_path: Path) -> Iterator[Flask]:
    """An instance as a real host has it."""
    keys.create(tmp_path / "keys")
    settings = Settings(mode="production", data=tmp_path, keys=tmp_path / "keys",
                        public_url="https://learn.example.org", log_level="critical")  # fmt: skip
    app = create_app(settings)
    with app.app_context():
        db.create_all()
    yield app
    with app.app_context():
        db.engine.dispose()


HTTPS = {"base_url": "https://learn.example.org"}


def test_over_tls_the_cookie_is_bound_to_the_host(real: Flask) -> None:
    answer = real.test_client().get("/en/look", **HTTPS)
    cookies = answer.headers.get_all("Set-Cookie")
    assert cookies
    for cookie in cookies:
        first, *more = (part.strip() for part in cookie.split(";"))
        assert first.startswith("__Host-")
        assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(more)
        assert not any(part.startswith("Domain") for part in more)


def test_over_tls_every_answer_asks_for_tls(real: Flask) -> None:
    client = real.test_client()
    for address in (
        "/",
        "/en/",
        "/en/home",
        "/en/nothing",
        "/health/live",
        "/today",
        "/robots.txt",
        real.jinja_env.globals["static"]("app.css"),
    ):
        with client.get(address, **HTTPS) as answer:
            told = answer.headers["Strict-Transport-Security"]
        assert int(re.findall(r"max-age=(\d+)", told)[0]) >= 31_536_000


def test_a_real_host_has_no_page_for_developers(real: Flask) -> None:
    client = real.test_client()
    for address in ("/styleguide", "/console", "/debug"):
        assert client.get(address, **HTTPS).status_code == 404
    assert not real.debug
    assert not real.testing
    answer = client.get("/en/", **HTTPS)
    assert not {"Server", "X-Powered-By"} & set(answer.headers.keys())


def test_a_fresh_instance_has_nobody(real: Flask) -> None:
    with real.app_context():
        assert db.session.scalar(select(func.count()).select_from(Person)) == 0


# --- Passphrases and sessions --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("passphrase", "fine"),
    [
        ("x7" + "qprmvtzc" + "hnwk", False),  # 14
        ("x7" + "qprmvtzc" + "hnwkj", True),  # 15
        ("съешь ещё этих булок", True),
        ("только строчные буквы", True),
        ("👩🏽‍🚀 мост 🛶 окно 🌾 жар", True),
        ("correct-horse w/o rules!", True),
        (" ".join(["lantern", "quiet", "bridge", "copper", "window", "maple", "harbour", "stone"]), True),
        ("".join(f"{n} oak " for n in range(30))[:200], True),
        ("z" * 257, False),
    ],
)  # fmt: skip
def test_lengths_of_passphrases(passphrase: str, fine: bool) -> None:
    assert (rules.weakness(passphrase, "Heron 27") is None) == fine


@pytest.mark.parametrize(
    "guess",
    ["aaaaaaaaaaaaaaaaaa", "123456789012345678", "qwertyuiopasdfgh", "abcabcabcabcabcabc", "Heron 27 Heron 27", "йцукенгшщзхъфыва"],
)  # fmt: skip
def test_a_passphrase_is_not_what_everybody_would_guess(guess: str) -> None:
    assert rules.weakness(guess, "Heron 27") is not None


def test_a_passphrase_is_not_cut() -> None:
    long, salt = "x" * 200, bytes(16)
    one, other = (secrets.stretch(long + end, salt, 8, 1, b"p").verifier_hash for end in "ab")
    assert one != other
    cases = [secrets.stretch(text, salt, 8, 1, b"p").verifier_hash for text in ("Wind", "wind")]
    assert cases[0] != cases[1]


def test_what_is_stored_of_a_passphrase(app: Flask) -> None:
    plain = Settings(mode="test")
    assert plain.argon2_memory_kib >= 19 * 1024
    assert plain.argon2_memory_kib * plain.argon2_passes >= 38 * 1024
    with app.app_context():
        person = make_person()
        row = db.session.get(Person, person.id)
        assert row is not None
        stored = [value for value in vars(row).values() if isinstance(value, bytes | str)]
    for value in stored:
        kept = value if isinstance(value, bytes) else value.encode()
        assert PASSPHRASE.encode() not in kept


def test_no_passphrase_grows_old() -> None:
    columns = {column.name for column in Person.__table__.columns}
    assert not [one for one in columns if re.search(r"expire|age|changed|must", one)]


def test_nothing_is_asked_that_others_know() -> None:
    columns = {column.name for column in Person.__table__.columns}
    assert not [
        one for one in columns if re.search(r"hint|question|answer|birth|maiden|phone|mail", one)
    ]


def test_fields_of_passphrases_help_managers(browser: Browser) -> None:
    for address, wanted in (("/en/join", "new-password"), ("/en/sign-in", "current-password"), ("/en/way-back", "new-password")):  # fmt: skip
        field = browser.get(address).soup.find("input", {"name": "passphrase"})
        assert field is not None
        assert field["type"] == "password"
        assert field["autocomplete"] == wanted
        assert not [attribute for attribute in field.attrs if attribute.startswith("on")]
    for path in SCRIPTS:
        assert "paste" not in path.read_text("utf-8")


def test_changing_needs_the_present_one(app: Flask, browser: Browser) -> None:
    with app.app_context():
        person = make_person()
    other = Browser(app).sign_in(person)
    browser.sign_in(person).get("/en/account")
    wrong = browser.submit(
        {"current": "not this one at all", "passphrase": NEW}, action="/passphrase"
    )
    assert wrong.status == 422
    assert other.get("/en/home").h1 != "Sign in"
    browser.get("/en/account")
    browser.submit({"current": PASSPHRASE, "passphrase": NEW}, action="/passphrase")
    assert other.get("/en/home").h1 == "Sign in"
    assert browser.get("/en/home").h1 != "Sign in"


def test_a_session_ends_by_itself(app: Flask, browser: Browser) -> None:
    with app.app_context():
        person = make_person()
    settings: Settings = app.extensions["settings"]
    browser.sign_in(person)
    with browser.client.session_transaction() as cookie:
        cookie[signin.LAST] = int(time.time()) - settings.idle_minutes * 60 - 5
    assert browser.get("/en/home").h1 == "Sign in"
    browser.sign_in(person)
    with clock.at(now() + timedelta(hours=settings.session_hours, seconds=5)):
        assert browser.get("/en/home").h1 == "Sign in"


# --- The log -------------------------------------------------------------------------------------


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """What would be in the log, through the processors of a real instance."""
    file = io.StringIO()
    steps = structlog.get_config()["processors"]
    level = structlog.make_filtering_bound_logger(logging.INFO)
    log = structlog.wrap_logger(structlog.PrintLogger(file), steps, level)
    for module in pkgutil.walk_packages(lms.__path__, "lms."):
        if "__main__" in module.name or ".pdf" in module.name or ".assets" in module.name:
            continue
        loaded = importlib.import_module(module.name)
        if hasattr(loaded, "log") and hasattr(loaded.log, "info"):
            monkeypatch.setattr(loaded, "log", log)
    return file


def test_a_line_of_the_log_is_one_object_in_utc(told: io.StringIO) -> None:
    from lms.web.request_log import log

    log.info("request", endpoint='x\r\n{"event": "forged"}\x1b[2J\u202e', status=200)
    lines = told.getvalue().splitlines()
    assert len(lines) == 1
    line = json.loads(lines[0])
    assert line["event"] == "request"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z", line["timestamp"])
    assert "\x1b" not in lines[0]


def test_no_word_of_anybody_reaches_the_log(
    app: Flask, told: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    bird = "Snegir 42"
    with app.app_context():
        person = make_person(bird)
    browser = Browser(app)
    browser.get("/en/sign-in")
    browser.submit({"handle": bird, "passphrase": "Chizhik in a cage of nine"})
    browser.sign_in(person)
    browser.get("/en/pairs/ask")
    browser.submit(
        {"shown_name": "Stayka", "languages": ["ru"], "goal": "Zimorodok by the river"},
        action="/ask",
    )
    cookie = browser.client.get_cookie("s")
    assert cookie is not None

    # A failure with words of hers in it: its kind and place are told, and nothing of them.
    def broken(**_parts: object) -> object:
        raise RuntimeError(f"{bird} wrote Zimorodok")

    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    monkeypatch.setitem(app.view_functions, "web.about", broken)
    browser.get("/en/about?q=Zimorodok")
    log = told.getvalue()
    assert log.count("\n") > 5
    assert "request.failed" in log
    token = str(signin.TOKEN)
    with browser.client.session_transaction() as session:
        secret = str(session[token])
    for word in (
        "Chizhik",
        "Stayka",
        PASSPHRASE,
        secret,
        cookie.value,
        person.public_id,
        "127.0.0.1",
    ):
        assert word not in log, word
