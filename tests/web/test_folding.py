"""Folded templates: the same page as without folding, in every language, for every reader."""

import pytest
from django.template import Context, Engine
from django.urls import NoReverseMatch
from django.utils import translation
from django.utils.safestring import SafeString

from stepdown.web.folding import Constant

HOSTILE = "<b>&\"'"

FILES = {
    "frame": "{% load ui %}<html>{% icon 'moon' %}{% translate 'Monday' %}{% block main %}-{% endblock %}"
    "{% block foot %}{% translate 'Tuesday' %}{% endblock %}</html>",
    "page": "{% extends 'frame' %}{% block main %}{% translate 'Sunday' %} {{ who }}{% endblock %}",
    "nested": "{% extends 'page' %}{% block foot %}{{ block.super }}, {% translate 'March' %}{% endblock %}",
    "words": "{% load ui %}a {{ _('Monday') }} {% tag _('Tuesday') 'line' %} {% tag who 'due' %} {{ who }}",
    "filtered": "{{ _('Monday')|upper }}{{ who|default:_('Tuesday') }}{% translate who %}",
    "block": "{% blocktranslate %}Monday{% endblocktranslate %}{% blocktranslate %}{{ who }}?{% endblocktranslate %}",
    "branches": "{% if who %}{% translate 'Monday' %}{% elif other %}1{% else %}{% translate 'Sunday' %}{% endif %}",
    "loop": "{% for n in numbers %}<i>{% translate 'Monday' %}{{ n }}</i>{% empty %}{% translate 'Sunday' %}{% endfor %}",
    "kept": "{% translate 'Monday' as day %}{% static 'a.css' as file %}{{ day }}{{ file }}{% static 'b.css' %}",
    "urls": "{% url 'account_login' as there %}{{ there }}|{% url 'account_login' %}",
    "part": "[{{ label }}{% translate 'Monday' %}{{ who }}]",
    "parts": "{% include 'part' with label='x' %}{% include 'part' with label=who only %}"
    "{% for n in numbers %}{% include name %}{% include 'part' with label=n %}{% endfor %}",
}


def engine(*, folded):
    files = ("django.template.loaders.locmem.Loader", FILES)
    return Engine(
        loaders=[("stepdown.web.folding.Loader", [files])] if folded else [files],
        builtins=["django.templatetags.i18n", "django.templatetags.static"],
        libraries={"ui": "stepdown.web.templatetags.ui"},
    )


READERS: tuple[dict[str, object], ...] = (
    {"who": HOSTILE},
    {"who": "Monday", "other": 1},
    {"who": SafeString("<u>"), "n": 1},
    {},
)


@pytest.mark.parametrize("name", sorted(FILES))
def test_a_folded_template_says_what_it_said_before_to_each_reader_in_each_language(name):
    plain, quick = engine(folded=False), engine(folded=True)
    for _again in range(2):
        for language in ("en", "de", "fr"):
            for reader in READERS:
                told = {"numbers": [1, 2], "name": "part", **reader}
                with translation.override(language):
                    expected = plain.get_template(name).render(Context(told))
                    assert quick.get_template(name).render(Context(told)) == expected


def test_words_of_one_language_are_put_together_once():
    page = engine(folded=True).get_template("frame")
    constant = next(node for node in page.nodelist if isinstance(node, Constant))
    told = []

    def tell(context):
        told.append(context)
        return "said"

    constant.nodes[1].render_annotated = tell  # type: ignore[method-assign]

    for language in ("en", "en", "de", "en", "de"):
        with translation.override(language):
            page.render(Context())

    assert len(told) == 2


def test_an_unknown_address_is_an_error_as_before():
    quick = Engine(
        loaders=[
            (
                "stepdown.web.folding.Loader",
                [("django.template.loaders.locmem.Loader", {"a": "{% url 'no:where' %}"})],
            )
        ]
    )
    with pytest.raises(NoReverseMatch):
        quick.get_template("a").render(Context())
