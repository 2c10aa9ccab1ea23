"""What `make release` packs of the package: all of it, nothing else, and the same bytes each time."""

import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path, PurePosixPath

import pytest
import yaml

import lossbook
from tests.test_house import tracked
from tools import release

ROOT = Path(__file__).parents[1]
WHEN = 1_700_000_000  # 2023-11-14 22:13:20 UTC

#: Of the package's own files: code, and what its modules, figures and pages read.
OWN = {str(path) for path in tracked("lossbook/*")}


def packed(folder, mask):
    """Pack a copy of the sources, as they lie here, where new files get other rights."""
    before = os.umask(mask)
    try:
        for path in tracked():
            (folder / "sources" / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / path, folder / "sources" / path)
        for stray in ("__pycache__/huber.pyc", ".ipynb_checkpoints/huber.py"):
            (folder / "sources/lossbook/figures" / stray).parent.mkdir()
            (folder / "sources/lossbook/figures" / stray).touch()
        (folder / "made").mkdir()
        with release.reproducible(WHEN):
            return release.pack_package(folder / "sources", folder / "made", WHEN)
    finally:
        assert os.umask(before) == mask


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    """The sdist and the wheel."""
    return packed(tmp_path_factory.mktemp("package"), mask=0o022)


def test_the_same_sources_give_the_same_bytes(package, tmp_path):
    again = packed(tmp_path, mask=0o077)
    assert [path.name for path in again] == [path.name for path in package]
    assert [path.read_bytes() for path in again] == [path.read_bytes() for path in package]


def test_the_wheel_holds_the_package_and_nothing_else(package):
    with zipfile.ZipFile(package[1]) as wheel:
        entries = {entry.filename: entry for entry in wheel.infolist()}
    names = set(entries)
    assert {entry.date_time for entry in entries.values()} == {(2023, 11, 14, 22, 13, 20)}
    assert {entries[name].external_attr >> 16 & 0o777 for name in OWN} == {0o644}
    about = {name for name in names if ".dist-info/" in name}
    assert names - about == OWN
    assert {"lossbook/catalog.toml", "lossbook/vision/tiny.npz", "lossbook/data/README.md"} <= OWN
    assert "lossbook/py.typed" not in OWN  # which would promise annotations
    folder = f"lossbook-{lossbook.__version__}.dist-info"
    assert {f"{folder}/METADATA", f"{folder}/licenses/LICENSE", f"{folder}/entry_points.txt"} <= about


def test_the_sdist_holds_what_makes_the_wheel(package):
    top = f"lossbook-{lossbook.__version__}"
    with tarfile.open(package[0]) as sdist:
        members = {member.name: member for member in sdist if member.isfile()}
    names = {str(PurePosixPath(name).relative_to(top)) for name in members}
    made = {name for name in names if name.startswith("lossbook.egg-info/")}
    around = {"LICENSE", "README.md", "CHANGELOG.md", "CITATION.cff", "MANIFEST.in", "pyproject.toml"}
    assert names - made - OWN == around | {"PKG-INFO", "setup.cfg"}
    assert names >= OWN
    assert {(m.mtime, m.mode, m.uid, m.uname) for m in members.values()} == {(WHEN, 0o644, 0, "")}


def test_an_index_would_take_both(package):
    command = [sys.executable, "-m", "twine", "--no-color", "check", "--strict", *package]
    checked = subprocess.run(command, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert len(re.findall("PASSED", checked.stdout)) == 2


def test_an_installed_wheel_works_elsewhere(package, tmp_path):
    with zipfile.ZipFile(package[1]) as wheel:
        wheel.extractall(tmp_path)
    code = "import lossbook\nfrom lossbook import data, regression\nprint(lossbook.__file__)\n"
    code += "print(data.load('phones')['calls'].size, regression.huber([3.0], [0.0], delta=1.0))"
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)
    where, said = done.stdout.splitlines()
    assert Path(where).is_relative_to(tmp_path)
    assert said == "24 [2.5]"


def test_a_dated_version_is_dated_alike_in_both_files():
    (heading,) = re.findall(r"^## \S+ \((.+)\)", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)[:1]
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    released = citation.get("date-released", "not yet released")
    assert heading == str(released)
