"""How templates are made into pages: what they can call, and three things that Jinja leaves to its users.

A page runs through a hundred macros and texts; each of the three costs Jinja more than drawing them does
(`docs/performance.md`).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from flask import Flask
from jinja2 import StrictUndefined, Template, nodes
from jinja2.compiler import CodeGenerator, Frame
from markupsafe import Markup

from lms.core import i18n
from lms.web import covers
from lms.web.page import address


def init_app(app: Flask) -> None:
    """Set the environment of all templates up."""
    environment = app.jinja_env
    environment.template_class = OwnTemplate
    environment.code_generator_class = DirectCalls
    environment.undefined = StrictUndefined
    environment.trim_blocks = environment.lstrip_blocks = True
    environment.globals.update(
        once=once,
        url_for=address,
        cover_art=covers.cover_art,
        landing_art=covers.landing_art,
        format_day=i18n.format_day,
        format_time=i18n.format_time,
        format_moment=i18n.format_moment,
        format_number=i18n.format_number,
        format_list=i18n.format_list,
    )


class OwnTemplate(Template):
    """A template whose macros are made once: none of ours asks for anything that differs between pages.

    Jinja would compare all names of the page with all globals at every import.
    """

    def _get_default_module(self, _ctx: Any = None) -> Any:
        return super()._get_default_module()


class DirectCalls(CodeGenerator):
    """Calls as Python makes them.

    Jinja asks before each call whether the callee wants the template's context; none of ours does.
    """

    def visit_Call(  # noqa: N802 - the name of the node
        self, node: nodes.Call, frame: Frame, forward_caller: bool = False
    ) -> None:
        """Write `callee(*(), first, second)`: `signature` begins with a comma."""
        self.visit(node.node, frame)
        self.write("(*()")
        self.signature(node, frame, {"caller": "caller"} if forward_caller else None)
        self.write(")")


def once(macro: Callable[..., Markup]) -> Callable[..., Markup]:
    """For templates: a macro that draws the same for the same arguments is run once for each language."""

    @lru_cache(1024)
    def kept(_lang: str, *values: Any, **named: Any) -> Markup:
        return macro(*values, **named)

    return lambda *values, **named: kept(i18n.language(), *values, **named)
