"""Circuit-board defects, 28 x 28: crops of real boards (DeepPCB), and simple simulated boards with the same classes.

S. Tang, F. He, X. Huang, J. Yang, "Online PCB Defect Detector On A New PCB Defect Dataset", arXiv:1902.06197, 2019.
Copper is black (0) and the bare board is white (1), as in the original images.
"""

import io
import zipfile
import zlib

import numpy as np

from course_lib.data.catalogue import BOARD_ARRAYS, BOARDS
from course_lib.data.download import array_digest, fetch
from course_lib.data.images import Images
from course_lib.language import _
from course_lib.nn.checks import generator, whole

BOARD_CLASSES = ("ok", "open", "short", "mousebite", "spur", "copper", "pin-hole")
WINDOW = 56  # pixels of the original; 2 x 2 of them make one of ours
BOARD = 640  # pixels, both sides of an original image
GREY = np.array([0, 64, 128, 191, 255], dtype=np.uint8)  # for 0 to 4 white pixels of 2 x 2
LARGEST_MEMBER = 2_000_000  # bytes; the images have about 50,000
MOST_CROPS = 20_000  # of one part; the larger one has 7,861


def load_boards():
    """Return (train, test) as Images of real boards, 7,861 and 3,638 crops; the group is the source image.

    Found in COURSE_DATA or the cache, else made from the archive of the original repository (127.8 MB, once). Split a
    validation part off `train` with `split_by_group`, never crop by crop: crops of one image overlap. Test images have
    groups of their own. Raises DataUnavailable without the data and without a network.
    """
    with np.load(fetch(BOARDS, build=build_boards), allow_pickle=False) as arrays:
        parts = [
            _images(arrays[f"x_{part}"], arrays[f"y_{part}"], arrays[f"image_{part}"].astype(int) + first, "real")
            for part, first in (("train", 0), ("test", 1000))  # 1,000 images in train, so no number is used twice
        ]
    return tuple(parts)


def _images(x, y, groups, source):
    pixels = x[..., None].astype(np.float32)
    pixels /= 255
    return Images(pixels, y.astype(np.int64), tuple(map(_, BOARD_CLASSES)), groups, source, _("board image"))


def build_boards(raw):
    """Return (npz bytes, None) made from the open archive `raw`, or (None, what is wrong with it in a few words).

    The crop rule: for each box of the lists trainval.txt and test.txt take the 56 x 56 window of the tested image
    around the middle of the box, moved inside the image; white is 128 and more; 2 x 2 pixels become their mean. Each
    image also gives one window without a defect, if it has any (`ok_window`). Nothing is unpacked to the disk.
    """
    try:
        with zipfile.ZipFile(raw) as archive:
            arrays = crops_of(archive)
    except KeyError as error:  # its text is "There is no item named ... in the archive"
        return None, _("the archive is not complete: {problem}").format(problem=error.args[0])
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, zlib.error):
        return None, _("what it sent is no whole zip archive")
    except (ValueError, OverflowError, OSError, SyntaxError) as error:  # a broken list or image
        return None, _("a file in the archive is damaged ({problem})").format(problem=error)
    for name, digest in BOARD_ARRAYS:
        if array_digest(arrays[name]) != digest:
            return None, _(
                "the crops made from it are not the expected ones ('{name}' differs): the archive was altered, or this "
                "computer decodes JPEG differently; then copy deeppcb28.npz from another computer"
            ).format(name=name)
    out = io.BytesIO()
    np.savez_compressed(out, **arrays)
    return out.getvalue(), None


