// Where a house stands, picked on the small map: its village, a dot, two buttons to look closer. The form's own fields
// lintang, bujur and akurasi are what is sent; typed by hand they move the dot. Without this module they are typed.
// Data: json_script "pin-data" {lng, lat, desa, batas}; lng and lat are null before there is a point.
import { boundaries, boxOf, frame, inView, make, pathOf } from '../garis.js'

const METRES_PER_DEGREE = 111320
const CLOSEST = 1 / 64 // of the village's own box

export default async function mount(root) {
  const data = JSON.parse(document.getElementById('pin-data').textContent)
  const features = await boundaries(data.batas)
  const own = features.find((feature) => feature.id === data.desa)
  if (!own) return
  const { lintang, bujur, akurasi } = root.closest('form').elements
  const whole = boxOf(own.geometry)
  let part = 1 // how much of the village's box is shown
  let view

  const board = document.createElement('div')
  const tools = document.createElement('div')
  tools.className = 'pin-alat'
  tools.append(button('Perbesar', () => look(part / 2)), button('Perkecil', () => look(part * 2)))
  root.replaceChildren(board, tools)
  root.hidden = false

  function dot() {
    const [lat, lng] = [lintang, bujur].map((field) => Number.parseFloat(field.value.replace(',', '.')))
    return Number.isFinite(lat) && Number.isFinite(lng) ? [lng, lat] : null
  }

  function look(wanted) {
    part = Math.min(1, Math.max(CLOSEST, wanted))
    draw()
  }

  function draw() {
    const [width, height] = [board.clientWidth, board.clientHeight]
    const at = dot()
    view = frame(part === 1 ? whole : around(at ?? middle(whole), whole, part), width, height, 16)
    const svg = make('svg', { viewBox: `0 0 ${width} ${height}`, role: 'img' })
    svg.setAttribute('aria-label', `Peta ${root.dataset.nama}. Tekan letak rumahnya, atau ketik lintang dan bujurnya`)
    for (const feature of features)
      if (inView(feature, view)) svg.append(make('path', { d: pathOf(feature, view), class: feature === own ? 'desa' : 'lain' }))
    svg.append(make('path', { d: pathOf(own, view), class: 'tepi' }))
    if (at) svg.append(make('circle', { cx: view.X(at[0]), cy: view.Y(at[1]), r: 6, class: 'titik' }))
    svg.addEventListener('click', pick)
    board.replaceChildren(svg)
  }

  function pick(event) {
    const box = board.getBoundingClientRect()
    const [west, , , north] = view.box
    bujur.value = (west + (event.clientX - box.left) / view.k).toFixed(6)
    lintang.value = (north - (event.clientY - box.top) / view.k).toFixed(6)
    akurasi.value = Math.max(1, Math.round((2 / view.k) * METRES_PER_DEGREE)) // a finger is no surveyor: two pixels
    draw()
  }

  for (const field of [lintang, bujur]) field.addEventListener('input', draw)
  draw()
}

function middle([west, south, east, north]) {
  return [(west + east) / 2, (south + north) / 2]
}

function around([lng, lat], [west, south, east, north], part) {
  const [w, h] = [((east - west) * part) / 2, ((north - south) * part) / 2]
  return [lng - w, lat - h, lng + w, lat + h]
}

function button(words, press) {
  const element = Object.assign(document.createElement('button'), { type: 'button', className: 'btn btn-outline-secondary btn-sm', textContent: words })
  element.addEventListener('click', press)
  return element
}
