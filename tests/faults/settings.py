"""The settings of a server that a test ill-treats: the real ones, and one fault by environment.

FAULT_PAGES     SQLite may grow to so many pages and no further: a full disk
FAULT_READ_ONLY nothing may be written, on either engine
FAULT_KILL      the worker ends itself, once: "before", "inside" or "after" a transaction
FAULT_FLAG      a file that exists while the fault may strike
FAULT_CLOCK     a file with seconds to add to the clock
"""

from __future__ import annotations

import os

from stepdown.settings import *
from stepdown.settings import DATABASES, INSTALLED_APPS, SQLITE

INSTALLED_APPS = [*INSTALLED_APPS, "tests.faults.striking"]
for _database in DATABASES.values():
    _options = _database["OPTIONS"]
    if SQLITE and (_pages := os.environ.get("FAULT_PAGES")):
        _options["init_command"] += f" PRAGMA max_page_count={_pages};"
    if "FAULT_READ_ONLY" in os.environ:
        if SQLITE:
            _options["init_command"] += " PRAGMA query_only=ON;"
        else:
            _options["options"] += " -c default_transaction_read_only=on"
