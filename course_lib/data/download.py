"""Find a file of the catalogue: the folder COURSE_DATA, then the user's cache, then a download. Always sha256-checked.

A file that fails the check is never used and never stays in the cache. A download goes to a nameless temporary file
and reaches its place by one rename, so that an interrupted one leaves nothing and two at once do no harm.
"""

import contextlib
import errno
import hashlib
import os
import tempfile
import time
import zipfile
import zlib
from pathlib import Path
from urllib.parse import urlsplit

from course_lib.language import _

CONNECT_TIMEOUT = 6  # seconds until we give up reaching a server
READ_TIMEOUT = 30  # seconds without a byte until we give up waiting
USER_AGENT = "deep-learning-on-the-factory-floor (course; python-requests)"
LARGEST = 200_000_000  # bytes; nothing in the catalogue comes near
PART = ".part"


class DataUnavailable(RuntimeError):
    """Real data are neither on this computer nor to be had from the network; the message says what to do."""


def fetch(data_set, file=None, build=None):
    """Return the path of a checked file of `data_set` (its first, or the one named `file`).

    Where the addresses serve an archive that the file is made from, `build` makes it: a function from the open archive
    to (bytes, None), or (None, what is wrong).

    Raises DataUnavailable when it is not on this computer and cannot be downloaded.
    """
    file = next((f for f in data_set.files if file in (None, f.name)), None)
    if file is None:
        raise ValueError(_("the data set {name} has no such file").format(name=data_set.name))
    reasons = []
    for folder, told in _local_folders(data_set):
        path = folder / file.name
        problem = _problem_with(path, file)
        if problem is None:
            return path
        if path.exists():
            reasons.append(
                _("{file} in {folder} is not used: {problem}").format(file=file.name, folder=told, problem=problem)
            )

    folder = cache_folder() / data_set.folder
    told = _told(cache_folder(), "COURSE_CACHE", data_set.folder)
    if (folder / file.name).exists():
        with contextlib.suppress(OSError):  # a read-only cache keeps it, but it is never used
            (folder / file.name).unlink()
    try:
        return _download(data_set, file, folder, reasons, build)
    except OSError as error:
        reasons.append(_disk_problem(error, told))
    raise DataUnavailable(_unavailable(data_set, file, reasons, told, build))


def cache_folder():
    """Return the folder where downloads are kept: COURSE_CACHE, or the user's cache folder."""
    import platformdirs

    return Path(os.environ.get("COURSE_CACHE") or platformdirs.user_cache_dir("factory-floor-course", appauthor=False))


def _local_folders(data_set):
    """Folders to look in, in this order, each with the name we tell the learner (never a full path)."""
    if os.environ.get("COURSE_DATA"):
        root = Path(os.environ["COURSE_DATA"]).expanduser()
        yield root / data_set.folder, _told(root, "COURSE_DATA", data_set.folder)
        yield root, _told(root, "COURSE_DATA")
    yield cache_folder() / data_set.folder, _told(cache_folder(), "COURSE_CACHE", data_set.folder)


def _told(root, variable, *inside):
    """A folder's name without the user's: notebooks are shared, and their outputs with them."""
    if os.environ.get(variable):
        return os.sep.join((f"${variable}", *inside))
    with contextlib.suppress(ValueError):
        return os.sep.join(("~", *root.relative_to(Path.home()).parts, *inside))
    return os.sep.join((_("the user cache folder"), root.name, *inside))


def _problem_with(path, file):
    """None when the file at `path` is exactly the one of the catalogue, else a few words."""
    try:
        size = path.stat().st_size
        if file.arrays and size <= LARGEST and _same_arrays(path, file.arrays):
            return None
        if size != file.size:
            return _("it has {given} bytes where {needed} were expected").format(given=size, needed=file.size)
        with path.open("rb") as f:
            if hashlib.file_digest(f, "sha256").hexdigest() != file.sha256:
                return _("its sha256 differs, so it was edited or damaged")
    except OSError as error:
        return error.strerror or type(error).__name__
    return None


