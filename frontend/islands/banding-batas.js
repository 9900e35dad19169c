// Two versions of the boundaries, beside each other or, on a phone, one behind the other with a switch.
// Both maps show the same place; an area that differs carries its kind as data-beda. The table below says
// the same in words.
import L from 'leaflet'
import 'leaflet/dist/leaflet.css'
import '../styles/peta.css'
import '../styles/banding.css'

const SIDES = ['kiri', 'kanan']

export default async function mount(root) {
  const part = (name) => root.querySelector(`[data-bagian="${name}"]`)
  const config = JSON.parse(root.querySelector('#banding-config').textContent)
  const calm = matchMedia('(prefers-reduced-motion: reduce)').matches
  const box = config.kotak
    ? L.latLngBounds([config.kotak[1], config.kotak[0]], [config.kotak[3], config.kotak[2]])
    : L.latLngBounds([-11, 95], [6, 141])
  const sides = SIDES.map((name) => ({ name, map: makeMap(part(`gambar-${name}`), calm), byKode: new Map() }))
  let leader = null

  for (const side of sides) side.map.fitBounds(box, { animate: false })
  for (const [side, other] of [sides, [...sides].reverse()]) {
    side.map.on('move moveend', () => {
      if (leader && leader !== side) return
      leader = side
      other.map.setView(side.map.getCenter(), side.map.getZoom(), { animate: false })
      leader = null
    })
  }

  for (const input of root.querySelectorAll('[name="sisi"]')) {
    input.addEventListener('change', () => {
      root.querySelector('.banding-peta').dataset.sisi = input.value
      // a map that was hidden does not know its size
      for (const side of sides) side.map.invalidateSize({ animate: false })
    })
  }

  root.addEventListener('click', (event) => {
    const kode = event.target.closest('[data-tuju]')?.dataset.tuju
    if (!kode) return
    const areas = sides.map((side) => side.byKode.get(kode)).filter(Boolean)
    if (!areas.length) return
    const around = areas.reduce((bounds, layer) => bounds.extend(layer.getBounds()), L.latLngBounds([]))
    const shown = sides.find((side) => side.map.getSize().x) || sides[0]
    shown.map.fitBounds(around.pad(0.6), { animate: !calm, maxZoom: 13 })
    for (const path of root.querySelectorAll('.banding-area.ini')) path.classList.remove('ini')
    for (const layer of areas) {
      layer.bringToFront()
      layer.getElement().classList.add('ini')
    }
    root.querySelector('.banding-peta').scrollIntoView({ block: 'nearest', behavior: calm ? 'auto' : 'smooth' })
  })

  try {
    await Promise.all(sides.map(async (side) => draw(side, await fetchJson(config[side.name]), config)))
  } catch {
    part('salah').hidden = false
  }
}

function makeMap(canvas, calm) {
  const map = L.map(canvas, {
    zoomControl: false,
    attributionControl: false,
    zoomSnap: 0.25,
    zoomDelta: 0.75,
    wheelPxPerZoomLevel: 120,
    minZoom: 5,
    maxZoom: 15,
    zoomAnimation: false, // the other map would lag behind
    fadeAnimation: !calm,
    renderer: L.svg({ padding: 0.5 }),
  })
  const narrow = matchMedia('(max-width: 700px)').matches
  L.control.zoom({ position: narrow ? 'bottomright' : 'topleft', zoomInTitle: 'Perbesar', zoomOutTitle: 'Perkecil' }).addTo(map)
  return map
}

async function fetchJson(url) {
  const response = await fetch(url)
  if (!response.ok || response.redirected) throw new Error(`${response.status} ${url}`)
  return response.json()
}

function draw(side, geometry, { beda, kata }) {
  const layers = L.geoJSON(geometry, {
    style: { className: 'banding-area', weight: 0.8 },
    onEachFeature(feature, layer) {
      side.byKode.set(feature.id, layer)
      const [kind, name, before, after] = beda[feature.id] || ['sama', feature.id, '', '']
      layer.bindTooltip(words(name, kata[kind], before, after), { className: 'peta-tip', sticky: true })
    },
  }).addTo(side.map)
  layers.eachLayer((layer) => {
    layer.getElement().dataset.beda = (beda[layer.feature.id] || ['sama'])[0]
  })
}

function words(name, kind, before, after) {
  const box = document.createElement('div')
  const bold = document.createElement('b')
  bold.textContent = name
  box.append(bold, ` · ${kind}`)
  if (before) box.append(document.createElement('br'), `${before} menjadi ${after}`)
  return box
}
