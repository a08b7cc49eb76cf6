"""Templates of the reference: the HTML of the application, written flat for one language."""

from __future__ import annotations

from lms.web.covers import cover_art

_ICON = '<svg class="icon" aria-hidden="true"><use href="/static/4c813b98d95c/icons.svg#{}"></use></svg>'

_BASE = """<!doctype html>
<html lang="en" dir="ltr" data-known data-idle="1800">
<head>
<meta charset="utf-8">
<title>{% block title %}{% endblock %} – Alongside</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<link rel="preload" href="/static/4c813b98d95c/fonts/head-latin.woff2" as="font" type="font/woff2" crossorigin>
<link rel="stylesheet" href="/static/4c813b98d95c/app.css">
<link rel="icon" href="/static/4c813b98d95c/icon.svg" type="image/svg+xml">
<script src="/static/4c813b98d95c/app.js" defer></script>
<link rel="alternate" hreflang="ru" href="/ru{{ request.path }}">
</head>
<body>
<a class="skip" href="#main">Skip to the text</a>
<header class="top"><div class="wrap">
<a class="logo" href="{{ url_for('home') }}"><svg viewBox="0 0 24.4 30" aria-hidden="true" fill="none" stroke-width="7.3" stroke-linecap="round"><path class="m1" d="M3.7 25.6 9.8 3.8"/><path class="m2" d="M15.4 26.3 20.6 7.8"/></svg>Alongside</a>
<nav aria-label="Main"><ul><li><a href="{{ url_for('home') }}">Home</a></li><li><a href="/">Courses</a></li><li><a href="/pairs/mine">My mentor</a></li><li><a href="/notices">Messages</a></li></ul></nav><div class="end">
<a href="/ru{{ request.path }}" hreflang="ru" lang="ru" data-anchor>RU<span class="vh"> – Русский</span></a>{% if current_user.is_authenticated %}<a class="account" href="/account"><span class="face learner s" aria-hidden="true">{{ current_user.row.handle[0] }}</span><span>{{ current_user.row.handle }}</span></a>{% endif %}<details class="pop menu"><summary aria-label="Menu">MENU</summary><ul><li><a href="{{ url_for('home') }}">Home</a></li><li><a href="/">Courses</a></li><li><a href="/pairs/mine">My mentor</a></li><li><a href="/notices">Messages</a></li><li><a href="/account">Account</a></li></ul></details><a class="leave" href="/leave" rel="noreferrer nofollow" data-leave data-once="Press Shift two more times to leave." data-twice="Press Shift one more time to leave.">DOOR Leave</a>
</div></div></header>
<main id="main" tabindex="-1">{% block main %}{% endblock %}</main>
<div class="toasts no-print"><div role="status">{% for message in get_flashed_messages() %}<p>{{ message }}</p>{% endfor %}</div>
<div class="toast" role="alert" hidden data-idle-warning><p class="grow">You will be signed out in 2 minutes.</p><button class="btn link" type="button" data-stay>Stay</button></div></div>
{% block foot %}
<footer class="foot on-deep"><div class="wrap"><span class="logo"><svg viewBox="0 0 24.4 30" aria-hidden="true" fill="none" stroke-width="7.3" stroke-linecap="round"><path class="m1" d="M3.7 25.6 9.8 3.8"/><path class="m2" d="M15.4 26.3 20.6 7.8"/></svg>Alongside</span><ul><li><a href="/your-data">Your data</a></li><li><a href="/about">About</a></li><li><a href="/rules">Community rules</a></li><li><a href="/accessibility">Accessibility</a></li><li><a href="/no-trace">How to leave no trace</a></li><li><a href="/c">Check a certificate</a></li></ul></div></footer>
{% if current_user.is_authenticated %}<nav class="tabs" aria-label="Sections"><ul><li><a href="{{ url_for('home') }}">HOUSE<span>Home</span></a></li><li><a href="/">BOOK<span>Courses</span></a></li><li><a href="/pairs/mine">HANDS<span>My mentor</span></a></li><li><a href="/notices">TALK<span>Messages</span></a></li><li><a href="/account">MENU<span>More</span></a></li></ul></nav>{% endif %}
{% endblock %}
<div class="vh" role="status" id="live"></div>
</body>
</html>"""

_PACES = """{% macro paces(done, here, total) %}<div class="paces" role="img" aria-label="{{ done }} of {{ total }} modules done">{% for at in range(1, total + 1) %}<i{% if at <= done %} class="done"{% elif at == here %} class="here"{% endif %}></i>{% endfor %}</div>{% endmacro %}"""

