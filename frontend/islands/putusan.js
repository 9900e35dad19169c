// A pair that somebody decides: letters press the buttons that carry them, and the pair stays his while the page is open.
// <div data-island="putusan" data-pegang="…" data-lepas="…">…<button data-tombol="y">Sama</button></div>
// The letters can be switched off, for who speaks to his computer or presses keys by accident. Without script the
// buttons do the same, and a pair is free again after some minutes.
const SETIAP = 60_000
const SIMPAN = 'sentral-tombol-huruf'

export default function mount(root) {
  let sent = false
  root.addEventListener('submit', (event) => {
    if (sent) event.preventDefault()
    sent = true
  })
  keys(root, () => sent)
  keep(root, () => sent)
  addEventListener('pageshow', (event) => {
    if (event.persisted) location.reload() // the way back shows what is true now, and takes the pair again
  })
}

function keys(root, isSent) {
  const box = root.querySelector('[data-bagian="pakai-tombol"]')
  const tick = box?.querySelector('input')
  let on = localStorage.getItem(SIMPAN) !== 'mati'
  if (box) {
    box.hidden = false
    tick.checked = on
    tick.addEventListener('change', () => {
      on = tick.checked
      localStorage.setItem(SIMPAN, on ? 'hidup' : 'mati')
    })
  }
  document.addEventListener('keydown', (event) => {
    if (!on || isSent() || event.repeat || event.ctrlKey || event.metaKey || event.altKey) return
    if (event.target.closest('textarea, select, [contenteditable], input:not([type="checkbox"])')) return
    if (document.querySelector('dialog[open]')) return
    const button = root.querySelector(`[data-tombol="${CSS.escape(event.key.toLowerCase())}"]`)
    if (!button) return
    event.preventDefault()
    button.click()
  })
}

function keep(root, isSent) {
  const { pegang, lepas } = root.dataset
  if (!pegang) return
  const token = root.querySelector('[name="csrfmiddlewaretoken"]').value
  const again = setInterval(async () => {
    const answer = await fetch(pegang, { method: 'POST', headers: { 'X-CSRFToken': token } }).catch(() => null)
    if (answer?.status !== 409) return
    clearInterval(again)
    tell(root, (await answer.json()).kata)
  }, SETIAP)
  addEventListener('pagehide', () => {
    if (isSent()) return
    navigator.sendBeacon(lepas, new URLSearchParams({ csrfmiddlewaretoken: token }))
  })
}

function tell(root, words) {
  const banner = root.querySelector('[data-bagian="direbut"]')
  banner.querySelector('p').textContent = words
  banner.hidden = false
  root.querySelector('[data-bagian="putuskan"]')?.remove()
}
