// Boundaries (GeoJSON) as SVG paths, for the small maps that need no zoom. Equirectangular is true enough
// beside the equator.
const SVG = 'http://www.w3.org/2000/svg'

export function make(name, attributes = {}) {
  const element = document.createElementNS(SVG, name)
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value)
  return element
}

export async function boundaries(url) {
  const response = await fetch(url, { credentials: 'same-origin' }).catch(() => null)
  return response?.ok ? (await response.json()).features : []
}

export function rings(geometry) {
  return geometry.type === 'MultiPolygon' ? geometry.coordinates.flat() : geometry.coordinates
}

export function boxOf(geometry) {
  const points = rings(geometry).flat()
  const lngs = points.map(([lng]) => lng)
  const lats = points.map(([, lat]) => lat)
  return [Math.min(...lngs), Math.min(...lats), Math.max(...lngs), Math.max(...lats)]
}

// west, south, east, north into width x height pixels, with `room` pixels left free on each side
export function frame([west, south, east, north], width, height, room) {
  const k = Math.min((width - 2 * room) / (east - west), (height - 2 * room) / (north - south))
  const [cx, cy] = [(west + east) / 2, (south + north) / 2]
  return {
    k,
    X: (lng) => width / 2 + (lng - cx) * k,
    Y: (lat) => height / 2 - (lat - cy) * k,
    box: [cx - width / 2 / k, cy - height / 2 / k, cx + width / 2 / k, cy + height / 2 / k],
  }
}

export function inView(feature, { box }) {
  const [west, south, east, north] = boxOf(feature.geometry)
  return west <= box[2] && east >= box[0] && south <= box[3] && north >= box[1]
}

export function pathOf({ geometry }, { X, Y }) {
  return rings(geometry).map((ring) => `M${ring.map(([lng, lat]) => `${X(lng).toFixed(1)} ${Y(lat).toFixed(1)}`).join('L')}Z`).join('')
}
