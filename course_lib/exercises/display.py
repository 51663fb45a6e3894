"""Show something in a notebook, or print it where there is none. Everything a learner wrote is escaped."""

import html
import re
import sys


def shell():
    """Return the running IPython shell, or None in plain Python."""
    ipython = sys.modules.get("IPython")
    return ipython.get_ipython() if ipython else None


def show(text, page=None):
    """Display `page` (HTML) with `text` as its plain form; outside a notebook print `text`."""
    if shell() is None:
        encoding = sys.stdout.encoding or "utf-8"
        print(text.encode(encoding, "replace").decode(encoding))  # a Windows console may lack our marks
        return
    from IPython.display import display

    display({"text/plain": text, "text/html": page or f"<p>{prose(text)}</p>"}, raw=True)


def escape(text):
    return html.escape(str(text))


def prose(text):
    """Escape a sentence and set what stands between `backticks` as code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text))


def paragraphs(text):
    """Turn plain text into HTML paragraphs, one a line."""
    return "".join(f"<p style='margin: 0.2em 0'>{prose(line)}</p>" for line in text.splitlines() if line.strip())


def code(text):
    """Turn source or numbers into an HTML block that keeps its spaces and wraps: no key is needed to read it all."""
    return (
        "<pre style='margin: 0.4em 0; padding: 0.4em 0.6em; "
        "white-space: pre-wrap; word-break: normal; overflow-wrap: anywhere; "
        f"background: var(--jp-layout-color2, rgba(128, 128, 128, 0.15))'>{escape(text)}</pre>"
    )


def box(head, body, colour):
    """A box with a coloured edge; the head says in words what the colour says."""
    return (
        f"<div role='status' style='border-left: 0.4em solid {colour}; padding: 0.3em 0.8em; margin: 0.3em 0'>"
        f"<p style='margin: 0.2em 0'><strong>{prose(head)}</strong></p>{body}</div>"
    )
