"""How rows of this room refer to short tables."""

from __future__ import annotations

from typing import Any

WILAYAH = "spatial.Wilayah"
# References to short tables, and those of Kepesertaan, are checked once per statement by the trigger
# kpm_rujukan (migration 0003): a foreign key would ask the same question once per row, which is half
# the time of an import. Same errors, same refusal to delete a parent in use.
SET_WISE: dict[str, Any] = {"db_index": False, "db_constraint": False, "related_name": "+"}
