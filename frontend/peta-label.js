// Names of kabupaten beside the land: each stands in the sea nearest to its area, with a thin line when it had
// to go far. Where no sea is in view the name stands on the land.
const SVG = 'http://www.w3.org/2000/svg'
const LINE = 16
const WIDTH = 7.2 // px a letter of 13 px takes, about
const FAR = 34
const ROOM = 22
const DISTANCES = [8, 20, 36, 56, 80, 110]
const DIRECTIONS = Array.from({ length: 16 }, (_, place) => (place * Math.PI) / 8)

// texts: [{ feature, lines: [name, value] }] -> one <svg> in layer coordinates; `taken`: boxes to keep clear
export function placeLabels(map, texts, taken) {
  const view = map.getSize()
  const frame = { left: 4, top: 4, right: view.x - 4, bottom: view.y - 4 }
  const areas = texts.map(({ feature, lines }) => ({ lines, rings: ringsOf(map, feature.geometry) }))
  const svg = document.createElementNS(SVG, 'svg')
  svg.setAttribute('class', 'peta-nama leaflet-zoom-hide')
  svg.setAttribute('aria-hidden', 'true') // the areas say the same
  svg.setAttribute('width', view.x)
  svg.setAttribute('height', view.y)
  const corner = map.containerPointToLayerPoint([0, 0])
  svg.style.transform = `translate(${corner.x}px, ${corner.y}px)`

  for (const area of areas) {
    const largest = area.rings.reduce((a, b) => (span(b) > span(a) ? b : a))
    const seen = largest.filter(([x, y]) => x > frame.left && x < frame.right && y > frame.top && y < frame.bottom)
    if (!seen.length) continue
    const size = { w: Math.max(...area.lines.map((text) => text.length)) * WIDTH, h: LINE * area.lines.length }
    const coast = seen.filter((_, place) => place % Math.ceil(seen.length / 40) === 0)
    // first where no other kabupaten is near, so that nobody reads a name for its neighbour
    const spot = [ROOM, 0].map((room) => inTheSea(coast, size, frame, areas, taken, area, room)).find(Boolean)
    if (!spot) continue
    taken.push(spot.box)
    svg.append(...drawn(area.lines, spot))
  }
  return svg
}

function ringsOf(map, geometry) {
  const polygons = geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates
  return polygons.map(([outer]) => {
    const ring = outer.map(([lng, lat]) => {
      const point = map.latLngToContainerPoint([lat, lng])
      return [point.x, point.y]
    })
    const xs = ring.map(([x]) => x)
    const ys = ring.map(([, y]) => y)
    return Object.assign(ring, { left: Math.min(...xs), right: Math.max(...xs), top: Math.min(...ys), bottom: Math.max(...ys) })
  })
}

function span(ring) {
  return (ring.right - ring.left) * (ring.bottom - ring.top)
}

// nearest free place around the coast of the area; `from` is the point of the coast it belongs to
function inTheSea(coast, size, frame, areas, taken, own, room) {
  for (const distance of DISTANCES)
    for (const from of coast)
      for (const angle of DIRECTIONS) {
        const x = from[0] + Math.cos(angle) * distance + (Math.cos(angle) * size.w) / 2
        const y = from[1] + Math.sin(angle) * distance + (Math.sin(angle) * size.h) / 2
        const box = { left: x - size.w / 2, right: x + size.w / 2, top: y - size.h / 2, bottom: y + size.h / 2 }
        if (box.left < frame.left || box.right > frame.right || box.top < frame.top || box.bottom > frame.bottom) continue
        if (taken.some((other) => overlap(box, other))) continue
        if (areas.some((area) => area.rings.some((ring) => touches(ring, box, area === own ? 3 : 3 + room)))) continue
        return { box, x, y, from, far: distance >= FAR }
      }
  return null
}

function overlap(a, b) {
  return a.left < b.right + 6 && a.right > b.left - 6 && a.top < b.bottom + 4 && a.bottom > b.top - 4
}

function touches(ring, box, room) {
  if (box.left > ring.right + room || box.right < ring.left - room || box.top > ring.bottom + room || box.bottom < ring.top - room) return false
  if (ring.some(([x, y]) => x > box.left - room && x < box.right + room && y > box.top - room && y < box.bottom + room)) return true
  const middle = (box.top + box.bottom) / 2
  return [box.left, (box.left + box.right) / 2, box.right].some((x) => [box.top, middle, box.bottom].some((y) => inside(ring, x, y)))
}

function inside(ring, x, y) {
  let odd = false
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const [xi, yi] = ring[i]
    const [xj, yj] = ring[j]
    if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) odd = !odd
  }
  return odd
}

function drawn(lines, { x, y, box, from, far }) {
  const parts = []
  if (far) {
    const line = document.createElementNS(SVG, 'path')
    const edge = [Math.min(Math.max(from[0], box.left), box.right), Math.min(Math.max(from[1], box.top), box.bottom)]
    line.setAttribute('d', `M${from}L${edge}`)
    parts.push(line)
  }
  lines.forEach((text, place) => {
    const element = document.createElementNS(SVG, 'text')
    element.setAttribute('x', x)
    element.setAttribute('y', y - ((lines.length - 1) * LINE) / 2 + place * LINE + 4)
    element.setAttribute('class', place ? 'nilai' : 'nama')
    element.textContent = text
    parts.push(element)
  })
  return parts
}
