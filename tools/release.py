"""Pack the site into one archive, and `lossbook` into wheel and sdist (`make release`).

    python tools/release.py [FOLDER]

What is packed is the last commit, whatever else lies about: a copy of its files, in a folder of its own.
Nothing is downloaded. The same commit gives the same bytes, with the versions of the lock file: every file
bears the commit's time and the same rights, and nobody's name.
"""

import contextlib
import gzip
import hashlib
import io
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
import zipfile
from pathlib import Path

import lossbook
from lossbook.site.downloads import write_wheel

ROOT = Path(__file__).resolve().parent.parent
SITE = f"the-loss-book-{lossbook.__version__}"

#: What setuptools itself offers to tools that build without an environment of their own.
SDIST = "import sys; from setuptools import build_meta; build_meta.build_sdist(sys.argv[1])"


def git(*arguments):
    """Return what git says of the book, as bytes; a checkout may belong to another user."""
    command = ["git", "-c", "safe.directory=*", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout


def copy_of_the_sources(folder, tree="HEAD"):
    """Write the files of a commit, or of another tree that git knows, into a folder."""
    with tarfile.open(fileobj=io.BytesIO(git("archive", "--format=tar", tree))) as archive:
        archive.extractall(folder, filter="data")


@contextlib.contextmanager
def reproducible(when):
    """Let what is built meanwhile depend on neither the clock nor the rights that new files get here."""
    before = dict(os.environ)
    # Sphinx and the builder of wheels heed the first; the order of a set must not show, either.
    os.environ.update(SOURCE_DATE_EPOCH=str(when), PYTHONHASHSEED="0")
    mask = os.umask(0o022)  # a wheel keeps the rights of its files
    try:
        yield
    finally:
        os.umask(mask)
        os.environ.clear()
        os.environ.update(before)


def build_site(sources):
    """Build the site strictly from the sources, and return its folder."""
    # Their own modules, not those of the environment, which may have other changes.
    environment = {**os.environ, "PYTHONPATH": str(sources)}
    commands = [
        [sys.executable, "-m", "lossbook.notebooks", "figures"],
        [Path(sys.executable).with_name("jupyter-book"), "build", ".", "-n", "-W", "--keep-going"],
    ]
    for command in commands:
        done = subprocess.run(
            command, cwd=sources, env=environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            sys.exit(f"{done.stdout}{done.stderr}\nThe site was not built, and nothing is released.")
    return sources / "_build" / "html"


def pack_site(site, licenses, target, when):
    """Pack a built site into one archive that opens from a folder.

    Parameters
    ----------
    site : Path
        The folder of the built site.
    licenses : list of Path
        Files that lie beside its first page.
    target : Path
        The archive, whose name is that of the folder in it.
    when : int
        The time that every file bears, in seconds since 1970.
    """
    # What begins with a dot is for those who build (.buildinfo) or serve (.nojekyll).
    files = {str(path.relative_to(site)): path for path in site.rglob("*") if path.is_file()}
    files = {name: path for name, path in files.items() if not name.startswith(".")}
    files |= {path.name: path for path in licenses}
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(f"{target.stem}/{name}", time.gmtime(when)[:6])
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            archive.writestr(entry, files[name].read_bytes(), compresslevel=9)


def pack_package(sources, folder, when):
    """Pack `lossbook` into an sdist, and that into a wheel, and return both.

    The wheel is made of the sdist: so what the sdist lacks is missed at once.
    """
    with tempfile.TemporaryDirectory() as temporary:
        subprocess.run(
            [sys.executable, "-c", SDIST, temporary], cwd=sources, check=True, stdout=subprocess.DEVNULL
        )
        (made,) = Path(temporary).iterdir()
        sdist = Path(folder, made.name)
        sdist.write_bytes(normalized(made.read_bytes(), when))
    write_wheel(sdist, folder)
    (wheel,) = Path(folder).glob("*.whl")
    return sdist, wheel


def normalized(sdist, when):
    """Return an sdist (bytes) with its files in order, of one time and the same rights, and nobody's."""
    packed = io.BytesIO()
    with (
        tarfile.open(fileobj=io.BytesIO(sdist)) as old,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as new,
    ):
        for entry in sorted(old.getmembers(), key=lambda member: member.name):
            fresh = tarfile.TarInfo(entry.name)
            fresh.type, fresh.size, fresh.mtime = entry.type, entry.size, when
            fresh.mode = 0o755 if entry.isdir() else 0o644
            new.addfile(fresh, old.extractfile(entry) if entry.isfile() else None)
    return gzip.compress(packed.getvalue(), mtime=when)


def main(folder=ROOT / "dist"):
    """Build and pack everything, have the package's description checked, and say what was made."""
    changed = git("status", "--porcelain").decode()
    if changed:
        print(f"Not yet committed, and so not in the release:\n{changed}", file=sys.stderr)
    when = int(git("log", "-1", "--format=%ct"))
    with reproducible(when), tempfile.TemporaryDirectory() as temporary:
        sources, made = Path(temporary, "sources"), Path(temporary, "made")
        copy_of_the_sources(sources)
        made.mkdir()
        print("Packing the package ...", flush=True)
        package = pack_package(sources, made, when)
        subprocess.run(
            [sys.executable, "-m", "twine", "--no-color", "check", "--strict", *package], check=True
        )
        print("Building the site, every warning an error ...", flush=True)
        licenses = [sources / "LICENSE", sources / "LICENSE-text"]
        pack_site(build_site(sources), licenses, made / f"{SITE}.zip", when)
        folder = Path(folder)
        folder.mkdir(exist_ok=True)
        for path in sorted(made.iterdir()):
            shutil.copy(path, folder)
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            print(f"{path.stat().st_size / 1e6:6.1f} MB  {digest}  {folder / path.name}")


if __name__ == "__main__":
    main(*sys.argv[1:])
