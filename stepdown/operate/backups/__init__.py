"""Backups: what is in one, how it is sealed, and how it becomes a database again.

``sealing`` encrypts, ``tables`` turns rows into lines and back, ``archive`` is the order of
a backup's parts, ``files`` names and keeps them, ``rebuilding`` fills an empty database,
``apart`` does that in a process of its own. The format stands in docs/guide/backup.md.
"""
