"""The numbers beside a chart, as a table lean enough for a long stay.

Rows leave out the end tags that HTML lets one leave out: five hundred of them
then cost some 40 kB before compression.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache
from html import escape

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from stepdown.web.charts.span import Span


def table(
    columns: Sequence[str],
    rows: Iterable[tuple[datetime, Sequence[str]]],
    span: Span,
    *,
    key: str = "numbers",
    label: str = "",
) -> SafeString:
    """A table of entries by time, inside a box that scrolls sideways.

    Args:
        columns: headings after the time.
        rows: (when, cells as text); each row knows its time (``data-at``), which is
            what ``scrub.js`` reads. An empty cell stays empty: a gap is no zero.
        key: the id a chart's ``data-scrub`` points at.
    """
    heads = "".join(f'<th scope="col">{escape(words)}' for words in columns)
    language, safe = get_language() or "", cache(escape)  # the same few readings come again
    body = "".join(
        f"<tr data-at={at.timestamp():.0f}><th scope=row>{safe(span.told_in(at, language))}"
        f"<td>{'<td>'.join(map(safe, cells))}"
        for at, cells in rows
    )
    return mark_safe(
        f'<div class="scroll-x" tabindex="0" role="region" aria-label="{escape(label)}">'
        f'<table class="table table--readings" id="{key}"><thead><tr>'
        f'<th scope="col">{escape(_("Time"))}{heads}</thead><tbody>{body}</tbody></table></div>'
    )
