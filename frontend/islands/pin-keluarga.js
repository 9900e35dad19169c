// Where a family lives: its village in white on grey neighbours, a dot, the circle of its accuracy, a scale.
// Data: json_script "pin-data" {lng, lat, akurasi, desa, batas}. The boundaries hold no person and are cached.
import { boundaries, boxOf, frame, inView, make, pathOf } from '../garis.js'

const METRES_PER_DEGREE = 111320
const SCALES = [100, 200, 500, 1000, 2000, 5000, 10000]
const AROUND = 2000 / METRES_PER_DEGREE // without a boundary: two kilometres to each side

export default async function mount(root) {
  const data = JSON.parse(document.getElementById('pin-data').textContent)
  const features = await boundaries(data.batas)
  const [width, height] = [root.clientWidth, root.clientHeight]
  const own = features.find((feature) => feature.id === data.desa)
  const { lng, lat } = data
  const [west, south, east, north] = own ? boxOf(own.geometry) : [lng - AROUND, lat - AROUND, lng + AROUND, lat + AROUND]
  const view = frame([Math.min(west, lng), Math.min(south, lat), Math.max(east, lng), Math.max(north, lat)], width, height, 24)
  const pixelsPerMetre = view.k / METRES_PER_DEGREE

  const svg = make('svg', { viewBox: `0 0 ${width} ${height}`, role: 'img' })
  svg.setAttribute('aria-label', `Peta letak rumah${root.dataset.nama ? ` di ${root.dataset.nama}` : ''}`)
  for (const feature of features)
    if (inView(feature, view)) svg.append(make('path', { d: pathOf(feature, view), class: feature === own ? 'desa' : 'lain' }))
  if (own) svg.append(make('path', { d: pathOf(own, view), class: 'tepi' }))

  const [x, y] = [view.X(lng), view.Y(lat)]
  const radius = data.akurasi ? data.akurasi * pixelsPerMetre : 0
  if (radius > 8) svg.append(make('circle', { cx: x, cy: y, r: radius, class: 'ketelitian' }))
  svg.append(make('circle', { cx: x, cy: y, r: 6, class: 'titik' }))
  if (data.akurasi) svg.append(text(x + Math.max(radius, 6) + 6, y + 4, `± ${data.akurasi} m`))
  svg.append(...scale(pixelsPerMetre, height))
  root.replaceChildren(svg)
}

function text(x, y, words, anchor = 'start') {
  const element = make('text', { x, y, 'text-anchor': anchor })
  element.textContent = words
  return element
}

function scale(pixelsPerMetre, height) {
  const metres = SCALES.filter((step) => step * pixelsPerMetre <= 110).pop() ?? SCALES[0]
  const long = metres * pixelsPerMetre
  const line = make('path', { d: `M16 ${height - 20}v4h${long.toFixed(1)}v-4`, class: 'skala' })
  return [line, text(16 + long / 2, height - 24, metres < 1000 ? `${metres} m` : `${metres / 1000} km`, 'middle')]
}
