"""What tests of charts share: a span, and reading SVG back."""

from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

from stepdown.web.charts.points import Point
from stepdown.web.charts.scale import Scale, Zone
from stepdown.web.charts.span import Span

HERE = ZoneInfo("America/Los_Angeles")
START = datetime(2027, 1, 7, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
HOSTILE = '"><script>alert(1)</script>&\'<b a="'
COWS = Scale(
    "COWS",
    48,
    30,
    (
        Zone(0, "None", 0),
        Zone(5, "Mild", 1),
        Zone(13, "Moderate", 2),
        Zone(25, "Moderately severe", 3),
        Zone(37, "Severe", 4),
    ),
)


def ten_hours(zone=HERE):
    """Ten hours from START, with the present after eight."""
    return Span(START, START + 10 * HOUR, START + 8 * HOUR, zone)


def at(hours, value, outcome="complete", amended=False):
    """An entry so many hours after START."""
    return Point(START + hours * HOUR, value, outcome, amended)


def read(markup):
    """The markup as XML; raises when it is not well formed."""
    return ElementTree.fromstring(f"<d>{markup}</d>")


def of_class(drawn, css):
    """Every element with this class."""
    return [element for element in drawn.iter() if element.get("class") == css]


def words(drawn, css):
    """The texts inside elements with this class."""
    return ["".join(element.itertext()) for element in of_class(drawn, css)]
