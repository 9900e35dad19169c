"""The land: Wilayah tree, spellings, boundaries, map layers. Knows no register and no peran."""
