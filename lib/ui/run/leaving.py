"""What is typed into a field is kept when the field is left; closing or reloading the page does not leave it.

So the field is left for whoever closes the page with words in it that are not kept: the browser then asks whether to
go, and meanwhile they are kept. A tab put in the background leaves its field as well. The script is a constant.
"""

from lib.ui.forms import FORM_KEY

SCRIPT = f"""
if (!window.zenLeaving) {{
  window.zenLeaving = true
  let began = null
  const field = () => document.activeElement?.closest('.st-key-{FORM_KEY} :is(textarea, input)')
  const isTyped = () => began !== null && field() && field().value !== began
  addEventListener('focusin', () => {{ began = field()?.value ?? null }})
  addEventListener('keydown', event => {{
    const isKept = event.key === 'Enter' && (event.ctrlKey || event.metaKey)
    if (isKept) setTimeout(() => {{ began = field()?.value ?? null }})
  }})
  addEventListener('visibilitychange', () => {{ if (document.hidden && isTyped()) field().blur() }})
  addEventListener('beforeunload', event => {{ if (isTyped()) {{ field().blur(); event.preventDefault() }} }})
}}
"""