def _same_arrays(path, wanted):
    """True when the npz at `path` holds exactly these arrays; it is never unpickled."""
    import numpy as np

    try:
        with zipfile.ZipFile(path) as archive:  # a small file may swell to gigabytes
            if sum(member.file_size for member in archive.infolist()) > LARGEST:
                return False
        with np.load(path, allow_pickle=False) as found:
            return sorted(found.files) == sorted(name for name, _digest in wanted) and all(
                array_digest(found[name]) == digest for name, digest in wanted
            )
    except (ValueError, EOFError, KeyError, TypeError, AttributeError, MemoryError, zipfile.BadZipFile, zlib.error):
        return False  # no npz, or a damaged one


def array_digest(array):
    """The sha256 of an array's dtype, shape and content."""
    return hashlib.sha256(f"{array.dtype.str} {array.shape} ".encode() + array.tobytes()).hexdigest()


def _download(data_set, file, folder, reasons, build):
    """Try each address; put the checked content in `folder` by one rename. OSError means a problem with the disk."""
    if os.environ.get("COURSE_OFFLINE"):
        reasons.append(_("COURSE_OFFLINE is set, so no download was tried"))
        raise _NotDownloaded
    folder.mkdir(parents=True, exist_ok=True)
    _remove_stale_parts(folder)
    for address in file.addresses:
        host = urlsplit(address.url).netloc
        # A nameless file: when this process is killed, the operating system takes it away.
        with tempfile.TemporaryFile(dir=folder) as raw:
            problem = _get(address.url, raw)
            if problem is None:
                content, problem = build(raw) if build else _content(raw, address, file)
            if problem is None:
                _store_others(data_set, file, address, raw, folder)
                return _store(content, folder / file.name, file)
        reasons.append(_("{host}: {problem}").format(host=host, problem=problem))
    raise _NotDownloaded


class _NotDownloaded(OSError):
    """No address delivered; the reasons are already listed."""


def _get(url, out):
    """Write what `url` serves to the open file `out`; return None, or what went wrong in a few words."""
    import requests
    from pooch import HTTPDownloader
    from tqdm.auto import tqdm

    bar = tqdm(
        total=1, unit="B", unit_scale=True, unit_divisor=1000, leave=False, delay=0.5, desc=url.rsplit("/", 1)[-1][:40]
    )
    get = HTTPDownloader(  # requests reads HTTP_PROXY, HTTPS_PROXY, NO_PROXY and REQUESTS_CA_BUNDLE
        progressbar=bar, timeout=(CONNECT_TIMEOUT, READ_TIMEOUT), headers={"User-Agent": USER_AGENT}
    )
    try:
        get(url, _Limited(out, LARGEST), None)
    except _TooLarge:
        return _("it sent more than {limit} MB, which cannot be right").format(limit=LARGEST // 1_000_000)
    except requests.exceptions.ProxyError:
        return _("the proxy refused the connection; check HTTPS_PROXY and its user name and password")
    except requests.exceptions.SSLError:
        return _("its certificate could not be checked; behind a company proxy set REQUESTS_CA_BUNDLE")
    except requests.exceptions.HTTPError as error:
        code = error.response.status_code
        if code in (401, 403, 407):
            return _("access denied (HTTP {code}); often a company proxy or firewall").format(code=code)
        return _("the server answered HTTP {code}").format(code=code)
    except requests.exceptions.Timeout:
        return _("no answer in time")
    except (requests.exceptions.ChunkedEncodingError, requests.exceptions.ContentDecodingError):
        return _("the connection broke before the file was complete")
    except requests.exceptions.ConnectionError:
        return _("no connection; is this computer offline?")
    except requests.exceptions.RequestException as error:
        return _("the download failed ({kind})").format(kind=type(error).__name__)
    finally:
        bar.close()
    return None


class _TooLarge(Exception):
    pass


class _Limited:
    """An open file that refuses to grow beyond a limit."""

    def __init__(self, file, limit):
        self.file, self.left = file, limit

    def write(self, chunk):
        self.left -= len(chunk)
        if self.left < 0:
            raise _TooLarge
        return self.file.write(chunk)

    def flush(self):
        self.file.flush()


def _content(raw, address, file):
    """Return (bytes, None) when the download holds exactly the wanted content, else (None, what is wrong)."""
    raw.seek(0)
    try:
        if address.member is None:
            content = raw.read(file.size + 1)
        else:
            # Read one named member into memory, never more than its known size: nothing is unpacked to the disk,
            # so a name such as ../../x and an archive that swells to gigabytes are both harmless.
            with contextlib.ExitStack() as opened:
                archive = opened.enter_context(zipfile.ZipFile(raw))
                if address.inside:  # an archive in the archive: read where it lies
                    if archive.getinfo(address.inside).file_size > LARGEST:
                        return None, _("what it sent is no whole zip archive")
                    inner = opened.enter_context(archive.open(address.inside))
                    archive = opened.enter_context(zipfile.ZipFile(inner))
                content = opened.enter_context(archive.open(address.member)).read(file.size + 1)
    except KeyError as error:  # its text is "There is no item named ... in the archive"
        absent = address.inside if address.inside and address.inside in str(error) else address.member
        return None, _("the archive holds no file {member}").format(member=absent)
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, zlib.error):
        return None, _("what it sent is no whole zip archive")
    if len(content) != file.size or hashlib.sha256(content).hexdigest() != file.sha256:
        return None, _("what it sent is not the expected file (its sha256 differs)")
    return content, None


