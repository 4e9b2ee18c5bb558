"""What is typed into a field is kept when the field is left; closing or reloading the page does not leave it.

So the field is left for whoever closes the page with words in it that are not kept: the browser then asks whether to
go, and meanwhile they are kept. A tab put in the background leaves its field as well. Should the server not have been
reached in time, the tab still has the words: they are put into the same field of the page that comes next, unless
that shows something else than what was there when they were typed. Signing out clears them. The script is a constant.
"""

from lib.ui.forms import FORM_KEY

FIELD_SELECTOR = f".st-key-{FORM_KEY} :is(textarea, input)"
UNSAVED_CHANGES_SCRIPT = f"""
if (!window.zenLeaving) {{
  window.zenLeaving = true
  const place = 'zen-words'
  let began = null
  const field = () => document.activeElement?.closest('{FIELD_SELECTOR}')
  const isTyped = () => began !== null && field() && field().value !== began
  const leave = event => {{
    sessionStorage.removeItem(place)
    if (!isTyped()) return
    const {{ ariaLabel, value }} = field()
    sessionStorage.setItem(place, JSON.stringify({{ page: location.href, ariaLabel, began, value }}))
    field().blur()
    event.preventDefault()
  }}
  const type = (element, value) => {{
    element.focus()
    Object.getOwnPropertyDescriptor(Object.getPrototypeOf(element), 'value').set.call(element, value)
    element.dispatchEvent(new Event('input', {{ bubbles: true }}))
    setTimeout(() => element.blur())
  }}
  const comeBack = () => {{
    const words = JSON.parse(sessionStorage.getItem(place))
    sessionStorage.removeItem(place)
    if (words?.page !== location.href) return
    const stop = () => clearInterval(looking)
    const looking = setInterval(() => {{
      const element = [...document.querySelectorAll('{FIELD_SELECTOR}')].find(each => each.ariaLabel === words.ariaLabel)
      if (element?.value !== words.began || field()) return
      stop()
      type(element, words.value)
    }}, 100)
    setTimeout(stop, 20000)
  }}
  addEventListener('focusin', () => {{ began = field()?.value ?? null }})
  addEventListener('keydown', event => {{
    const isKept = event.key === 'Enter' && (event.ctrlKey || event.metaKey)
    if (isKept) setTimeout(() => {{ began = field()?.value ?? null }})
  }})
  addEventListener('visibilitychange', () => {{ if (document.hidden && isTyped()) field().blur() }})
  addEventListener('beforeunload', leave)
  comeBack()
}}
"""
