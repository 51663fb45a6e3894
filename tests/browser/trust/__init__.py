"""Every widget under load, and how long it takes from a key to pixels: `python -m tests.browser.trust`."""