def _store(content, path, file):
    """Write `content` beside `path` and rename it; both of two processes at once end with the whole file."""
    handle, part = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=PART)
    try:
        with os.fdopen(handle, "wb") as f:
            f.write(content)
            f.flush()
            os.fsync(f.fileno())
        os.chmod(part, 0o644)
        try:
            os.replace(part, path)
        except PermissionError:  # Windows: another process has just put it there and is reading it
            if _problem_with(path, file) is not None:
                raise
        return path
    finally:
        with contextlib.suppress(OSError):
            os.unlink(part)


def _store_others(data_set, file, address, raw, folder):
    """Keep the other files of the data set that the same archive holds: one download is enough."""
    for other in data_set.files:
        same = [a for a in other.addresses if a.member and a.url == address.url]
        if same and other is not file and _problem_with(folder / other.name, other) is not None:
            content, problem = _content(raw, same[0], other)
            if problem is None:
                _store(content, folder / other.name, other)


def _remove_stale_parts(folder, older_than=3600):
    """Take away what a process left that was killed between writing and renaming, an hour ago or more."""
    for part in folder.glob(f".*{PART}"):
        with contextlib.suppress(OSError):
            if time.time() - part.stat().st_mtime > older_than:
                part.unlink()


def _disk_problem(error, told):
    if isinstance(error, _NotDownloaded):
        return None
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return _("the disk is full: nothing could be written to {folder}; make room or set COURSE_CACHE").format(
            folder=told
        )
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return _("{folder} cannot be written to; set COURSE_CACHE to a folder of your own").format(folder=told)
    return _("nothing could be written to {folder} ({problem}); set COURSE_CACHE to another folder").format(
        folder=told, problem=error.strerror or type(error).__name__
    )


def _unavailable(data_set, file, reasons, told, build=None):
    """The one message: what happened, the address, where to put the file by hand, and that the chapter goes on."""
    address = file.addresses[0]
    steps = _("open {url} in a browser and put {member} into the folder {folder}")
    if address.member:
        steps = _("open {url} in a browser, take {member} out of the archive and put it into the folder {folder}")
    if address.inside:
        steps = _(
            "open {url} in a browser, take {inside} out of the archive and {member} out of that one, and put it into "
            "the folder {folder}"
        )
    if build:
        steps = _("copy {member} from a computer that has it into the folder {folder}, or try again where {url} opens")
    return "\n".join(
        (
            _("The data set '{title}' is not available on this computer.").format(title=data_set.title),
            *(f"  - {reason}" for reason in dict.fromkeys(reasons) if reason),
            _("By hand: {steps}.").format(
                steps=steps.format(
                    url=address.url, inside=address.inside, member=address.member or file.name, folder=told
                )
            ),
            _("Without it the chapter goes on with simulated data."),
        )
    )