_LESSON = """{% extends "base.html" %}{% from "paces.html" import paces %}
{% block title %}Module {{ here.module }}{% endblock %}
{% block main %}
{% set inside = items|selectattr("module", "equalto", here.module)|list %}
{% macro outline() %}<ol class="outline">{% for item in inside %}<li class="{{ 'here' if item.id == here.id else ('done' if item.id in done else 'todo') }}"><a href="{{ url_for('lesson', course=course.public_id, item=item.public_id) }}"{% if item.id == here.id %} aria-current="page"{% endif %}>DOT<span>{{ item.title }}</span></a></li>{% endfor %}</ol>{% endmacro %}
{% set course_url = url_for('course', course=course.public_id) %}
<div class="lesson">
<details class="drawer no-print"><summary>LIST<span class="grow"><span class="tiny soft">Module {{ here.module }}, part of {{ inside|length }}</span><span class="strong">{{ here.module_title }}</span></span>DOWN</summary>
<nav class="in" aria-label="In this module"><a class="small" href="{{ course_url }}">{{ course.title }}</a>{{ outline() }}</nav></details>
<nav class="outline-side no-print" aria-label="In this module"><div><a class="small" href="{{ course_url }}">{{ course.title }}</a>
<p class="kicker">Module {{ here.module }} of {{ items[-1].module }}</p><p class="h3">{{ here.module_title }}</p>{{ paces(here.module - 1, here.module, items[-1].module) }}{{ outline() }}</div></nav>
<div class="text"><article class="stack"><h1>{{ body.title }}</h1>
<ul class="facts-line"><li>CLOCK{{ here.minutes }} minutes</li></ul>
<div class="prose">{{ body.body_html|safe }}</div>
<div class="step-nav">
<a class="btn quiet" href="{{ url_for('lesson', course=course.public_id, item=items[0].public_id) }}">BACK<span>Back</span></a>
<form action="{{ url_for('mark', course=course.public_id, item=here.public_id) }}" method="post" data-once="Sending…">{{ form.csrf_token }}<button class="btn primary" type="submit"><span>Done, next lesson</span>NEXT</button></form>
</div>
<p class="small"><a href="{{ url_for('home') }}">Take a break</a>. Your place is kept.</p>
</article></div></div>
{% endblock %}{% block foot %}{% endblock %}"""

_HOME = """{% extends "base.html" %}{% from "paces.html" import paces %}
{% block title %}Home{% endblock %}
{% block main %}<div class="wrap page"><div class="two"><div class="content flow"><h1>Hello, {{ current_user.row.handle }}</h1>
<div class="card next">COVER<div class="in"><p class="kicker">Carry on where you stopped</p>
<h2>{{ here.title }}</h2><p class="soft">{{ course.title }}, module {{ here.module }} of {{ items[-1].module }}</p>
{{ paces(here.module - 1, here.module, items[-1].module) }}
<p><a class="btn primary" href="{{ url_for('lesson', course=course.public_id, item=here.public_id) }}"><span>Continue, {{ here.minutes }} minutes</span></a></p></div></div>
{% for notice in notices %}<p>{{ notice.kind }}</p>{% endfor %}
<div class="callout pine"><h2 class="h3 h">AWARD<span>Your certificate can be made</span></h2><p>{{ course.title }}. You choose the name that stands on it.</p>
<p><a class="btn quiet s" href="/certificates/{{ course.public_id }}/claim"><span>Choose the name</span></a></p></div></div>
<aside class="aside">{% if mentor %}<div class="card"><h2 class="h3">My mentor</h2>
<div class="person"><span class="face mentor l" aria-hidden="true">{{ mentor.mentor_name[0] }}</span><div class="grow"><span class="name">{{ mentor.mentor_name }}</span><span class="small">English and Russian.</span></div></div><a class="btn quiet wide" href="/pairs/{{ mentor.public_id }}/messages">TALK<span>Write to {{ mentor.mentor_name }}</span></a><p class="small"><a href="/pairs/{{ mentor.public_id }}">Notes, and what is shown</a></p></div>{% endif %}
{% for seat in seats %}<div class="card"><h2 class="h3 h">USERS<span>{{ seat.name }}</span></h2><p><a href="{{ url_for('course', course=course.public_id) }}">{{ course.title }}</a>. Ends {{ seat.ends_on }}.</p>
<p class="small soft">{{ seat.taken }} people take part. You are {{ seat.shown_name }} here.</p>
<p class="small"><a href="/cohorts/{{ seat.public_id }}/name">Change name</a> · <a href="/cohorts/{{ seat.public_id }}/leave">Leave the cohort</a></p></div>{% endfor %}</aside>
<div class="more flow"><p><a href="/certificates">My certificates</a></p></div></div></div>{% endblock %}"""

