"""What this room adds to the page of one keluarga."""

from access.rules import may_see_padan
from kpm.panels import Panel, register

PADAN = register(Panel("padan", "Kecocokan dengan data Dukcapil", "padan:panel", may_see_padan))
