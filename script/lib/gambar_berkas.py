"""A later list of one kecamatan for the picture of a preview: `script/manage shell < gambar_berkas.py`, to FILE.

Of the demo's families some moved within the village, a few are missing, and some numbers were broken by Excel.
"""

import os
from itertools import groupby
from pathlib import Path

from sentral.demo.families import HEADERS, Families
from sentral.demo.files import write_file
from sentral.demo.province import read_villages

KECAMATAN, ALAMAT, KK, NIK = (HEADERS.index(name) for name in ("KECAMATAN", "ALAMAT", "NOKK", "NIK"))
rows = (row for row in Families(read_villages(1), 1).rows(3_000) if row[KECAMATAN] == "TOBOALI")
families = [list(family) for _, family in groupby(rows, lambda row: row[KK])]
for row in (row for family in families[::12] for row in family):
    row[ALAMAT] = "JL. JENDERAL SUDIRMAN NO. 4"
for family in families[5::25]:
    family[0][NIK] = f"{family[0][NIK][0]},{family[0][NIK][1:6]}E+15"
later = (row for place, family in enumerate(families) if place % 15 != 7 for row in family)
write_file(Path(os.environ["FILE"]), later)
