// An upload form with a drop zone: refuses a wrong file before it is sent, shows what has gone and what is left.
// Without script it is an ordinary form. The view answers 201 {"url"} or 422 {"pesan"}.
import { about, fileSize } from '../angka.js'

const NO_ANSWER = 'Server tidak menjawab. Berkas dan isian Anda masih ada di halaman ini. Coba kirim lagi.'
const STALLED = 20000 // ms without a byte moving

export default function mount(form) {
  const part = (name) => form.querySelector(`[data-bagian="${name}"]`)
  const zone = part('jatuh')
  const input = zone.querySelector('input[type="file"]')
  const button = part('kirim')
  const kinds = (form.dataset.jenis || '').split(',').filter(Boolean)
  const limit = Number(form.dataset.batas) || Infinity
  let request = null
  let watch = null

  form.dataset.siap = ''
  button.disabled = true
  part('tunggu').textContent = 'Tersedia setelah berkas dipilih.'

  const say = (text) => { part('kabar').textContent = text }
  function complain(text) {
    part('pesan').textContent = text
    part('salah').hidden = !text
    zone.classList.toggle('salah-jenis', Boolean(text))
  }

  function fault(file) {
    const name = file.name.toLowerCase()
    if (kinds.length && !kinds.some((kind) => name.endsWith(kind))) {
      const list = kinds.map((kind) => kind.slice(1).toUpperCase()).join(', ')
      return `Berkas ${file.name} tidak dapat dibaca di sini. Pilih berkas ${list}.`
    }
    if (file.size === 0) return `Berkas ${file.name} kosong. Periksa isinya, lalu pilih lagi.`
    if (file.size > limit) return `Berkas ${file.name} berukuran ${fileSize(file.size)}, paling besar ${fileSize(limit)}. Bagi menjadi dua berkas.`
    return ''
  }

  const weight = () => [...input.files].reduce((sum, file) => sum + file.size, 0)

  function choose() {
    const files = [...input.files]
    const wrong = files.map(fault).find(Boolean) || ''
    complain(wrong)
    if (wrong) input.value = ''
    const good = files.length > 0 && !wrong
    part('berkas').hidden = !good
    part('batang').hidden = true
    button.disabled = !good
    part('tunggu').textContent = good ? '' : 'Tersedia setelah berkas dipilih.'
    if (!good) return
    part('nama').textContent = files.map((file) => file.name).join(', ')
    part('ukuran').textContent = fileSize(weight())
    part('buang').textContent = 'Ganti berkas'
    say('Siap dikirim.')
  }

  function rest() {
    clearInterval(watch)
    request = null
    button.disabled = false
    input.disabled = false
    part('batang').hidden = true
    part('tunggu').textContent = ''
    part('buang').textContent = 'Ganti berkas'
    part('ukuran').textContent = input.files[0] ? fileSize(weight()) : ''
    say(input.files[0] ? 'Belum terkirim.' : '')
  }

  function fail(text) {
    rest()
    complain(text)
    part('salah').scrollIntoView({ block: 'nearest' })
  }

  function send() {
    const data = new FormData(form) // before the input is disabled, or the file is left out
    const total = weight()
    const begun = performance.now()
    let moved = begun
    request = new XMLHttpRequest()
    request.open('POST', form.action || location.href)
    request.setRequestHeader('Accept', 'application/json')
    request.setRequestHeader('X-Requested-With', 'XMLHttpRequest')
    request.responseType = 'json'
    request.upload.addEventListener('progress', (event) => {
      moved = performance.now()
      const share = event.total ? event.loaded / event.total : 0
      const seconds = (moved - begun) / 1000
      part('batang').value = share * 100
      part('ukuran').textContent = `${fileSize(Math.min(event.loaded, total))} dari ${fileSize(total)}`
      if (share >= 1) say('Terkirim. Server sedang menyimpan berkas.')
      else if (seconds > 1.5) say(`Sedang dikirim, sisa ${about((seconds / share) * (1 - share))}.`)
    })
    request.addEventListener('load', () => {
      const answer = request.response || {}
      if (request.status === 201 && answer.url) {
        say('Terkirim.')
        location.assign(answer.url)
      } else if (answer.pesan) fail(answer.pesan)
      else if (request.status === 403) fail('Halaman ini sudah lama terbuka atau Anda sudah keluar. Muat ulang halaman, lalu kirim lagi.')
      else if (request.status === 413) fail(`Berkas ini terlalu besar untuk server. Paling besar ${fileSize(limit)}.`)
      else fail(NO_ANSWER)
    })
    request.addEventListener('error', () => fail(NO_ANSWER))
    request.addEventListener('abort', () => { rest(); say('Pengiriman dibatalkan. Berkas belum terkirim.') })
    watch = setInterval(() => {
      if (performance.now() - moved > STALLED && part('batang').value < 100) say('Jaringan sedang lambat. Pengiriman menunggu, jangan tutup halaman ini.')
    }, 2000)

    complain('')
    part('batang').hidden = false
    part('batang').value = 0
    part('buang').textContent = 'Batalkan'
    part('tunggu').textContent = 'Halaman berikutnya terbuka sendiri setelah berkas terkirim.'
    say('Sedang dikirim.')
    button.disabled = true
    request.send(data)
    input.disabled = true
  }

  input.addEventListener('change', choose)
  part('buang').addEventListener('click', () => {
    if (request) return request.abort()
    input.value = ''
    choose()
    input.click()
  })
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    const missing = [...form.elements].find((element) => element !== input && !element.checkValidity())
    if (missing) missing.reportValidity()
    else if (!request && input.files[0]) send()
  })

  for (const name of ['dragenter', 'dragover']) {
    zone.addEventListener(name, (event) => {
      event.preventDefault()
      if (!request) zone.classList.add('di-atas')
    })
  }
  for (const name of ['dragleave', 'drop']) zone.addEventListener(name, () => zone.classList.remove('di-atas'))
  zone.addEventListener('drop', (event) => {
    event.preventDefault()
    if (request || !event.dataTransfer.files.length) return
    if (event.dataTransfer.files.length > 1 && !input.multiple) return complain('Letakkan satu berkas saja.')
    input.files = event.dataTransfer.files
    choose()
  })
  // a file dropped beside the zone must not replace the page
  for (const name of ['dragover', 'drop']) document.addEventListener(name, (event) => event.preventDefault())
  addEventListener('beforeunload', (event) => { if (request && request.readyState < 4) event.preventDefault() })

  if (input.files[0]) choose()
}
