"""Measurements against other ways of doing the same, in one run on one machine.

`script/bench NAME [OPTIONS]` prepares the databases and starts `python -m benchmarks NAME`.
Nothing here is a test: a time is printed, never asserted.
"""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "benchmarks.settings")
