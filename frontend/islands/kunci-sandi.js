// A passkey is made (data-cara="buat"), shown ("pakai") or shown instead of name and password ("masuk").
// <form data-island="kunci-sandi" data-cara="pakai" data-pilihan="id of the json_script"> with the hidden input
// `credential`, the button data-bagian="tekan" and parts/passkey_error.html. "masuk" fetches its options from the
// form's own address, so that a log-in page nobody uses costs no challenge.
const SENTENCES = {
  NotAllowedError: 'Dibatalkan, atau terlalu lama ditunggu. Tekan tombolnya sekali lagi.',
  InvalidStateError: 'Perangkat ini sudah terdaftar sebagai kunci sandi Anda.',
  NotSupportedError: 'Perangkat ini tidak dapat membuat kunci sandi seperti itu. Coba tanpa “Boleh masuk dengan kunci ini saja”.',
  SecurityError: 'Kunci sandi hanya berfungsi di alamat resmi SENTRAL yang memakai https.',
}

export default function mount(form) {
  const button = form.querySelector('[data-bagian="tekan"]')
  if (!window.PublicKeyCredential) {
    if (form.dataset.cara === 'buat') say(form, 'Peramban ini belum mendukung kunci sandi. Perbarui peramban, atau pakai aplikasi autentikator.')
    else form.hidden = true
    return
  }
  button.hidden = false
  button.addEventListener('click', async () => {
    say(form, '')
    button.disabled = true
    try {
      const credential = await ceremony(form)
      form.elements.credential.value = JSON.stringify(toJson(credential))
      form.submit()
    } catch (error) {
      say(form, SENTENCES[error.name] ?? 'Kunci sandi belum dapat dipakai. Coba lagi, atau pakai cara lain.')
      button.disabled = false
    }
  })
}

async function ceremony(form) {
  const { cara } = form.dataset
  if (cara === 'buat') return navigator.credentials.create({ publicKey: creation(form) })
  const options = cara === 'masuk' ? await fetched(form.action) : onPage(form)
  return navigator.credentials.get({ publicKey: request(options.request_options.publicKey) })
}

async function fetched(address) {
  const answer = await fetch(address, { headers: { Accept: 'application/json' } })
  if (!answer.ok) throw new Error(`options: ${answer.status}`)
  return answer.json()
}

const onPage = (form) => JSON.parse(document.getElementById(form.dataset.pilihan).textContent)

function creation(form) {
  const given = onPage(form).creation_options.publicKey
  const alone = form.elements.passwordless?.checked ?? false
  return {
    ...given,
    challenge: toBytes(given.challenge),
    user: { ...given.user, id: toBytes(given.user.id) },
    excludeCredentials: given.excludeCredentials?.map(named),
    authenticatorSelection: {
      ...given.authenticatorSelection,
      residentKey: alone ? 'required' : 'discouraged',
      requireResidentKey: alone,
      ...(alone ? { userVerification: 'required' } : {}),
    },
  }
}

function request(given) {
  return { ...given, challenge: toBytes(given.challenge), allowCredentials: given.allowCredentials?.map(named) }
}

const named = (credential) => ({ ...credential, id: toBytes(credential.id) })

// phones of before 2025 do not know credential.toJSON()
function toJson(credential) {
  const response = {}
  for (const part of ['clientDataJSON', 'attestationObject', 'authenticatorData', 'signature', 'userHandle']) {
    if (credential.response[part]) response[part] = toText(credential.response[part])
  }
  if (credential.response.getTransports) response.transports = credential.response.getTransports()
  return {
    id: credential.id,
    rawId: toText(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment ?? undefined,
    response,
    clientExtensionResults: credential.getClientExtensionResults(),
  }
}

function toBytes(text) {
  const plain = atob(text.replace(/-/g, '+').replace(/_/g, '/'))
  return Uint8Array.from(plain, (character) => character.charCodeAt(0))
}

function toText(buffer) {
  const plain = String.fromCharCode(...new Uint8Array(buffer))
  return btoa(plain).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '')
}

function say(form, sentence) {
  const banner = form.querySelector('[data-bagian="galat"]')
  banner.querySelector('p').textContent = sentence
  banner.hidden = !sentence
}
