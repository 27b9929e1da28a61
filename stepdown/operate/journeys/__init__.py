"""Whole stays as YAML: read, checked, replayed through the real actions, and judged.

The format is documented for writers of journeys in ``docs/guide/journeys.md``.
"""
