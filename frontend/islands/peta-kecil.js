// The small map of the home page: one's own wilayah in five classes. A picture; its numbers stand beside it.
// Data: json_script "peta-kecil" {batas, kotak, warna: {kode: class}}.
import { boundaries, frame, inView, make, pathOf } from '../garis.js'

export default async function mount(root) {
  const data = JSON.parse(document.getElementById('peta-kecil').textContent)
  const features = await boundaries(data.batas)
  const [width, height] = [root.clientWidth, root.clientHeight]
  const view = frame(data.kotak, width, height, 8)
  const svg = make('svg', { viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': root.dataset.nama })
  const shown = features.filter((feature) => inView(feature, view))
  const coast = shown.map((feature) => make('path', { d: pathOf(feature, view), class: 'pantai' }))
  const areas = shown.map((feature) => {
    const path = make('path', { d: pathOf(feature, view) })
    path.dataset.warna = data.warna[feature.id] ?? 'lain'
    if (path.dataset.warna === '0') path.setAttribute('fill', 'url(#arsir-kecil)')
    return path
  })
  svg.append(hatch(), ...coast, ...areas)
  root.replaceChildren(svg)
}

function hatch() {
  const defs = make('defs')
  const pattern = make('pattern', { id: 'arsir-kecil', width: 5, height: 5, patternUnits: 'userSpaceOnUse', patternTransform: 'rotate(45)' })
  pattern.append(make('rect', { width: 5, height: 5, class: 'dasar' }), make('path', { d: 'M0 0V5', class: 'garis' }))
  defs.append(pattern)
  return defs
}
