"""The template check finds what it is there to find, and leaves good pages alone."""

import pytest

from tools.check_templates import complaints

GOOD = """{% extends "base.html" %}{# A note for whoever reads on. #}
{% block body_class %}wide board{% endblock %}
{% block main %}
<h1>{% translate "Ward" %}</h1>
<p>{% blocktranslate with bed=bed.number %}Bed {{ bed }} is free.{% endblocktranslate %}</p>
<a href="https://example.org/source">{{ source }}</a>
<button aria-label="{% translate "Close" %}"><kbd>Esc</kbd> &nbsp; 12:30</button>
<script src="{% static 'js/app.js' %}" type="module"></script>
<script id="curve" type="application/json">{"points": [1, 2]}</script>
<svg><title>{{ title }}</title><path d="M1 1" fill="none"/></svg>
{% endblock %}
"""


def test_a_page_that_follows_the_rules_has_no_complaint():
    assert complaints(GOOD) == []


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("<p>Bed free</p>", "'Bed free' is not translated"),
        ("<svg><text>Now</text></svg>", "'Now' is not translated"),
        ('<img src="{{ a }}" alt="Night theme">', 'alt="Night theme" is not translated'),
        ('<p style="color:red">{{ x }}</p>', "style=: the content security policy blocks it"),
        ('<p onclick="go()">1</p>', "onclick=: the content security policy blocks it"),
        ('<p hx-on:click="go()">1</p>', "hx-on:click=: the content security policy blocks it"),
        ('<a href="javascript:go()">1</a>', "href=javascript: the content security policy"),
        ("<style>p{}</style>", "<style>: the content security policy blocks it"),
        ("<script>go()</script>", "<script> without src"),
        ('<script src="//cdn.example/x.js"></script>', "asks a third party"),
        ('<link rel="stylesheet" href="https://cdn.example/x.css">', "asks a third party"),
        ("{% url 'chart:course' stay.pk as url %}", "a page that is missing is no link"),
        ("{{ words|safe }}", "text must stay escaped"),
        ("{% autoescape off %}{{ words }}{% endautoescape %}", "text must stay escaped"),
    ],
)
def test_each_fault_is_named(template, said):
    (found,) = complaints(template)
    assert said in found[1]


def test_the_line_is_the_line_in_the_file_also_after_a_long_comment():
    template = "{# one\ntwo #}\n{% comment %}\nfour\n{% endcomment %}\n<p>Here</p>\n"
    assert complaints(template) == [(6, "'Here' is not translated")]
