// Says so when the server does not answer. The page and what was typed stay as they are.
export function watchNetwork() {
  const banner = document.querySelector('[data-bagian="jaringan"]')
  if (!banner) return
  const show = (event) => {
    // an island that asks again by itself speaks for itself
    if (event.detail?.elt?.closest('[data-island="progress"]')) return
    if (event.type === 'htmx:responseError' && event.detail.xhr.status < 500) return
    banner.hidden = false
  }
  for (const name of ['htmx:sendError', 'htmx:timeout', 'htmx:responseError']) document.addEventListener(name, show)
  document.addEventListener('htmx:afterOnLoad', () => { banner.hidden = true })
  banner.querySelector('button')?.addEventListener('click', () => { banner.hidden = true })
}
