// The answers of the question chosen in a filter, as tick boxes: each question carries its own (SoalSelect in kpm/filters.py).
// Without this module the boxes come with the page after the form was sent.
export default function mount(select) {
  const boxes = select.form.querySelector('.pilihan-isian')
  if (!boxes) return
  const fieldset = boxes.closest('fieldset')

  function offer() {
    const chosen = select.selectedOptions[0]?.dataset.pilihan
    const answers = chosen ? JSON.parse(chosen) : []
    boxes.replaceChildren(...answers.map(([value, label], n) => box(value, label, n)))
    if (fieldset) fieldset.hidden = !answers.length
  }

  select.addEventListener('change', offer)
  select.addEventListener('tawarkan', offer) // the map has put an older choice back
  if (fieldset) fieldset.hidden = !boxes.children.length
}

function box(value, label, n) {
  const input = Object.assign(document.createElement('input'), { type: 'checkbox', name: 'jawaban', value, id: `id_jawaban_${n}` })
  const line = document.createElement('label')
  line.htmlFor = input.id
  line.append(input, ` ${label}`)
  return line
}
