"""A chapter as a learner finds it, nothing run: every stored picture is shown, and read out."""

from tests.browser.labkit import command, python, screenshot
from tests.notebooks.chapter import Chapter
from tests.notebooks.rules import SHORTEST_DESCRIPTION, Images

CHAPTER = "01_forward_propagation"
# JupyterLab fills a cell when it comes into view, so go through all of them, as a reader does, and give each picture
# three seconds to be there.
PICTURES = """async ([cells, patience]) => {
    const content = window.jupyterapp.shell.currentWidget.content, found = [];
    const isShown = img => {
        const { width, height } = img.getBoundingClientRect();
        return img.naturalWidth > 0 && width > 50 && height > 20 && img.checkVisibility({ visibilityProperty: true });
    };
    for (const i of cells) {
        const node = content.widgets[i].node, images = () => [...node.querySelectorAll('.jp-OutputArea img')];
        const end = performance.now() + patience;
        do {
            await content.scrollToItem(i, 'center');
            await new Promise(resolve => setTimeout(resolve, 50));
        } while (!(images().length && images().every(isShown)) && performance.now() < end);
        found.push(...images().map(img => ({ cell: i, shown: isShown(img), alt: img.getAttribute('alt') || '' })));
    }
    return found;
}"""


def stored_pictures(path):
    """The number of each cell with a picture in its stored outputs, once for each picture."""
    cells = Chapter.read(path).code
    return [
        i
        for i, cell in cells
        for o in cell.outputs
        for _ in Images(o.get("data", {}).get("text/html", "")).descriptions
    ]


def seen(page, cells, patience=3000):
    """The pictures of these cells that are shown and described, and those that are not, each by its cell."""
    pictures = page.evaluate(PICTURES, [sorted(set(cells)), patience])
    good = [p["cell"] for p in pictures if p["shown"] and len(p["alt"]) >= SHORTEST_DESCRIPTION]
    return good, [p for p in pictures if p["cell"] not in good]


def test_every_stored_picture_is_shown_and_described_before_the_first_run(open_chapter, lab):
    stored = stored_pictures(lab.root / "notebooks" / f"{CHAPTER}.ipynb")
    assert len(stored) >= 4
    page = open_chapter(CHAPTER)
    for theme in ("Light", "Dark"):
        command(page, "apputils:change-theme", {"theme": f"JupyterLab {theme}"})
        page.wait_for_function(f"() => document.body.dataset.jpThemeLight === '{str(theme == 'Light').lower()}'")
        good, bad = seen(page, stored)
        assert good == stored, bad
        seen(page, stored[:2])  # back to the first widget's still picture
        screenshot(page, f"chapter 1 unrun {theme.lower()}")
    assert python(page, "'nn' in globals()") == "False", "nothing was run"

    # each of these would have been noticed
    for cell, harm in zip(
        stored, ("alt = 'A curve.'", "src = 'data:image/png;base64,AA'", "style.visibility = 'hidden'"), strict=False
    ):
        index = f"window.jupyterapp.shell.currentWidget.content.widgets[{cell}]"
        seen(page, [cell])
        page.evaluate(f"() => {{ {index}.node.querySelector('.jp-OutputArea img').{harm}; }}")
        good, bad = seen(page, [cell], patience=300)
        assert good == [] and len(bad) == 1, harm
