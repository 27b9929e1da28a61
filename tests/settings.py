"""The project's settings, with one database for both logs and a fast password hasher."""

import os

os.environ.setdefault("STEPDOWN_ACCESS_LOG", "same")
os.environ.setdefault("STEPDOWN_SECRET_KEY", "a key for tests only")
os.environ.setdefault("STEPDOWN_AUDIT_KEY", "a key for tests only, too")

from stepdown.settings import *

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
