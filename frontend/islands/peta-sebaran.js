// The choropleth of /peta/. Numbers, legend, table and panel come from the server as they are; this module
// draws the areas, follows zoom, hover, tap and keys, and keeps the state of the page in its URL.
import L from 'leaflet'
import 'leaflet/dist/leaflet.css'
import '../styles/peta.css'
import { placeLabels } from '../peta-label.js'

const LEVELS = ['kabupaten_kota', 'kecamatan', 'desa_kelurahan']
// from this many levels of zoom above "everything in view" on, "Ikut zum" shows kecamatan, then desa
const CLOSER = [0, 0.75, 1.75]
const PATIENCE = 300 // ms before a wait is worth a word
const GIVE_UP = 20000 // ms
const SVG = 'http://www.w3.org/2000/svg'

export default function mount(root) {
  const part = (name) => root.querySelector(`[data-bagian="${name}"]`)
  const config = JSON.parse(root.querySelector('#peta-config').textContent)
  const form = root.querySelector('form')
  const canvas = part('gambar')
  if (!canvas) return

  let state = readState()
  let level = null
  let numbers = null
  let areas = null
  let asked = 0
  const shapes = new Map() // level -> promise of GeoJSON
  const byKode = new Map() // kode -> Leaflet layer of the level shown

  const calm = matchMedia('(prefers-reduced-motion: reduce)').matches
  const map = L.map(canvas, {
    keyboard: false, // the areas themselves take the keys
    zoomControl: false,
    attributionControl: Boolean(config.basemap),
    zoomSnap: 0.25,
    zoomDelta: 0.75,
    wheelPxPerZoomLevel: 120,
    minZoom: 5,
    maxZoom: 15,
    zoomAnimation: !calm,
    fadeAnimation: !calm,
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
  for (const name of ['pantai', 'kabupaten', 'pilihan', 'nama']) map.getPane(name).style.pointerEvents = 'none'
  const tip = L.tooltip({ className: 'peta-tip', direction: 'top', offset: [0, -4], opacity: 1 })

  const whole = config.kotak
    ? L.latLngBounds([config.kotak[1], config.kotak[0]], [config.kotak[3], config.kotak[2]])
    : L.latLngBounds([-11, 95], [6, 141])
  map.fitBounds(whole, { ...fitPadding(), animate: false })
  const widest = map.getZoom()
  map.setMinZoom(widest - 1)
  if (state.peta) map.setView([state.peta.lat, state.peta.lng], state.peta.zoom, { animate: false })

  // ---- state in the URL ----

  function readState() {
    const query = new URLSearchParams(location.search)
    const [zoom, lat, lng] = (query.get('peta') || '').split('/').map(Number)
    return {
      ukuran: query.get('ukuran') || form.elements.ukuran.value,
      tingkat: query.get('tingkat') || '',
      wilayah: query.get('wilayah') || '',
      urut: query.get('urut') || '',
      semua: query.get('semua') || '',
      peta: [zoom, lat, lng].every(Number.isFinite) && query.get('peta') ? { zoom, lat, lng } : null,
      filter: config.saringan.flatMap((name) => query.getAll(name).map((value) => [name, value])),
    }
  }

  function question() {
    const query = new URLSearchParams({ ukuran: state.ukuran })
    for (const [name, value] of state.filter) if (value) query.append(name, value)
    return query
  }

  function writeState(push) {
    const query = question()
    for (const name of ['tingkat', 'wilayah', 'urut', 'semua']) if (state[name]) query.set(name, state[name])
    if (state.peta) query.set('peta', [state.peta.zoom, state.peta.lat, state.peta.lng].join('/'))
    const url = `${location.pathname}?${query}`.replaceAll('%2F', '/')
    if (push) history.pushState(null, '', url)
    else history.replaceState(null, '', url)
  }

  function fillForm() {
    form.elements.ukuran.value = state.ukuran
    for (const radio of form.querySelectorAll('[name="tingkat"]')) radio.checked = radio.value === state.tingkat
    for (const name of config.saringan) {
      const values = state.filter.filter(([key]) => key === name).map(([, value]) => value)
      for (const input of form.querySelectorAll(`[name="${name}"]`)) {
        if (input.type === 'checkbox' || input.type === 'radio') input.checked = values.includes(input.value)
        else if (input.multiple) for (const option of input.options) option.selected = values.includes(option.value)
        else input.value = values[0] ?? ''
      }
    }
  }

  function readForm() {
    const data = new FormData(form)
    state.ukuran = data.get('ukuran')
    state.tingkat = data.get('tingkat') || ''
    state.filter = config.saringan.flatMap((name) => data.getAll(name).map((value) => [name, value]))
  }

  // ---- what to show, and fetching it ----

  function wantedLevel() {
    if (state.tingkat) return state.tingkat
    const nearer = map.getZoom() - widest
    const byZoom = CLOSER.filter((step) => nearer >= step).length - 1
    return LEVELS[Math.min(2, Math.max(byZoom, 0) + LEVELS.indexOf(config.tingkat_atas))]
  }

  async function get(url) {
    const abort = new AbortController()
    const limit = setTimeout(() => abort.abort(), GIVE_UP)
    try {
      const response = await fetch(url, { signal: abort.signal })
      if (response.redirected) location.reload() // the session has ended: the log-in page comes, and back here after it
      if (!response.ok || response.redirected) throw new Error(`${response.status} ${url}`)
      return response
    } finally {
      clearTimeout(limit)
    }
  }

  function shape(of) {
    if (!shapes.has(of)) {
      const promise = get(config.batas[of]).then((response) => response.json())
      promise.catch(() => shapes.delete(of)) // a retry asks again
      shapes.set(of, promise)
    }
    return shapes.get(of)
  }

  async function show() {
    const turn = ++asked
    const wanted = wantedLevel()
    const query = question()
    query.set('tingkat', wanted)
    for (const name of ['urut', 'semua']) if (state[name]) query.set(name, state[name])
    const wait = setTimeout(() => { part('menunggu').hidden = false }, PATIENCE)
    root.setAttribute('aria-busy', 'true')
    try {
      const [answer, geometry, kabupaten] = await Promise.all([
        get(`${config.data}?${query}`).then((response) => response.json()),
        shape(wanted),
        shape('kabupaten_kota'),
      ])
      if (turn !== asked) return // a newer question is under way
      numbers = answer
      part('salah').hidden = true
      if (wanted !== level) draw(geometry, kabupaten, wanted)
      paint()
      fillPage()
    } catch {
      if (turn === asked) part('salah').hidden = false
    } finally {
      if (turn === asked) {
        root.removeAttribute('aria-busy')
        part('menunggu').hidden = true
      }
      clearTimeout(wait)
    }
  }

  function fillPage() {
    document.getElementById('peta-judul').textContent = numbers.judul
    document.getElementById('peta-keterangan').textContent = numbers.keterangan
    part('legenda').innerHTML = numbers.legenda
    part('tabel').innerHTML = numbers.tabel
    for (const name of ['gambar', 'legenda', 'tabel', 'panel']) part(name).dataset.ramp = numbers.ramp
    markRow()
  }

  async function showPanel(focus) {
    if (!state.wilayah) return
    const query = question()
    try {
      const response = await get(`${config.panel.replace('/0/', `/${state.wilayah}/`)}?${query}`)
      part('panel').innerHTML = await response.text()
      if (focus) part('panel').querySelector('h2')?.focus()
    } catch {
      part('panel').replaceChildren(sentence('Server tidak menjawab. Pilih wilayahnya sekali lagi.'))
    }
  }

  function sentence(text) {
    const p = document.createElement('p')
    p.className = 'kecil'
    p.textContent = text
    return p
  }

  // ---- drawing ----

  let lines = null
  let outline = null

  function draw(geometry, kabupaten, wanted) {
    areas?.remove()
    lines?.remove()
    byKode.clear()
    tip.remove()
    level = wanted
    canvas.dataset.tingkat = wanted
    areas = L.geoJSON(geometry, {
      style: { className: 'peta-area', weight: 0.6 },
      onEachFeature(feature, layer) {
        byKode.set(feature.id, layer)
        layer.on({
          mouseover: (event) => hint(feature.id, event.latlng),
          mousemove: (event) => tip.setLatLng(event.latlng),
          mouseout: () => tip.remove(),
          click: (event) => {
            hint(feature.id, event.latlng)
            choose(feature.id)
          },
        })
      },
    }).addTo(map)
    const traced = (pane) => L.geoJSON(kabupaten, { pane, interactive: false, style: { className: `peta-${pane}`, fill: false } })
    lines = L.layerGroup([traced('pantai'), traced('kabupaten')]).addTo(map)
    const svg = areas.getLayers()[0]?.getElement()?.ownerSVGElement
    if (svg) {
      svg.setAttribute('role', 'group')
      svg.setAttribute('aria-label', 'Wilayah di peta. Panah memindahkan pilihan, Enter membuka angkanya.')
      if (!svg.querySelector('#peta-arsir')) svg.prepend(hatch())
    }
    for (const [kode, layer] of byKode) {
      const path = layer.getElement()
      path.dataset.kode = kode
      path.setAttribute('role', 'button')
    }
    setStop()
    outlineChosen()
  }

  // one stop for Tab: the chosen area, else the one nearest to the middle of what is seen; arrows go on from there
  function setStop(kode = null) {
    const middle = map.getCenter()
    const far = (layer) => layer.getBounds().getCenter().distanceTo(middle)
    const seen = byKode.get(state.wilayah)
    const stop = byKode.get(kode) ?? (seen && map.getBounds().contains(seen.getBounds().getCenter())
      ? seen
      : [...byKode.values()].reduce((near, layer) => (far(layer) < far(near) ? layer : near)))
    for (const layer of byKode.values()) layer.getElement().setAttribute('tabindex', layer === stop ? '0' : '-1')
  }

  function hatch() {
    const defs = document.createElementNS(SVG, 'defs')
    const pattern = document.createElementNS(SVG, 'pattern')
    for (const [name, value] of Object.entries({ id: 'peta-arsir', width: 5, height: 5, patternUnits: 'userSpaceOnUse', patternTransform: 'rotate(45)' }))
      pattern.setAttribute(name, value)
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

  function paint() {
    for (const [kode, layer] of byKode) {
      const path = layer.getElement()
      const colour = numbers.wilayah[kode]?.warna ?? 0
      path.dataset.warna = colour
      // a pattern has to be named in the document itself, not in a style sheet
      path.setAttribute('fill', colour === 0 ? 'url(#peta-arsir)' : '')
      path.setAttribute('fill-opacity', '1')
      path.setAttribute('aria-label', words(kode).join(', '))
      path.setAttribute('aria-pressed', String(kode === state.wilayah))
    }
    nameKabupaten()
  }

  async function nameKabupaten() {
    const geometry = await shape('kabupaten_kota').catch(() => null)
    if (!geometry) return
    const texts = geometry.features
      .filter((feature) => numbers.kabupaten[feature.id])
      .map((feature) => ({ feature, lines: numbers.kabupaten[feature.id] }))
    map.getPane('nama').replaceChildren(placeLabels(map, texts, covered()))
  }

  // what lies over the map: no name belongs below it
  function covered() {
    const at = canvas.getBoundingClientRect()
    return [part('legenda'), canvas.querySelector('.leaflet-control-zoom')].map((element) => {
      const { left, right, top, bottom } = element.getBoundingClientRect()
      return { left: left - at.left, right: right - at.left, top: top - at.top, bottom: bottom - at.top }
    })
  }

  function hint(kode, latlng) {
    const [name, text, detail] = words(kode)
    if (!name) return
    const box = document.createElement('div')
    const bold = document.createElement('b')
    bold.textContent = name
    box.append(bold, ` · ${text}`)
    if (detail) box.append(document.createElement('br'), detail)
    tip.setContent(box).setLatLng(latlng).addTo(map)
  }

  function outlineChosen() {
    outline?.remove()
    outline = null
    const layer = byKode.get(state.wilayah)
    for (const [kode, area] of byKode) area.getElement()?.setAttribute('aria-pressed', String(kode === state.wilayah))
    if (!layer) return
    const twice = (name) => L.geoJSON(layer.feature, { pane: 'pilihan', interactive: false, style: { className: name, fill: false } })
    outline = L.layerGroup([twice('peta-pilih-tepi'), twice('peta-pilih')]).addTo(map)
  }

  function markRow() {
    for (const row of part('tabel').querySelectorAll('tr.kini')) row.classList.remove('kini')
    part('tabel').querySelector(`tr[data-kode="${CSS.escape(state.wilayah)}"]`)?.classList.add('kini')
  }

  // ---- choosing ----

  function choose(kode, { focus = false, go = false } = {}) {
    if (state.wilayah !== kode) {
      state.wilayah = kode
      writeState(true)
    }
    outlineChosen()
    markRow()
    if (go) goTo(kode)
    return showPanel(focus)
  }

  async function goTo(kode) {
    const of = LEVELS[{ 4: 0, 6: 1 }[kode.length] ?? 2]
    const geometry = await shape(of).catch(() => null)
    const feature = geometry?.features.find((item) => item.id === kode)
    if (!feature) return
    if (state.tingkat && state.tingkat !== of) {
      state.tingkat = ''
      fillForm()
    }
    const box = L.geoJSON(feature).getBounds()
    // near enough that "Ikut zum" shows the level of what was looked for
    const need = widest + CLOSER[Math.max(0, LEVELS.indexOf(of) - LEVELS.indexOf(config.tingkat_atas))]
    const zoom = Math.max(need, Math.min(map.getBoundsZoom(box.pad(1)), 12))
    map.setView(box.getCenter(), zoom, { animate: !calm })
  }

  canvas.addEventListener('keydown', (event) => {
    const kode = event.target.dataset?.kode
    if (!kode) return
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault()
      choose(kode, { focus: true })
    }
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key]
    if (!way) return
    event.preventDefault()
    const next = neighbour(kode, way)
    if (next) focusArea(next)
  })
  canvas.addEventListener('focusin', (event) => {
    const kode = event.target.dataset?.kode
    if (!kode) return
    hint(kode, byKode.get(kode).getBounds().getCenter())
  })
  canvas.addEventListener('focusout', () => tip.remove())

  function focusArea(kode) {
    const layer = byKode.get(kode)
    const path = layer.getElement()
    setStop(kode)
    const centre = layer.getBounds().getCenter()
    if (!map.getBounds().pad(-0.1).contains(centre)) map.panTo(centre, { animate: !calm })
    path.focus({ preventScroll: true })
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

  // ---- form, table, search ----

  form.addEventListener('submit', (event) => event.preventDefault())
  form.addEventListener('change', (event) => {
    if (!event.target.name) return
    readForm()
    writeState(true)
    show()
    showPanel()
  })
  part('tabel').addEventListener('click', (event) => {
    const link = event.target.closest('a[data-wilayah], a[data-urut], a[data-semua]')
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return
    event.preventDefault()
    if (link.dataset.urut) {
      state.urut = link.dataset.urut
      writeState(false)
      const kept = link.textContent.trim()
      show().then(() => {
        for (const head of part('tabel').querySelectorAll('a[data-urut]')) if (head.textContent.trim() === kept) head.focus()
      })
    } else if ('semua' in link.dataset) {
      const next = part('tabel').querySelectorAll('tbody tr').length
      state.semua = '1'
      writeState(false)
      show().then(() => part('tabel').querySelectorAll('tbody th a')[next]?.focus({ preventScroll: true }))
    } else {
      choose(link.dataset.wilayah, { focus: true, go: true })
      canvas.scrollIntoView({ block: 'nearest', behavior: calm ? 'auto' : 'smooth' })
    }
  })
  part('ulang').addEventListener('click', () => { show(); showPanel() })

  const box = root.querySelector('#peta-cari')
  const list = root.querySelector('#peta-cari-hasil')
  const news = root.querySelector('#peta-cari-kabar')
  let typed = 0
  let pause = null

  function closeList() {
    list.hidden = true
    box.setAttribute('aria-expanded', 'false')
    box.removeAttribute('aria-activedescendant')
  }

  async function search() {
    const turn = ++typed
    const text = box.value.trim()
    if (text.length < 2) return closeList()
    const answer = await get(`${config.cari}?${new URLSearchParams({ q: text })}`).then((response) => response.json()).catch(() => null)
    if (turn !== typed) return
    if (!answer) {
      news.textContent = 'Server tidak menjawab.'
      return closeList()
    }
    list.replaceChildren(...answer.hasil.map((found, place) => {
      const item = document.createElement('li')
      item.id = `peta-cari-${place}`
      item.setAttribute('role', 'option')
      item.setAttribute('aria-selected', 'false')
      item.dataset.kode = found.kode
      const name = document.createElement('span')
      name.textContent = found.nama_lengkap
      const where = document.createElement('span')
      where.className = 'kecil'
      where.textContent = found.jalur
      item.append(name, where)
      return item
    }))
    if (!answer.hasil.length) {
      const none = document.createElement('li')
      none.setAttribute('role', 'option')
      none.setAttribute('aria-disabled', 'true')
      none.className = 'kecil'
      none.textContent = `Tidak ada wilayah bernama "${text}".`
      list.append(none)
    }
    news.textContent = answer.hasil.length ? `${answer.hasil.length} wilayah cocok.` : 'Tidak ada yang cocok.'
    list.hidden = false
    box.setAttribute('aria-expanded', 'true')
  }

  function options() {
    return [...list.querySelectorAll('[data-kode]')]
  }

  function activate(place) {
    const items = options()
    const item = items[(place + items.length) % items.length]
    if (!item) return
    for (const other of items) other.setAttribute('aria-selected', String(other === item))
    item.scrollIntoView({ block: 'nearest' })
    box.setAttribute('aria-activedescendant', item.id)
  }

  function take(item) {
    box.value = item.firstChild.textContent
    closeList()
    choose(item.dataset.kode, { go: true })
  }

  box.addEventListener('input', () => {
    clearTimeout(pause)
    pause = setTimeout(search, 200)
  })
  box.addEventListener('keydown', (event) => {
    const items = options()
    const now = items.findIndex((item) => item.getAttribute('aria-selected') === 'true')
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault()
      if (!list.hidden) activate(event.key === 'ArrowDown' ? now + 1 : Math.max(now, 0) - 1)
    } else if (event.key === 'Enter') {
      event.preventDefault()
      const item = items[Math.max(now, 0)]
      if (item && !list.hidden) take(item)
    } else if (event.key === 'Escape') closeList()
  })
  box.addEventListener('blur', closeList)
  list.addEventListener('mousedown', (event) => event.preventDefault()) // keeps the focus in the box
  list.addEventListener('click', (event) => {
    const item = event.target.closest('[data-kode]')
    if (item) take(item)
  })

  // ---- life ----

  map.on('moveend', () => {
    const centre = map.getCenter()
    state.peta = { zoom: map.getZoom(), lat: +centre.lat.toFixed(4), lng: +centre.lng.toFixed(4) }
    writeState(false)
    if (wantedLevel() !== level) show()
    else {
      nameKabupaten()
      if (!canvas.contains(document.activeElement)) setStop()
    }
  })
  addEventListener('popstate', () => {
    state = readState()
    fillForm()
    if (state.peta) map.setView([state.peta.lat, state.peta.lng], state.peta.zoom, { animate: false })
    show()
    outlineChosen()
    if (state.wilayah) showPanel()
    else part('panel').replaceChildren(sentence('Pilih satu wilayah di peta atau di tabel untuk melihat angkanya di sini.'))
  })

  // a whole province leaves sea for the legend at the right; a kabupaten or kecamatan has to make room for it
  function fitPadding() {
    const edge = canvas.clientWidth > 600 ? 24 : 12
    const over = part('legenda').offsetTop < canvas.clientHeight && config.tingkat_atas !== LEVELS[0]
    return { paddingTopLeft: [edge, edge], paddingBottomRight: [over ? part('legenda').offsetWidth + 2 * edge : edge, edge] }
  }

  if (state.wilayah && !state.peta) goTo(state.wilayah)
  show()
}
