"""SENTRAL's settings, and the benches' own models beside its rooms."""

from sentral.settings import *  # noqa: F403

INSTALLED_APPS = [*INSTALLED_APPS, "benchmarks"]  # noqa: F405