def crops_of(archive):
    """Return the dictionary of arrays that the crop rule makes of an open zip `archive` of the repository."""
    base = next((n for n in archive.namelist() if n.endswith("PCBData/trainval.txt")), "PCBData/trainval.txt")
    base = base.removesuffix("trainval.txt")
    arrays = {"class_names": np.array(BOARD_CLASSES)}
    for part, listed in (("train", "trainval.txt"), ("test", "test.txt")):
        x, y, image, group = [], [], [], []
        for number, line in enumerate(_member(archive, base + listed).decode().splitlines()):
            picture, boxes = line.split()
            pixels = _tested_image(_member(archive, base + picture.removesuffix(".jpg") + "_test.jpg"))
            boxes = _boxes(_member(archive, base + boxes).decode())
            if len(x) + len(boxes) > MOST_CROPS:
                raise ValueError(_("{name} leads to more than {most} crops").format(name=listed, most=MOST_CROPS))
            places = [] if (ok := ok_window(pixels, boxes, number)) is None else [(*ok, 0)]
            places += [(_inside((y1 + y2) // 2), _inside((x1 + x2) // 2), kind) for x1, y1, x2, y2, kind in boxes]
            for top, left, kind in places:
                x.append(_shrink(pixels[top : top + WINDOW, left : left + WINDOW]))
                y.append(kind)
            image += [number] * len(places)
            group += [int(picture.split("/")[0].removeprefix("group"))] * len(places)
        arrays |= {
            f"x_{part}": np.stack(x),
            f"y_{part}": np.array(y, np.uint8),
            f"image_{part}": np.array(image, np.uint16),
            f"group_{part}": np.array(group, np.int32),
        }
    return arrays


def ok_window(white, boxes, number):
    """Return (top, left) of the window without a defect of image `number`, or None.

    Candidates lie on a grid of 28 pixels, stay 8 pixels away from every box, and are 15 to 85 % white. Of these, in
    reading order, the one at (number * 7919) mod count is taken.
    """
    total = np.pad(white.astype(int).cumsum(0).cumsum(1), ((1, 0), (1, 0)))
    candidates = []
    for y in range(0, BOARD - WINDOW + 1, WINDOW // 2):
        for x in range(0, BOARD - WINDOW + 1, WINDOW // 2):
            a, b = y + WINDOW, x + WINDOW
            if any(x < x2 + 8 and b > x1 - 8 and y < y2 + 8 and a > y1 - 8 for x1, y1, x2, y2, _kind in boxes):
                continue
            share = (total[a, b] - total[y, b] - total[a, x] + total[y, x]) / WINDOW**2
            if 0.15 <= share <= 0.85:
                candidates.append((y, x))
    return candidates[(number * 7919) % len(candidates)] if candidates else None


def _boxes(text):
    """The defects [x1, y1, x2, y2, kind] of one image, one a line; kind is 1 to 6."""
    boxes = [[int(v) for v in line.split()] for line in text.splitlines() if line]
    for box in boxes:
        if len(box) != 5 or not 1 <= box[4] < len(BOARD_CLASSES):
            raise ValueError(_("{box} is no box x1 y1 x2 y2 with a kind from 1 to 6").format(box=box))
    return boxes


def _inside(centre):
    return min(max(centre - WINDOW // 2, 0), BOARD - WINDOW)


def _shrink(white):
    return GREY[white.reshape(28, 2, 28, 2).sum(axis=(1, 3))]


def _member(archive, name):
    """The bytes of one member, never more than LARGEST_MEMBER of them."""
    with archive.open(name) as f:
        content = f.read(LARGEST_MEMBER + 1)
    if len(content) > LARGEST_MEMBER:
        raise ValueError(_("{name} is far too large").format(name=name.rsplit("/", 1)[-1]))
    return content


def _tested_image(content):
    """True where the tested image (640, 640) is white."""
    from PIL import Image

    try:
        opened = Image.open(io.BytesIO(content), formats=("JPEG",))
    except Image.DecompressionBombError as error:
        raise ValueError(_("an image is far too large")) from error
    with opened as image:
        if image.size != (BOARD, BOARD):  # told by the header, before anything is decoded
            raise ValueError(_("an image has {size} pixels, not 640 x 640").format(size=image.size))
        return np.asarray(image.convert("L")) >= 128


def simulate_boards(per_class=200, test_per_class=100, rng=0):
    """Return (train, test) as Images of simulated board crops with the same seven classes as the real ones.

    Straight traces of one width and direction, at times with a pad or a wide copper area; then one defect near the
    middle, drawn on 56 x 56 pixels and averaged 2 x 2. Simple on purpose: a network trained here knows the kinds of
    defects, but not the variety of real boards. `rng` is a seed or a Generator; each crop is its own group.
    """
    counts = whole("per_class", per_class), whole("test_per_class", test_per_class)
    rng, first, parts = generator(rng), 0, []
    for count in counts:
        y = rng.permutation(np.repeat(np.arange(len(BOARD_CLASSES)), count))
        x = np.stack([_shrink(~_simulated_crop(kind, rng)) for kind in y])
        parts.append(_images(x, y, first + np.arange(len(y)), "simulated"))
        first += len(y)
    return tuple(parts)


def _simulated_crop(kind, rng):
    """Where there is copper on a crop (56, 56) with a defect of this kind at its middle."""
    width, gap = rng.uniform(6, 14), rng.uniform(8, 18)
    pitch = width + gap
    turn = rng.integers(8) * np.pi / 4
    y, x = np.mgrid[:WINDOW, :WINDOW] - (WINDOW - 1) / 2 + rng.uniform(-2, 2, (2, 1, 1))
    along, across = x * np.cos(turn) + y * np.sin(turn), y * np.cos(turn) - x * np.sin(turn)
    # The middle of the crop lies in a trace, on its border, or between two traces, as the defect needs it.
    place = {
        "ok": rng.uniform(0, pitch),
        "open": 0.0,
        "short": pitch / 2,
        "mousebite": width / 2,
        "spur": width / 2,
        "copper": pitch / 2,
        "pin-hole": 0.0,
    }[BOARD_CLASSES[kind]]
    if kind == 6:
        width, pitch = width + 10, pitch + 10
    if kind == 5:
        pitch, place = pitch + 12, place + 6
    shifted = across + place
    nearest = np.rint(shifted / pitch)
    copper = (np.abs(shifted - nearest * pitch) <= width / 2) & (nearest <= rng.integers(1, 4))
    if rng.random() < 0.3:  # a pad at the end of the neighbouring trace
        at = rng.choice([-1, 1]) * rng.uniform(18, 26), pitch - place if rng.random() < 0.5 else -pitch - place
        copper |= np.hypot(along - at[0], across - at[1]) <= min(rng.uniform(0.6, 0.9) * pitch, np.hypot(*at) - 8)
    angle = np.arctan2(across, along)
    wobble = 1 + 0.25 * np.sin(rng.integers(2, 5) * angle + rng.uniform(0, 6))
    spot = np.hypot(along, across) <= wobble * rng.uniform(2.2, 4.2)
    bent = along + 1.5 * np.sin(across / 4 + rng.uniform(0, 6))
    match BOARD_CLASSES[kind]:
        case "open":
            copper &= ~((np.abs(bent) <= rng.uniform(1.5, 4)) & (np.abs(across) <= width / 2 + 1))
        case "short":
            copper |= (np.abs(bent) <= rng.uniform(1.5, 4)) & (np.abs(across) <= gap / 2 + 1)
        case "mousebite" | "pin-hole":
            copper &= ~spot
        case "spur" | "copper":
            copper |= spot
    return copper
