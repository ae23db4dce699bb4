"""An aarch64 Python under emulation: Debian's, run by qemu's user mode, with the pinned versions of what simcore needs.

Nothing is installed and nothing of it runs but Python: packages of Debian are unpacked by mmdebstrap, wheels by this
machine's pip. It takes a gigabyte, and is made anew when the pins change.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

from tools.packages import ROOT
from tools.typecheck import link_tree

SUITE, PYTHON, GLIBC = "bookworm", "3.11", 36
"""Of Debian, with its Python and the minor version of its C library."""
LIBRARIES = ("libstdc++6", "libgcc-s1")
"""What wheels need beside Python's own dependencies."""
PINS = ROOT / "requirements" / "runtime.txt"
EMULATORS = ("qemu-aarch64-static", "qemu-aarch64")
REMEDY = "apt-get install qemu-user-static mmdebstrap"


class MissingError(Exception):
    """A program is not installed; the message says how to get it."""


def emulated_python(folder: Path) -> list[str]:
    """Return the words of a command that runs this source tree in aarch64's Python; what it needs is kept in a folder.

    Raises
    ------
    MissingError
        If the emulator or mmdebstrap is not installed.
    subprocess.CalledProcessError
        If Debian's packages or the wheels cannot be had.
    """
    folder = folder.absolute()
    emulator = next(filter(None, map(shutil.which, EMULATORS)), None)
    if emulator is None:
        raise MissingError(f"{EMULATORS[0]} is not installed: {REMEDY}")
    root, site, tree = (folder / name for name in ("root", "site", "tree"))
    key = hashlib.sha256(f"{SUITE} {PYTHON} {LIBRARIES} {PINS.read_text()}".encode()).hexdigest()
    done = folder / "made-of"
    if not done.is_file() or done.read_text() != key:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        unpack_debian(root)
        unpack_wheels(site)
        done.write_text(key)
    link_tree(tree)
    places = f"PYTHONPATH={tree}:{site}"
    return [emulator, "-L", str(root), "-E", places, str(root / "usr/bin" / f"python{PYTHON}"), "-P"]


def unpack_debian(root: Path) -> None:
    """Unpack Debian's Python and all that it depends on."""
    if shutil.which("mmdebstrap") is None:
        raise MissingError(f"mmdebstrap is not installed: {REMEDY}")
    wanted = f"--include={','.join((f'python{PYTHON}', *LIBRARIES))}"
    subprocess.run(  # noqa: S603
        ["mmdebstrap", "--quiet", "--variant=extract", "--architectures=arm64", wanted, SUITE, str(root)],  # noqa: S607
        check=True,
    )


def unpack_wheels(site: Path) -> None:
    """Unpack the pinned wheels for that Python, checked by their hashes."""
    platforms = ["manylinux2014_aarch64", *(f"manylinux_2_{minor}_aarch64" for minor in range(17, GLIBC + 1))]
    subprocess.run(  # noqa: S603
        [
            *(sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", "install", "--target", str(site)),
            *("--require-hashes", "--no-deps", "--only-binary=:all:", "--implementation", "cp"),
            *("--python-version", PYTHON, *(f"--platform={platform}" for platform in platforms)),
            *("--requirement", str(PINS)),
        ],
        check=True,
    )
