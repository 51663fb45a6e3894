"""Take the picture of the neuron bench that stands in the README.

    python -m tests.browser.readme_picture

It is the widget itself in a browser, in a state in which its goal is reached.
"""

from playwright.sync_api import sync_playwright

from course_lib.widgets import NeuronBench
from tests.browser.labkit import CHROME_FLAGS, find_browser, mount
from tests.environment import NOTEBOOKS

PICTURE = NOTEBOOKS / "images" / "neuron_bench.png"


def main():
    widget = NeuronBench(w1=1.8, w2=1.9, b=-0.1, probe_x1=-1.2, probe_x2=0.9)
    if not widget.goal_reached:
        raise SystemExit("The neuron bench does not reach its goal in this state: choose another one.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser(), args=list(CHROME_FLAGS))
        page = browser.new_page(viewport={"width": 900, "height": 620}, device_scale_factor=1.5)
        mount(page, widget, width=860)
        page.wait_for_timeout(500)
        PICTURE.parent.mkdir(exist_ok=True)
        page.locator(".cw").screenshot(path=str(PICTURE))
        browser.close()
    print(f"{PICTURE.name}: {PICTURE.stat().st_size // 1024} kB")


if __name__ == "__main__":
    main()
