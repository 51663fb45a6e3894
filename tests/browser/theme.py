"""JupyterLab's colours on a bare page."""

# JupyterLab's own values of the colours that the shell reads.
LIGHT = """:root { --jp-ui-font-color1: rgba(0, 0, 0, 0.87); --jp-layout-color0: #fff; --jp-layout-color1: #fff;
  --jp-layout-color2: #eee; --jp-layout-color3: #bdbdbd; --jp-border-color0: #bdbdbd; --jp-border-color2: #e0e0e0;
  --jp-brand-color1: #1976d2; --jp-content-link-color: #1976d2; }
  body { background: #fff; color: rgba(0, 0, 0, 0.87); margin: 10px; }"""
DARK = """:root { --jp-ui-font-color1: #fff; --jp-layout-color0: #111; --jp-layout-color1: #212121;
  --jp-layout-color2: #424242; --jp-layout-color3: #616161; --jp-border-color0: #616161; --jp-border-color2: #424242;
  --jp-brand-color1: #42a5f5; --jp-content-link-color: #64b5f6; }
  body { background: #111; color: #fff; margin: 10px; }"""

# By evaluate: other ways leave listeners of Playwright's own in the page.
SET = """async css => {
    const style = document.getElementById('theme') || document.createElement('style');
    style.id = 'theme'; style.textContent = css;
    document.head.append(style);
    document.body.dataset.jpThemeName = css.includes('#111') ? 'dark' : 'light';
    await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
}"""


def set_theme(page, dark):
    """Give `page` the colours of JupyterLab's dark or light theme, and wait until its widgets are painted in them."""
    page.evaluate(SET, DARK if dark else LIGHT)