_COURSE = """{% extends "base.html" %}{% from "paces.html" import paces %}
{% block title %}Course{% endblock %}
{% block main %}<section class="course-head on-deep"><div class="wrap">
<nav class="crumb" aria-label="Where you are"><a href="/">Courses</a><span aria-current="page">Rights and law</span></nav>
<div><h1>{{ course.title }}</h1><p class="lead">{{ course.summary }}</p></div>COVER</div></section>
<div class="wrap page"><div class="two"><aside class="aside"><div class="card"><p class="kicker">Your progress</p><h2 class="h3">{{ done|length }} of {{ items|length }}</h2>{{ paces(2, 3, items[-1].module) }}
<p><a class="btn primary wide" href="{{ url_for('lesson', course=course.public_id, item=items[0].public_id) }}"><span>Continue</span></a></p></div></aside>
<div class="more flow"><h2>What you will be able to do</h2>{{ course.about_html|safe }}<h2>{{ items[-1].module }} modules</h2><ol class="modules">
{% for module in items|groupby("module") %}<li><span class="no" aria-hidden="true">{{ module.grouper }}</span><div><h3>{{ module.list[0].module_title }}</h3>
<details><summary class="meta soft">{{ module.list|length }} lessons, {{ module.list|sum("minutes") }} minutes</summary>
<ul class="stack-s">{% for item in module.list %}<li><a href="{{ url_for('lesson', course=course.public_id, item=item.public_id) }}">{{ item.title }}</a></li>{% endfor %}</ul></details></div>
{% if module.list|rejectattr("id", "in", done)|list|length == 0 %}CHECK{% endif %}</li>{% endfor %}</ol></div></div></div>{% endblock %}"""

_QUESTION = """{% extends "base.html" %}{% from "paces.html" import paces %}
{% block title %}Question {{ number }}{% endblock %}
{% block main %}<div class="wrap page narrow"><nav class="crumb" aria-label="Where you are"><a href="{{ url_for('home') }}">Module 5</a></nav><div class="flow"><div class="q-head"><span>Question {{ number }} of {{ total }}</span>{{ paces(number - 1, number, total) }}</div>
<div class="stack"><form action="{{ url_for('question', attempt=attempt.public_id, number=number) }}" method="post" novalidate data-once="Sending…">{{ form.csrf_token }}
<fieldset class="choices" id="choice"><legend><h1 class="q-title">{{ words.prompt_html|safe }}</h1></legend>{% for letter, option in words.options.items() %}<div class="choice"><input type="radio" name="choice" id="choice-{{ loop.index }}" value="{{ loop.index }}"{% if letter in chosen %} checked{% endif %}><label for="choice-{{ loop.index }}">{{ option|safe }}</label></div>{% endfor %}</fieldset>
<div class="cluster"><button class="btn primary" type="submit" data-busy="Sending…"><span>Answer</span>NEXT</button>
<a class="btn quiet" href="{{ url_for('question', attempt=attempt.public_id, number=number - 1) }}">BACK<span>Back</span></a><a class="btn quiet" href="{{ url_for('question', attempt=attempt.public_id, number=number + 1) }}"><span>Later</span></a></div></form></div>
<p class="small soft">No time limit. You can repeat the check as often as you like; only you see the earlier tries.</p></div></div>{% endblock %}{% block foot %}{% endblock %}"""

_MENTEES = """{% extends "base.html" %}{% from "paces.html" import paces %}
{% block title %}People{% endblock %}
{% block main %}<div class="wrap page"><div class="two"><div class="content flow"><div><h1>My mentees</h1></div><section><h2>Waiting for you</h2><ul class="rows">
{% for pair, one in people.items() %}{% set items = outlines[one.row.version_id] %}{% set here = items|rejectattr("id", "in", one.done)|first %}
<li class="mentee"><div class="person"><span class="face learner" aria-hidden="true">{{ one.row.mentee_name[0] }}</span><div class="grow"><span><a class="name" href="/pairs/{{ pair }}">{{ one.row.mentee_name }}</a></span><span class="tag sun">{{ one.last }}</span></div></div><p>Is at module {{ here.module }} of {{ items[-1].module }}: {{ here.module_title }}.</p>
<div>{{ paces(here.module - 1, here.module, items[-1].module) }}<p class="tiny soft">{{ here.title }}</p></div>
<a class="btn quiet s wide" href="/pairs/{{ pair }}/messages"><span>Say hello</span></a></li>{% endfor %}</ul></section></div></div></div>{% endblock %}"""

