// The one entry of the office pages: styles, htmx, and the islands a page asks for by data-island="name".
import './styles/bootstrap.scss'
import './styles/main.css'
import htmx from 'htmx.org'
import openLikeMenu from './islands/lipat.js'
import { watchNetwork } from './jaringan.js'

Object.assign(htmx.config, {
  includeIndicatorStyles: false, // would be an inline style
  allowEval: false,
  allowScriptTags: false,
  historyCacheSize: 0, // pages hold people's data: none of it stays in the browser's storage
  refreshOnHistoryMiss: true,
  timeout: 20000,
  responseHandling: [
    { code: '204', swap: false },
    { code: '[23]..', swap: true },
    { code: '422', swap: true }, // the same form with its error sentences
    { code: '[45]..', swap: false, error: true },
  ],
})

document.addEventListener('htmx:configRequest', (event) => {
  const token = document.querySelector('meta[name="csrf-token"]')
  if (token) event.detail.headers['X-CSRFToken'] = token.content
})

// menus are on every page and answer at once; the other islands come when a page asks for them
const islands = {
  ...import.meta.glob(['./islands/*.js', '!./islands/lipat.js']),
  './islands/lipat.js': () => ({ default: openLikeMenu }),
}
const mounted = new WeakSet()

async function mount(element) {
  if (mounted.has(element)) return
  mounted.add(element)
  const load = islands[`./islands/${element.dataset.island}.js`]
  if (!load) throw new Error(`no island ${element.dataset.island}`)
  const island = await load()
  island.default(element)
}

function mountAll(root) {
  if (root.matches?.('[data-island]')) mount(root)
  root.querySelectorAll('[data-island]').forEach(mount)
}

htmx.onLoad(mountAll) // the page itself, and whatever is swapped in later
watchNetwork()
