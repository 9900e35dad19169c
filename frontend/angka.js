// Numbers and durations as the server writes them (sentral/templatetags/sentral_tags.py).
const oneDecimal = new Intl.NumberFormat('id-ID', { minimumFractionDigits: 1, maximumFractionDigits: 1 })
const whole = new Intl.NumberFormat('id-ID', { maximumFractionDigits: 0 })

export const number = (value) => whole.format(value)

export function fileSize(bytes) {
  let size = bytes
  for (const unit of ['byte', 'kB', 'MB']) {
    if (size < 1024) return `${unit === 'byte' ? whole.format(size) : oneDecimal.format(size)} ${unit}`
    size /= 1024
  }
  return `${oneDecimal.format(size)} GB`
}

export function about(seconds) {
  if (seconds < 5) return 'beberapa detik'
  if (seconds < 55) return `sekitar ${Math.ceil(seconds / 5) * 5} detik`
  if (seconds < 3300) return `sekitar ${Math.ceil(seconds / 60)} menit`
  return `sekitar ${oneDecimal.format(seconds / 3600)} jam`
}
