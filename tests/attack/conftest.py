"""Fixtures of the attacks: the two worlds, and the walls taken away."""

from tests.attack.worlds import bu_dewi, bu_sari, common, few, without_gate, without_policies  # noqa: F401
from tests.test_access import places  # noqa: F401
