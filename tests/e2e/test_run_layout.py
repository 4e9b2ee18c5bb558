"""The run page on a usual screen: room for the slide, the keyboard's way through it, the width of the chat."""

from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import find_renewal, wait_until_still

USUAL = {"width": 1440, "height": 900}
FIND_FOCUS = """() => {
  const focus = document.activeElement
  return ['.st-key-slide_form', '.st-key-run_footer', '.st-key-run_chat'].find(part => focus.closest(part)) ?? ''
}"""


def open_renewal(page: Page) -> None:
    page.set_viewport_size(USUAL)
    find_renewal(page).click()
    expect(page.locator(".st-key-slide_form")).to_be_visible()
    expect(page.locator(".st-key-chat_panel")).to_be_visible()
    wait_until_still(page)


def measure(part: Locator) -> dict[str, float]:
    box = part.bounding_box()
    assert box
    return dict(box)


def test_the_slide_has_room_and_its_progress_one_line(sign_in):
    page = sign_in("alice")
    open_renewal(page)
    assert measure(page.locator(".st-key-run_body"))["width"] >= 760
    steps = page.locator(".st-key-run-steps [role=radio]").all()
    assert len({round(measure(step)["y"]) for step in steps}) == 1
    footer = measure(page.locator(".st-key-run_footer"))
    assert USUAL["height"] - 24 <= footer["y"] + footer["height"] <= USUAL["height"]


def test_the_keyboard_begins_at_the_form_and_meets_next_before_the_chat(sign_in):
    page = sign_in("alice")
    open_renewal(page)
    page.locator(".st-key-run_footer button").last.click()
    page.wait_for_function(f"() => ({FIND_FOCUS})() === '.st-key-slide_form'")
    passed = []
    while ".st-key-run_chat" not in passed:
        page.keyboard.press("Tab")
        passed.append(page.evaluate(FIND_FOCUS))
        assert len(passed) < 200
    assert ".st-key-run_footer" in passed


def test_the_width_of_the_chat_is_dragged_and_kept(sign_in):
    page = sign_in("alice")
    open_renewal(page)
    chat, edge = page.locator(".st-key-run_chat"), page.get_by_role("separator", name="Width of the chat")
    before, place = measure(chat)["width"], measure(edge)
    page.mouse.move(place["x"] + 2, 300)
    page.mouse.down()
    page.mouse.move(place["x"] - 98, 300)
    page.mouse.up()
    wider = measure(chat)["width"]
    assert wider > before + 80
    edge.focus()
    page.keyboard.press("ArrowRight")
    narrower = measure(chat)["width"]
    assert narrower < wider
    page.reload()
    expect(page.locator(".st-key-chat_panel")).to_be_visible()
    wait_until_still(page)
    assert abs(measure(chat)["width"] - narrower) <= 2
