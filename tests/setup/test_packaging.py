"""The lock, Binder, the README's links and the version ranges fit together."""

import re
import subprocess
import sys
import tomllib

import pytest
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.environment import ROOT

LOCK = (ROOT / "binder" / "requirements.txt").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
README = (ROOT / "README.md").read_text(encoding="utf-8")

LINUX = {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix"}
MAC = {"sys_platform": "darwin", "platform_system": "Darwin", "os_name": "posix"}
WINDOWS = {"sys_platform": "win32", "platform_system": "Windows", "os_name": "nt"}
MACHINES = {
    "linux x86_64": LINUX | {"platform_machine": "x86_64"},
    "linux arm64": LINUX | {"platform_machine": "aarch64"},
    "mac": MAC | {"platform_machine": "arm64"},
    "windows": WINDOWS | {"platform_machine": "AMD64"},
}
PYTHONS = ("3.11", "3.12", "3.13")


def entries():
    """`(Requirement, number of hashes)` of every entry of the lock."""
    joined = LOCK.replace("\\\n", " ")
    lines = [line for line in joined.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    return [(Requirement(line.split(" --hash")[0].strip()), line.count("--hash=sha256:")) for line in lines]


def locked(machine, python):
    """`{name: version}` that pip installs from the lock on a machine."""
    here = default_environment() | MACHINES[machine] | {"python_version": python, "python_full_version": f"{python}.4"}
    wanted = [r for r, _ in entries() if r.marker is None or r.marker.evaluate(here)]
    names = [canonicalize_name(r.name) for r in wanted]
    assert len(names) == len(set(names)), "a package is locked twice for one machine"
    return {canonicalize_name(r.name): str(r.specifier).removeprefix("==") for r in wanted}


def test_the_lock_pins_and_hashes_everything():
    assert len(entries()) > 50
    for requirement, hashes in entries():
        assert hashes >= 1, f"{requirement} has no hash"
        assert re.fullmatch(r"==[\w.!+]+", str(requirement.specifier)), f"{requirement} is not pinned"


def test_the_lock_names_no_index():
    options = [line for line in LOCK.splitlines() if line.startswith("-") or "://" in line]
    assert options == []


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("machine", MACHINES)
def test_the_lock_is_within_the_ranges(machine, python):
    there = locked(machine, python)
    here = default_environment() | MACHINES[machine] | {"python_version": python}
    ranges = [*PROJECT["project"]["dependencies"], *PROJECT["dependency-groups"]["test"]]
    for requirement in map(Requirement, ranges):
        if requirement.marker is None or requirement.marker.evaluate(here):
            version = there.get(canonicalize_name(requirement.name))
            assert version, f"{requirement} is not in the lock: renew it (CONTRIBUTING.md)"
            assert version in requirement.specifier, f"{requirement} but the lock has {version}"


@pytest.mark.parametrize("machine", MACHINES)
def test_one_build_of_tensorflow_for_each_machine(machine):
    there = locked(machine, "3.12")
    builds = {name for name in there if name in ("tensorflow", "tensorflow-cpu")}
    assert builds == ({"tensorflow-cpu"} if machine == "linux x86_64" else {"tensorflow"})
    assert not [name for name in there if name.startswith("nvidia")], "the GPU build has an environment of its own"


def test_the_gpu_build_is_a_group_of_its_own():
    groups = PROJECT["dependency-groups"]
    assert [Requirement(r).name for r in groups["gpu"]] == ["tensorflow"]
    assert "gpu" not in PROJECT["tool"]["uv"]["default-groups"]


def test_python_versions_agree():
    sys.path.insert(0, str(ROOT))
    import start

    supported = [f"{major}.{minor}" for major, minor in start.SUPPORTED]
    assert supported == list(PYTHONS)
    allowed = Requirement(f"x{PROJECT['project']['requires-python']}").specifier
    assert [v for v in ("3.10", *PYTHONS, "3.14") if v in allowed] == supported
    binder = (ROOT / "binder" / "runtime.txt").read_text().strip()
    assert binder.removeprefix("python-") in supported


def test_binder_scripts_can_be_run():
    staged = subprocess.run(["git", "ls-files", "-s", "binder", ".ci"], cwd=ROOT, capture_output=True, text=True)
    if staged.returncode or not staged.stdout:
        pytest.skip("not a git checkout")
    modes = {line.split("\t")[1]: line.split()[0] for line in staged.stdout.splitlines()}
    for path in ("binder/postBuild", "binder/start", ".ci/run"):
        assert modes[path] == "100755", f"git update-index --chmod=+x {path}"
        assert b"\r" not in (ROOT / path).read_bytes()


def test_binder_badge_opens_chapter_0():
    """No branch in the link: HEAD is whatever branch the repository shows, so renaming it breaks nothing."""
    (link,) = set(re.findall(r"https://mybinder\.org/v2/[^\s)>\"]+", README))
    found = re.fullmatch(r"https://mybinder\.org/v2/gh/([\w.-]+)/([\w.-]+)/HEAD\?urlpath=lab/tree/(\S+)", link)
    assert found, f"{link} is not of the form .../v2/gh/OWNER/REPO/HEAD?urlpath=lab/tree/PATH"
    assert (ROOT / found[3]).is_file(), f"{found[3]} is not there"


def test_links_and_pictures_of_the_readme_are_there():
    for page in ("README.md", "CONTRIBUTING.md"):
        text = (ROOT / page).read_text(encoding="utf-8")
        for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)\s]+)\)", text):
            assert (ROOT / target.split("#")[0]).exists(), f"{page} points to {target}"


def test_every_chapter_is_in_the_table_of_the_readme_with_its_minutes():
    for path in sorted((ROOT / "notebooks" / "text").glob("[0-9][0-9]_*.py")):
        (minutes,) = re.findall(r"In (\d+) minutes you will", path.read_text(encoding="utf-8"))
        row = next((line for line in README.splitlines() if f"notebooks/{path.stem}.ipynb" in line and "|" in line), "")
        assert re.search(rf"\|\s*{minutes}\s*\|", row), f"{path.stem} takes {minutes} minutes, the README says {row!r}"
