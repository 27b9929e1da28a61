"""Templates whose unchanging parts are put together once a language, not once a request.

Most of a page's frame never changes: text, translated words, addresses of static files,
icons. Django looks each of them up again for every reader. Here neighbours of that kind
become one node, which renders them as Django does the first time, and keeps the string.
Included templates and the blocks of a page's frame are found once, too.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import groupby
from typing import Any

from django.template import Context, Engine, Node, NodeList, Template
from django.template.base import FilterExpression, TextNode, TokenType, Variable, VariableNode
from django.template.defaulttags import IfNode, LoadNode, URLNode
from django.template.library import SimpleNode
from django.template.loader_tags import IncludeNode
from django.template.loaders import base, cached
from django.templatetags.i18n import BlockTranslateNode, TranslateNode
from django.templatetags.static import StaticNode
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from stepdown.web.addresses import address
from stepdown.web.templatetags import ui

DRAWN = frozenset({ui.icon, ui.steps, ui.severity, ui.score_chip, ui.tag})
"""Tags that draw the same from the same words."""


class Constant(Node):
    """Neighbouring nodes that say the same to everybody who reads one language."""

    def __init__(self, nodes: list[Node]) -> None:
        self.nodes = nodes
        self.token, self.origin = nodes[0].token, nodes[0].origin
        self._said: dict[str | None, SafeString] = {}

    def render(self, context: Context) -> SafeString:
        """What the nodes render, kept for each language."""
        language = get_language()
        said = self._said.get(language)
        if said is None:
            said = mark_safe("".join(str(each.render_annotated(context)) for each in self.nodes))
            self._said[language] = said
        return said


class Folded(NodeList):
    """A whole template, folded. The template is finished: what is in it is searched once."""

    def __init__(self, nodes: NodeList, engine: Engine) -> None:
        fold(nodes, engine)
        super().__init__(nodes)
        self.contains_nontext = nodes.contains_nontext
        self.get_nodes_by_type = cache(super().get_nodes_by_type)  # type: ignore[assignment, method-assign]


class _Address(URLNode):
    """``{% url %}`` of a page without keys: it is the same on every request."""

    def render(self, context: Context) -> SafeString | str:
        url = address(self.view_name.var)  # also where Django keeps silent: "as" hides no typo
        if self.asvar:
            context[self.asvar] = url
            return ""
        return conditional_escape(url) if context.autoescape else url


class _Included:
    """A template named word for word by ``{% include %}``, found when it is first needed."""

    def __init__(self, engine: Engine, name: str) -> None:
        self._engine, self._name = engine, name
        self._found: Template | None = None

    def resolve(self, _context: Context) -> Template:
        if self._found is None:
            self._found = self._engine.get_template(self._name)
        return self._found


class _Folding(base.Loader):
    def get_template(self, *args: Any, **kwargs: Any) -> Template:
        template = super().get_template(*args, **kwargs)
        template.nodelist = Folded(template.nodelist, self.engine)
        return template


class Loader(cached.Loader, _Folding):
    """Django's cached loader; a template is folded before anybody renders it."""


def fold(nodelist: NodeList, engine: Engine) -> None:
    """Make one node of each run of unchanging ones, here and in every list further in."""
    for node in nodelist:
        for inner in _inside(node):
            fold(inner, engine)
        if isinstance(node, IncludeNode) and (name := _word(node.template)):
            node.template = _Included(engine, name)  # type: ignore[assignment]
    folded: list[Node] = []
    for constant, run in groupby(map(_known, nodelist), is_constant):
        nodes = list(run)
        is_plain = len(nodes) == 1 and isinstance(nodes[0], TextNode)
        folded += [Constant(nodes)] if constant and not is_plain else nodes
    nodelist[:] = folded


def _known(node: Node) -> Node:
    if type(node) is not URLNode or node.args or node.kwargs or not _word(node.view_name):
        return node
    known = _Address(node.view_name, node.args, node.kwargs, node.asvar)
    known.token, known.origin = node.token, node.origin
    return known


def _inside(node: Node) -> Iterator[NodeList]:
    if isinstance(node, IfNode):  # its one list for all branches is a copy
        yield from (branch for _condition, branch in node.conditions_nodelists)
        return
    for name in node.child_nodelists:
        if inner := getattr(node, name, None):
            yield inner


def is_constant(node: Node) -> bool:
    """Whether a node renders the same for everybody who reads one language."""
    match node:
        case TextNode() | LoadNode():
            return True
        case TranslateNode():
            return node.asvar is None and _stand(node.filter_expression, node.message_context)
        case BlockTranslateNode():
            return node.asvar is None and _is_text(node)
        case StaticNode():
            return node.varname is None and _stand(node.path)
        case SimpleNode():
            told = (*node.args, *node.kwargs.values())
            return node.func in DRAWN and node.target_var is None and _stand(*told)
        case VariableNode():
            return _stand(node.filter_expression)
    return False


def _stand(*told: FilterExpression | None) -> bool:
    """Whether all of these stand in the template word for word."""
    return all(
        each is None
        or not each.filters
        and not (isinstance(each.var, Variable) and each.var.lookups is not None)
        for each in told
    )


def _word(told: FilterExpression) -> str:
    """A name that stands in the template word for word; that of a file beside it is none."""
    name = str(told.var) if _stand(told) and not isinstance(told.var, Variable) else ""
    return "" if name.startswith(".") else name


def _is_text(node: BlockTranslateNode) -> bool:
    """Whether a block to translate holds words only."""
    varies = node.extra_context or node.plural or node.countervar or node.message_context
    return not varies and all(token.token_type is TokenType.TEXT for token in node.singular)
