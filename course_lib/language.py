"""Every string a learner sees passes through `_`, so that a translation needs no change in the code.

The language is taken from `COURSE_LANGUAGE`, then from the usual `LANGUAGE`, `LC_ALL`, `LC_MESSAGES`, `LANG`.
Catalogues live in `course_lib/locale/<language>/LC_MESSAGES/course_lib.mo`; where there is none, English is shown.
"""

import functools
import gettext
import os
from pathlib import Path

LOCALE = Path(__file__).parent / "locale"


@functools.cache
def _translation(language):
    languages = [language] if language else None  # None: gettext reads LANGUAGE, LC_ALL, ...
    return gettext.translation("course_lib", LOCALE, languages, fallback=True)


def _(text):
    """Return `text` in the learner's language, or unchanged where it has no translation."""
    return _translation(os.environ.get("COURSE_LANGUAGE")).gettext(text)