_COHORT = """{% extends "base.html" %}{% block title %}Cohort{% endblock %}
{% block main %}<div class="wrap page"><h1>{{ cohort.name }}</h1><div class="table" role="region" tabindex="0"><table class="heat"><thead><tr><th>Name</th>{% for module in modules %}<th>{{ module }}</th>{% endfor %}</tr></thead><tbody>
{% for pid, one in shown %}{% set url = "/cohorts/" ~ cohort.id ~ "/people/" ~ pid %}<tr><th scope="row"><a href="{{ url }}">{{ one.name }}</a></th>
{% for module, ids in modules.items() %}{% set some = ids|select("in", one.done)|list|length %}<td><a class="cell c{{ 4 * some // ids|length }}" href="{{ url }}#m{{ module }}">{{ some }}/{{ ids|length }}<span class="vh">, {{ one.name }}, Module {{ module }} of the course</span></a></td>{% endfor %}<td class="num">{{ one.done|length }}</td><td class="text late">{{ one.last }}</td></tr>{% endfor %}
</tbody></table></div></div>{% endblock %}"""

_CHECK = """{% extends "base.html" %}{% block title %}Check{% endblock %}
{% block main %}<div class="wrap page narrow"><div class="verdict pine" role="status">SEAL<h1>This certificate is genuine</h1></div>
<dl class="facts"><div><dt>Number</dt><dd>{{ held.number }}</dd></div><div><dt>Course</dt><dd>{{ said.course }}</dd></div><div><dt>Work done</dt><dd>{{ said.work }}</dd></div><div><dt>What it covers</dt><dd>{{ said.modules|join(" · ") }}</dd></div><div><dt>Issued</dt><dd>{{ held.issued_at }}</dd></div><div><dt>Issued by</dt><dd>{{ said.issuer }}</dd></div></dl>
<form action="{{ request.path }}" method="post">{{ form.csrf_token }}<div class="field"><label for="name">Name on the paper</label><input class="input" id="name" name="name" required type="text" value=""></div><p><button class="btn primary" type="submit"><span>Compare</span></button></p></form></div>{% endblock %}"""

_SIGN_IN = """{% extends "base.html" %}{% block title %}Sign in{% endblock %}
{% block main %}<div class="wrap page narrow"><div class="flow"><h1>Sign in</h1><form action="{{ url_for('sign_in') }}" method="post" novalidate data-once="Sending…">{{ form.csrf_token }}
<div class="field"><label for="handle">Name for signing in</label>{{ form.handle(class="input", autocomplete="username") }}</div><div class="field"><label for="passphrase">Passphrase</label><div class="with">{{ form.passphrase(class="input") }}</div></div>
<p><button class="btn primary wide" type="submit" data-busy="Sending…"><span>Sign in</span></button></p></form><p class="small"><a href="/way-back">I forgot my passphrase</a> · <a href="/join">Join</a></p></div></div>{% endblock %}"""

_MARKS = {
    "MENU": "menu", "DOOR": "door-open", "HOUSE": "house", "BOOK": "book-open", "HANDS": "heart-handshake",
    "TALK": "message-circle", "DOT": "circle-dot", "LIST": "list-checks", "DOWN": "chevron-down",
    "CLOCK": "clock", "BACK": "arrow-left", "NEXT": "arrow-right", "AWARD": "award", "USERS": "users",
    "CHECK": "circle-check", "SEAL": "award",
}  # fmt: skip


def _drawn(page: str) -> str:
    for mark, name in _MARKS.items():
        page = page.replace(mark, _ICON.format(name))
    return page.replace("COVER", _cover())


def _cover() -> str:
    art = cover_art("rights")
    strokes = (
        f'<path stroke="{colour}" stroke-width="6.5" d="{path}"/>' for colour, path in art.paths
    )
    return f'<svg class="cover" viewBox="0 3.5 306 125" aria-hidden="true">{"".join(strokes)}</svg>'


PAGES = {
    name: _drawn(page)
    for name, page in {
        "base.html": _BASE,
        "paces.html": _PACES,
        "lesson.html": _LESSON,
        "home.html": _HOME,
        "course.html": _COURSE,
        "question.html": _QUESTION,
        "mentees.html": _MENTEES,
        "cohort.html": _COHORT,
        "check.html": _CHECK,
        "sign_in.html": _SIGN_IN,
    }.items()
}
