"""Gives the settings their environment before Django is set up, so that no test touches somebody's data."""

import atexit
import os
import shutil
import tempfile

if "BLIKK_DATA" not in os.environ:
    os.environ["BLIKK_DATA"] = tempfile.mkdtemp(prefix="blikk-test-")
    atexit.register(shutil.rmtree, os.environ["BLIKK_DATA"], ignore_errors=True)
    for name, value in {
        "BLIKK_DEMO": "true",
        "BLIKK_SECRET_KEY": "only-for-tests-" + "x" * 40,
        "BLIKK_SMS_TRANSPORT": "inbox",
        "BLIKK_EMAIL_TRANSPORT": "inbox",
        "BLIKK_EMBEDDED_WORKER": "false",
    }.items():
        os.environ.setdefault(name, value)
