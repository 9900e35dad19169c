// One map of /peta/: draws the areas of a level in the colours of a measure, follows hover, tap and keys, and
// names the kabupaten in the sea. It fetches nothing and knows no URL: the island tells it what to show.
import L from 'leaflet'
import 'leaflet/dist/leaflet.css'
import { placeLabels } from './peta-label.js'

const SVG = 'http://www.w3.org/2000/svg'
const CALM = matchMedia('(prefers-reduced-motion: reduce)').matches

// canvas: the element to draw in; legend: what may lie over it; config: of the page; name: tells two maps apart
// on: { choose(kode, focus), hover(kode, latlng) or hover(null) }
export function createPicture(canvas, { legend, config, name, on }) {
  let level = null
  let numbers = null
  let kabupaten = null
  let chosen = ''
  let areas = null
  let lines = null
  let outline = null
  const byKode = new Map() // kode -> Leaflet layer of the level shown

  const map = L.map(canvas, {
    keyboard: false, // the areas themselves take the keys
    zoomControl: false,
    attributionControl: Boolean(config.basemap),
    zoomSnap: 0.25,
    zoomDelta: 0.75,
    wheelPxPerZoomLevel: 120,
    minZoom: 5,
    maxZoom: 15,
    zoomAnimation: !CALM,
    fadeAnimation: !CALM,
    renderer: L.svg({ padding: 0.5 }),
  })
  L.control.zoom({ position: matchMedia('(max-width: 700px)').matches ? 'bottomright' : 'topleft', zoomInTitle: 'Perbesar', zoomOutTitle: 'Perkecil' }).addTo(map)
  if (config.basemap) {
    canvas.dataset.dasar = ''
    L.tileLayer(config.basemap, { maxZoom: 18, className: 'peta-dasar' }).addTo(map)
  }
  map.createPane('pantai').style.zIndex = 390
  map.createPane('kabupaten').style.zIndex = 420
  map.createPane('pilihan').style.zIndex = 430
  map.createPane('nama').style.zIndex = 440
  for (const pane of ['pantai', 'kabupaten', 'pilihan', 'nama']) map.getPane(pane).style.pointerEvents = 'none'
  const tip = L.tooltip({ className: 'peta-tip', direction: 'top', offset: [0, -4], opacity: 1 })

  // ---- drawing ----

  function draw(geometry, coast, wanted) {
    areas?.remove()
    lines?.remove()
    byKode.clear()
    tip.remove()
    level = wanted
    kabupaten = coast
    canvas.dataset.tingkat = wanted
    areas = L.geoJSON(geometry, {
      style: { className: 'peta-area', weight: 0.6 },
      onEachFeature(feature, layer) {
        byKode.set(feature.id, layer)
        layer.on({
          mouseover: (event) => point(feature.id, event.latlng),
          mousemove: (event) => point(feature.id, event.latlng),
          mouseout: () => point(null),
          click: (event) => {
            point(feature.id, event.latlng)
            on.choose(feature.id, false)
          },
        })
      },
    }).addTo(map)
    const traced = (pane) => L.geoJSON(coast, { pane, interactive: false, style: { className: `peta-${pane}`, fill: false } })
    lines = L.layerGroup([traced('pantai'), traced('kabupaten')]).addTo(map)
    const svg = areas.getLayers()[0]?.getElement()?.ownerSVGElement
    if (svg) {
      svg.setAttribute('role', 'group')
      if (!svg.querySelector('.peta-arsir')) svg.prepend(hatch())
    }
    for (const [kode, layer] of byKode) {
      const path = layer.getElement()
      path.dataset.kode = kode
      path.setAttribute('role', 'button')
    }
    setStop()
    outlineChosen()
  }

  // a pattern has to be named in the document itself, not in a style sheet
  function hatch() {
    const defs = document.createElementNS(SVG, 'defs')
    const pattern = document.createElementNS(SVG, 'pattern')
    for (const [key, value] of Object.entries({ id: `peta-arsir-${name}`, class: 'peta-arsir', width: 5, height: 5, patternUnits: 'userSpaceOnUse', patternTransform: 'rotate(45)' }))
      pattern.setAttribute(key, value)
    const ground = document.createElementNS(SVG, 'rect')
    ground.setAttribute('width', 5)
    ground.setAttribute('height', 5)
    const line = document.createElementNS(SVG, 'path')
    line.setAttribute('d', 'M0 0V5')
    pattern.append(ground, line)
    defs.append(pattern)
    return defs
  }

  function words(kode) {
    const own = numbers?.wilayah[kode]
    return own ? [own.nama, own.teks, own.rinci].filter(Boolean) : []
  }

  // answer: what the server says of one measure: { judul, ramp, wilayah, kabupaten }
  function paint(answer) {
    numbers = answer
    canvas.dataset.ramp = answer.ramp
    for (const [kode, layer] of byKode) {
      const path = layer.getElement()
      const colour = numbers.wilayah[kode]?.warna ?? 0
      path.dataset.warna = colour
      path.setAttribute('fill', colour === 0 ? `url(#peta-arsir-${name})` : '')
      path.setAttribute('fill-opacity', '1')
      path.setAttribute('aria-label', words(kode).join(', '))
      path.setAttribute('aria-pressed', String(kode === chosen))
    }
    areas?.getLayers()[0]?.getElement()?.ownerSVGElement
      ?.setAttribute('aria-label', `Wilayah di peta, ${answer.judul}. Panah memindahkan pilihan, Enter membuka angkanya.`)
    nameKabupaten()
  }

  function nameKabupaten() {
    if (!kabupaten || !numbers) return
    const texts = kabupaten.features
      .filter((feature) => numbers.kabupaten[feature.id])
      .map((feature) => ({ feature, lines: numbers.kabupaten[feature.id] }))
    map.getPane('nama').replaceChildren(placeLabels(map, texts, covered()))
  }

  // what lies over the map: no name belongs below it
  function covered() {
    const at = canvas.getBoundingClientRect()
    return [legend, canvas.querySelector('.leaflet-control-zoom')].map((element) => {
      const { left, right, top, bottom } = element.getBoundingClientRect()
      return { left: left - at.left, right: right - at.left, top: top - at.top, bottom: bottom - at.top }
    })
  }

  function point(kode, latlng) {
    hint(kode, latlng)
    on.hover(kode, latlng)
  }

  // the little sign beside an area; null takes it away
  function hint(kode, latlng) {
    const [title, text, detail] = words(kode)
    if (!title) return tip.remove()
    const box = document.createElement('div')
    const bold = document.createElement('b')
    bold.textContent = title
    box.append(bold, ` · ${text}`)
    if (detail) box.append(document.createElement('br'), detail)
    tip.setContent(box).setLatLng(latlng).addTo(map)
  }

  function choose(kode) {
    chosen = kode
    outlineChosen()
  }

  function outlineChosen() {
    outline?.remove()
    outline = null
    const layer = byKode.get(chosen)
    for (const [kode, area] of byKode) area.getElement()?.setAttribute('aria-pressed', String(kode === chosen))
    if (!layer) return
    const twice = (className) => L.geoJSON(layer.feature, { pane: 'pilihan', interactive: false, style: { className, fill: false } })
    outline = L.layerGroup([twice('peta-pilih-tepi'), twice('peta-pilih')]).addTo(map)
  }

  // ---- keys ----

  // one stop for Tab: the chosen area, else the one nearest to the middle of what is seen; arrows go on from there
  function setStop(kode = null) {
    if (!byKode.size) return
    const middle = map.getCenter()
    const far = (layer) => layer.getBounds().getCenter().distanceTo(middle)
    const seen = byKode.get(chosen)
    const stop = byKode.get(kode) ?? (seen && map.getBounds().contains(seen.getBounds().getCenter())
      ? seen
      : [...byKode.values()].reduce((near, layer) => (far(layer) < far(near) ? layer : near)))
    for (const layer of byKode.values()) layer.getElement().setAttribute('tabindex', layer === stop ? '0' : '-1')
  }

  canvas.addEventListener('keydown', (event) => {
    const kode = event.target.dataset?.kode
    if (!kode) return
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault()
      on.choose(kode, true)
    }
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key]
    if (!way) return
    event.preventDefault()
    const next = neighbour(kode, way)
    if (next) focusArea(next)
  })
  canvas.addEventListener('focusin', (event) => {
    const kode = event.target.dataset?.kode
    if (kode) point(kode, byKode.get(kode).getBounds().getCenter())
  })
  canvas.addEventListener('focusout', () => point(null))

  function focusArea(kode) {
    const layer = byKode.get(kode)
    setStop(kode)
    const centre = layer.getBounds().getCenter()
    if (!map.getBounds().pad(-0.1).contains(centre)) map.panTo(centre, { animate: !CALM })
    layer.getElement().focus({ preventScroll: true })
  }

  // the nearest area whose centre lies within 45 degrees of the way the arrow points
  function neighbour(kode, [dx, dy]) {
    const from = map.latLngToLayerPoint(byKode.get(kode).getBounds().getCenter())
    let best = null
    let least = Infinity
    for (const [other, layer] of byKode) {
      if (other === kode) continue
      const to = map.latLngToLayerPoint(layer.getBounds().getCenter()).subtract(from)
      const along = to.x * dx + to.y * dy
      const across = Math.abs(to.x * dy + to.y * dx)
      if (along > 0 && across <= along && Math.hypot(along, across * 2) < least) {
        least = Math.hypot(along, across * 2)
        best = other
      }
    }
    return best
  }

  map.on('moveend', () => {
    nameKabupaten()
    if (!canvas.contains(document.activeElement)) setStop()
  })

  return {
    map,
    draw,
    paint,
    hint,
    choose,
    get level() { return level },
  }
}

// Two maps show the same place: whichever is moved, the other one follows.
export function tie(one, other) {
  let following = false
  const follow = (from, to) => () => {
    if (following) return
    following = true
    to.setView(from.getCenter(), from.getZoom(), { animate: false })
    following = false
  }
  one.on('move zoomend', follow(one, other))
  other.on('move zoomend', follow(other, one))
}
