"""A small picture of curves: how long something takes, by how much is kept."""

from __future__ import annotations

import math
from collections.abc import Mapping

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 640, 320, 56, 150, 24, 44
DASHES = ("", "7 4", "2 4", "9 3 2 3")


def curves(p50_ms: Mapping[str, Mapping[int, float]], *, flat: float) -> str:
    """An SVG: observations kept (logarithmic) against p50 in ms (from zero).

    Each curve has a dash of its own and its name at its end. The light band behind it
    reaches from its first value to ``flat`` times that: inside, it counts as flat.
    """
    sizes = sorted({size for curve in p50_ms.values() for size in curve})
    top = max(max(curve.values()) for curve in p50_ms.values()) * 1.15
    spread = math.log10(sizes[-1] / sizes[0]) or 1.0

    def x(size: int) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * math.log10(size / sizes[0]) / spread

    def y(value: float) -> float:
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * min(value, top) / top

    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
            'font-family="system-ui, sans-serif" font-size="12" fill="#1d2b2a">'
        ),
        "<title>Milliseconds at the median, by observations kept</title>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
    ]
    step = 10 ** math.floor(math.log10(top / 2)) * (
        5 if top / 10 ** math.floor(math.log10(top / 2)) > 12 else 2
    )
    for number in range(int(top // step) + 1):
        at = y(number * step)
        parts.append(
            f'<path d="M{LEFT} {at:.1f}H{WIDTH - RIGHT}" stroke="#d5dedc"/>'
            f'<text x="{LEFT - 8}" y="{at + 4:.1f}" text-anchor="end">{number * step:g} ms</text>'
        )
    for size in sizes:
        parts.append(
            f'<text x="{x(size):.1f}" y="{HEIGHT - 22}" text-anchor="middle">{size:,}</text>'
        )
    parts.append(
        f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 5}" text-anchor="middle">'
        "observations kept</text>"
    )
    for (name, curve), dash in zip(p50_ms.items(), DASHES, strict=False):
        first = curve[sizes[0]]
        low, high = y(first), y(first * flat)
        parts.append(
            f'<rect x="{LEFT}" y="{high:.1f}" width="{WIDTH - LEFT - RIGHT}" '
            f'height="{low - high:.1f}" fill="#0b6b5d" opacity=".07"/>'
        )
        points = " ".join(f"{x(size):.1f},{y(curve[size]):.1f}" for size in sizes)
        parts.append(
            f'<polyline points="{points}" fill="none" stroke="#0b6b5d" stroke-width="2" '
            f'stroke-dasharray="{dash}"/>'
            f'<text x="{WIDTH - RIGHT + 8}" y="{y(curve[sizes[-1]]) + 4:.1f}">'
            f"{name.replace('_', ' ')} {curve[sizes[-1]]:g} ms</text>"
        )
    return "".join([*parts, "</svg>\n"])
