"""Answering with a whole page, or with only the piece htmx asked for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.cache import patch_vary_headers


def wants_fragment(request: HttpRequest) -> bool:
    """Whether htmx asks for a piece of this page.

    A boosted link and a history restore replace the whole body, so they get the
    whole page although htmx sent them.
    """
    headers = request.headers
    return (
        headers.get("HX-Request") == "true"
        and headers.get("HX-Boosted") != "true"
        and headers.get("HX-History-Restore-Request") != "true"
    )


def page(
    request: HttpRequest,
    template: str,
    fragment: str,
    context: Mapping[str, Any],
    status: int = 200,
) -> HttpResponse:
    """Render ``template``, or its partial named ``fragment`` when htmx asks for one.

    Args:
        fragment: the name of a ``{% partialdef %}`` in the template.
        status: 200, or 422 when a form came back with errors.

    The same address answers in two shapes, so ``Vary: HX-Request`` is set on both.
    """
    name = f"{template}#{fragment}" if wants_fragment(request) else template
    response = render(request, name, dict(context), status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def posted(request: HttpRequest) -> QueryDict | None:
    """What was sent, for binding a form: the POST data, or None on any other method.

    Forms bind by method and never by truth of the data: an empty submission is
    still a submission and deserves its errors.
    """
    return request.POST if request.method == "POST" else None
