"""Pictures of every widget: light and dark, 320 and 1280 pixels wide, two pixels to the point."""

from PIL import Image

from tests.browser import keyboard
from tests.browser.labkit import mount, screenshot
from tests.browser.theme import set_theme
from tests.environment import SCREENSHOTS
from tests.widgets.cases import make_shown

WIDTHS = (320, 1280)


def take(browser, cls):
    """Save the pictures of one widget; return a sentence for everything that is wrong by keyboard or sticks out."""
    problems = []
    for width in WIDTHS:
        context = browser.new_context(viewport={"width": width, "height": 900}, device_scale_factor=2)
        page = mount(context.new_page(), make_shown(cls), width - 20)
        for dark in (False, True):
            set_theme(page, dark)
            page.wait_for_timeout(250)  # for the sentence below the picture
            screenshot(page.locator("#host"), f"trust {cls.__name__} {width} {'dark' if dark else 'light'}")
            stops, wrong = keyboard.walk(page)
            screenshot(page, f"trust {cls.__name__} {width} {'dark' if dark else 'light'} last focus")
            problems += [f"{width} {'dark' if dark else 'light'}: {text}" for text in wrong]
        problems += [f"{width}: {text}" for text in keyboard.operate(page, stops)]
        if page.evaluate("() => document.documentElement.scrollWidth > innerWidth"):
            problems.append(f"{width}: wider than the page")
        context.close()
    return problems


def contact_sheet(names, width, theme, columns, scale):
    """One picture of all widgets of one width and theme, to be looked at."""
    pictures = []
    for name in names:
        with Image.open(SCREENSHOTS / f"trust-{name}-{width}-{theme}.png") as picture:
            pictures.append(picture.convert("RGB").resize([round(side * scale) for side in picture.size]))
    wide, high = (max(side) + 8 for side in zip(*(p.size for p in pictures), strict=True))
    rows = -(-len(pictures) // columns)
    sheet = Image.new("RGB", (columns * wide, rows * high), "#888888")
    for k, picture in enumerate(pictures):
        sheet.paste(picture, (k % columns * wide, k // columns * high))
    path = SCREENSHOTS / f"trust sheet {width} {theme}.png"
    sheet.save(path)
    return path
