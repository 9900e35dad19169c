// The page /peta/. Numbers, legends, table and panel come from the server as they are; this module keeps the
// state of the page in its URL, fetches, and tells one map or two (../peta-gambar.js) what to show.
import L from 'leaflet'
import '../styles/peta.css'
import { searchBox } from '../peta-cari.js'
import { createPicture, tie } from '../peta-gambar.js'

const LEVELS = ['kabupaten_kota', 'kecamatan', 'desa_kelurahan']
// from this many levels of zoom above "everything in view" on, "Ikut zum" shows kecamatan, then desa
const CLOSER = [0, 0.75, 1.75]
const PATIENCE = 300 // ms before a wait is worth a word
const GIVE_UP = 20000 // ms
const CHOICES = ['ukuran', 'banding', 'kelas'] // selects of the form, beside the filter

export default function mount(root) {
  const part = (name) => root.querySelector(`[data-bagian="${name}"]`)
  const config = JSON.parse(root.querySelector('#peta-config').textContent)
  const form = root.querySelector('form')
  const canvas = part('gambar')
  if (!canvas) return

  let state = readState()
  let numbers = null
  let asked = 0
  let second = null // the other map, from the first time two measures are compared
  const shapes = new Map() // level -> promise of GeoJSON
  const formShown = form.elements.ukuran.selectedOptions[0]?.dataset.bentuk ?? ''
  const calm = matchMedia('(prefers-reduced-motion: reduce)').matches

  const first = createPicture(canvas, {
    legend: part('legenda'),
    config,
    name: 'a',
    on: { choose: (kode, focus) => choose(kode, { focus }), hover: (kode, latlng) => { if (comparing()) second.hint(kode, latlng) } },
  })
  const map = first.map
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
      banding: query.get('banding') || '',
      kelas: query.get('kelas') || form.elements.kelas.value,
      tingkat: query.get('tingkat') || '',
      wilayah: query.get('wilayah') || '',
      urut: query.get('urut') || '',
      semua: query.get('semua') || '',
      peta: [zoom, lat, lng].every(Number.isFinite) && query.get('peta') ? { zoom, lat, lng } : null,
      filter: config.saringan.flatMap((name) => query.getAll(name).map((value) => [name, value])),
    }
  }

  function question() {
    const query = new URLSearchParams()
    for (const name of CHOICES) if (state[name]) query.set(name, state[name])
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
    for (const name of CHOICES) form.elements[name].value = state[name]
    for (const radio of form.querySelectorAll('[name="tingkat"]')) radio.checked = radio.value === state.tingkat
    for (const name of config.saringan) {
      const values = state.filter.filter(([key]) => key === name).map(([, value]) => value)
      for (const input of form.querySelectorAll(`[name="${name}"]`)) {
        if (input.type === 'checkbox' || input.type === 'radio') input.checked = values.includes(input.value)
        else if (input.multiple) for (const option of input.options) option.selected = values.includes(option.value)
        else input.value = values[0] ?? ''
      }
      // the boxes of its answers, before those are ticked
      if (name === 'indikator') form.elements.indikator.dispatchEvent(new CustomEvent('tawarkan'))
    }
  }

  function readForm() {
    const data = new FormData(form)
    for (const name of CHOICES) state[name] = data.get(name) || ''
    if (state.banding === state.ukuran) state.banding = ''
    state.tingkat = data.get('tingkat') || ''
    state.filter = config.saringan.flatMap((name) => data.getAll(name).map((value) => [name, value]))
  }

  /** Does the measure chosen now ask by another form than the one on the page? */
  function otherForm() {
    return (form.elements.ukuran.selectedOptions[0]?.dataset.bentuk ?? '') !== formShown
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
      fillPage()
      setBeside(Boolean(answer.banding))
      for (const [picture, own] of [[first, answer], [second, answer.banding]]) {
        if (!picture || !own) continue
        if (picture.level !== wanted) picture.draw(geometry, kabupaten, wanted)
        picture.choose(state.wilayah)
        picture.paint(own)
      }
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

  function comparing() {
    return Boolean(second && numbers?.banding)
  }

  // one map or two; the second one is made when it is first wanted, since a hidden map has no size
  function setBeside(two) {
    const kanvas = part('kanvas-banding')
    const changed = kanvas.hidden === two
    kanvas.hidden = !two
    part('hubungan').hidden = !two
    part('peta').toggleAttribute('data-banding', two)
    if (two && !second) {
      second = createPicture(part('gambar-banding'), {
        legend: part('legenda-banding'),
        config,
        name: 'b',
        on: { choose: (kode, focus) => choose(kode, { focus }), hover: first.hint },
      })
      second.map.setMinZoom(map.getMinZoom())
      second.map.setView(map.getCenter(), map.getZoom(), { animate: false })
      tie(map, second.map)
    }
    if (!changed) return
    const [centre, zoom, moved] = [map.getCenter(), map.getZoom(), state.peta]
    for (const picture of [first, second]) picture?.map.invalidateSize({ animate: false, pan: false })
    if (moved) map.setView(centre, zoom, { animate: false })
    else map.fitBounds(whole, { ...fitPadding(), animate: false })
  }

  function fillPage() {
    const title = numbers.banding ? `${numbers.judul} dan ${numbers.banding.judul}` : numbers.judul
    document.getElementById('peta-judul').textContent = title
    document.getElementById('peta-keterangan').textContent = [numbers.keterangan, numbers.banding?.keterangan].filter(Boolean).join(' ')
    document.getElementById('peta-kelas-keterangan').textContent = numbers.kelas_keterangan
    part('legenda').innerHTML = numbers.legenda
    part('legenda-banding').innerHTML = numbers.banding?.legenda ?? ''
    part('hubungan').innerHTML = numbers.hubungan
    part('tabel').innerHTML = numbers.tabel
    for (const name of ['legenda', 'tabel', 'panel']) part(name).dataset.ramp = numbers.ramp
    if (numbers.banding) part('legenda-banding').dataset.ramp = numbers.banding.ramp
    mark()
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

  // the chosen wilayah in the table and among the dots
  function mark() {
    for (const name of ['tabel', 'hubungan']) {
      for (const element of part(name).querySelectorAll('.kini')) element.classList.remove('kini')
      if (state.wilayah) part(name).querySelector(`[data-kode="${CSS.escape(state.wilayah)}"]`)?.classList.add('kini')
    }
  }

  // ---- choosing ----

  function choose(kode, { focus = false, go = false } = {}) {
    if (state.wilayah !== kode) {
      state.wilayah = kode
      writeState(true)
    }
    first.choose(kode)
    second?.choose(kode)
    mark()
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

  // ---- form, table, search ----

  form.addEventListener('submit', (event) => event.preventDefault())
  form.addEventListener('change', (event) => {
    if (!event.target.name) return
    readForm()
    fillForm()
    writeState(true)
    if (otherForm()) return location.reload()
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
  searchBox({
    box: root.querySelector('#peta-cari'),
    list: root.querySelector('#peta-cari-hasil'),
    news: root.querySelector('#peta-cari-kabar'),
    ask: async (text) => (await (await get(`${config.cari}?${new URLSearchParams({ q: text })}`)).json()).hasil,
    take: (kode) => choose(kode, { go: true }),
  })

  // ---- life ----

  map.on('moveend', () => {
    const centre = map.getCenter()
    state.peta = { zoom: map.getZoom(), lat: +centre.lat.toFixed(4), lng: +centre.lng.toFixed(4) }
    writeState(false)
    if (wantedLevel() !== first.level) show()
  })

  addEventListener('popstate', () => {
    state = readState()
    fillForm()
    if (otherForm()) return location.reload()
    if (state.peta) map.setView([state.peta.lat, state.peta.lng], state.peta.zoom, { animate: false })
    show()
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
