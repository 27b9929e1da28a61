"""Charts as SVG strings, drawn by pure functions: same points, same picture.

No ``style`` attribute and no script is needed to read one; see
``docs/decisions/charts-are-server-rendered-svg.md``.
"""
