// Where a family lives: its village in white on grey neighbours, a dot, the circle of its accuracy, a scale.
// Data: json_script "pin-data" {lng, lat, akurasi, desa, batas}. The boundaries hold no person and are cached.
const SVG = 'http://www.w3.org/2000/svg'
const METRES_PER_DEGREE = 111320
const SCALES = [100, 200, 500, 1000, 2000, 5000, 10000]

export default async function mount(root) {
  const data = JSON.parse(document.getElementById('pin-data').textContent)
  const response = await fetch(data.batas, { credentials: 'same-origin' }).catch(() => null)
  const { features } = response?.ok ? await response.json() : { features: [] }
  const width = root.clientWidth
  const height = root.clientHeight
  const own = features.find((feature) => feature.id === data.desa)
  const view = frame(own ? boxOf(own.geometry) : around(data), data, width, height)

  const svg = make('svg', { viewBox: `0 0 ${width} ${height}`, role: 'img' })
  svg.setAttribute('aria-label', `Peta letak rumah${root.dataset.nama ? ` di ${root.dataset.nama}` : ''}`)
  for (const feature of features)
    if (touches(boxOf(feature.geometry), view)) svg.append(make('path', { d: pathOf(feature.geometry, view), class: feature === own ? 'desa' : 'lain' }))
  if (own) svg.append(make('path', { d: pathOf(own.geometry, view), class: 'tepi' }))

  const [x, y] = [view.X(data.lng), view.Y(data.lat)]
  const radius = data.akurasi ? data.akurasi * view.pixelsPerMetre : 0
  if (radius > 8) svg.append(make('circle', { cx: x, cy: y, r: radius, class: 'ketelitian' }))
  svg.append(make('circle', { cx: x, cy: y, r: 6, class: 'titik' }))
  if (data.akurasi) svg.append(text(x + Math.max(radius, 6) + 6, y + 4, `± ${data.akurasi} m`))
  svg.append(...scale(view, height))
  root.replaceChildren(svg)
}

function make(name, attributes) {
  const element = document.createElementNS(SVG, name)
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value)
  return element
}

function text(x, y, words, anchor = 'start') {
  const element = make('text', { x, y, 'text-anchor': anchor })
  element.textContent = words
  return element
}

function rings(geometry) {
  return geometry.type === 'MultiPolygon' ? geometry.coordinates.flat() : geometry.coordinates
}

function boxOf(geometry) {
  const points = rings(geometry).flat()
  const lngs = points.map(([lng]) => lng)
  const lats = points.map(([, lat]) => lat)
  return [Math.min(...lngs), Math.min(...lats), Math.max(...lngs), Math.max(...lats)]
}

// without a boundary: two kilometres to each side
function around({ lng, lat }) {
  const reach = 2000 / METRES_PER_DEGREE
  return [lng - reach, lat - reach, lng + reach, lat + reach]
}

// the box and the point both in view; equirectangular is true enough beside the equator
function frame([west, south, east, north], { lng, lat }, width, height) {
  const box = [Math.min(west, lng), Math.min(south, lat), Math.max(east, lng), Math.max(north, lat)]
  const k = Math.min((width - 48) / (box[2] - box[0]), (height - 48) / (box[3] - box[1]))
  const [cx, cy] = [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2]
  return {
    X: (value) => width / 2 + (value - cx) * k,
    Y: (value) => height / 2 - (value - cy) * k,
    pixelsPerMetre: k / METRES_PER_DEGREE,
    box: [cx - width / 2 / k, cy - height / 2 / k, cx + width / 2 / k, cy + height / 2 / k],
  }
}

function touches(a, { box: b }) {
  return a[0] <= b[2] && a[2] >= b[0] && a[1] <= b[3] && a[3] >= b[1]
}

function pathOf(geometry, { X, Y }) {
  return rings(geometry).map((ring) => `M${ring.map(([lng, lat]) => `${X(lng).toFixed(1)} ${Y(lat).toFixed(1)}`).join('L')}Z`).join('')
}

function scale({ pixelsPerMetre }, height) {
  const metres = SCALES.filter((step) => step * pixelsPerMetre <= 110).pop() ?? SCALES[0]
  const long = metres * pixelsPerMetre
  const line = make('path', { d: `M16 ${height - 20}v4h${long.toFixed(1)}v-4`, class: 'skala' })
  return [line, text(16 + long / 2, height - 24, metres < 1000 ? `${metres} m` : `${metres / 1000} km`, 'middle')]
}
