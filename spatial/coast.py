"""The coast of Natural Earth, as the npm package `world-atlas` carries it: TopoJSON, decoded here."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.contrib.gis.geos import Polygon

COAST = Path(settings.BASE_DIR) / "node_modules" / "world-atlas" / "land-10m.json"


def land_near(path: Path, box: tuple[float, float, float, float]) -> Iterator[Polygon]:
    """Yield the pieces of land of a TopoJSON file that touch `box` (west, south, east, north)."""
    topology = json.loads(path.read_text())
    scale, shift = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = topology["arcs"]
    west, south, east, north = box

    def points(arc: int) -> list[tuple[float, float]]:
        x = y = 0
        line = []
        for dx, dy in arcs[~arc if arc < 0 else arc]:  # each point is a step from the one before
            x, y = x + dx, y + dy
            line.append((x * scale[0] + shift[0], y * scale[1] + shift[1]))
        return line[::-1] if arc < 0 else line

    def ring(arc_list: list[int]) -> list[tuple[float, float]]:
        line: list[tuple[float, float]] = []
        for arc in arc_list:
            line.extend(points(arc)[1 if line else 0 :])  # arcs share their end points
        return line

    for geometry in topology["objects"]["land"]["geometries"]:
        for polygon in geometry["arcs"]:
            outer = ring(polygon[0])
            xs, ys = [x for x, _ in outer], [y for _, y in outer]
            if min(xs) <= east and max(xs) >= west and min(ys) <= north and max(ys) >= south:
                yield Polygon(outer, *(ring(hole) for hole in polygon[1:]), srid=4326)
