// Numbers in full: a button to copy each, and gone by themselves after a while, from the page and from memory.
export default function mount(root) {
  const news = root.querySelector('[data-bagian="kabar"]')
  for (const button of root.querySelectorAll('[data-bagian="salin"]')) {
    if (!navigator.clipboard) break // only over https: select and copy by hand
    button.hidden = false
    button.addEventListener('click', async () => {
      const number = button.parentElement.querySelector('[data-bagian="nilai"]')?.textContent ?? ''
      try {
        await navigator.clipboard.writeText(number)
        news.textContent = 'Nomor disalin. Tempelkan di tempat yang dituju, jangan disimpan.'
      } catch {
        news.textContent = 'Nomor tidak dapat disalin. Pilih lalu salin dengan tangan.'
      }
    })
  }
  const cover = () => {
    root.querySelector('.nomor-terbuka')?.remove()
    if (news) news.textContent = 'Nomor sudah ditutup kembali. Untuk melihatnya lagi, tulis alasannya sekali lagi.'
  }
  setTimeout(cover, Number(root.dataset.detik) * 1000)
  addEventListener('pagehide', cover, { once: true })
}
