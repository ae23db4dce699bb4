"""Compiled code is kept under what it is made of, read only from folders of our own, and never fails a run."""

from __future__ import annotations

import os
import pickle
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import llvmlite
import numba
import numpy as np
import platformdirs
import pytest

from simcore.compiled import direct, direct_entries, kept, numba_compiler, policy
from simcore.compiled import folder as private_folder
from simcore.compiled import function as functions
from simcore.compiled import sources as kernel_sources
from simcore.compiled import store as compiled_code
from simcore.compiled.sources import Sources
from simcore.compiled.store import ENTRY, UNUSED_DAYS, Store
from tools.packages import ROOT

HELPER = "FACTOR = 3\n"
KERNEL = """\
from simcore.compiled.jit import kernel
from toy.helper import FACTOR

@kernel
def tripled(x):
    return FACTOR * x
"""


class Started(NamedTuple):
    """What a new process with a toy package would see."""

    call: Callable[[int], int]
    compiled: list[str]
    told: list[str]
    kernel: Any


class Checkout:
    """A toy package in a folder, and processes that use it with a folder for compiled code."""

    def __init__(self, root: Path, kept: Path, patch: pytest.MonkeyPatch, *, direct: bool) -> None:
        self.root, self.kept, self._patch, self.direct = root, kept, patch, direct
        self.root.mkdir()
        self.write(helper=HELPER, kernels=KERNEL, other="UNUSED = 1\n")

    def write(self, **modules: str) -> None:
        for name, text in modules.items():
            (self.root / f"{name}.py").write_text(text, encoding="utf-8")

    def start(self) -> Started:
        """Load the toy package as a new process would, with nothing in memory."""
        compiled: list[str] = []
        told: list[str] = []
        self._patch.setattr(kept, "Store", lambda _named: Store(str(self.kept)))
        self._patch.setattr(kept, "Sources", lambda _package, _root: Sources("toy", self.root))
        kept.kept.cache_clear()
        self._patch.setattr(kept.Listeners, "warn", staticmethod(told.append))
        self._patch.setattr(kept.Listeners, "compiling", staticmethod(lambda name, _kept: compiled.append(name)))
        for name in [name for name in sys.modules if name.startswith("toy")]:
            del sys.modules[name]
        for name in ("toy", "toy.helper", "toy.kernels"):
            text = "" if name == "toy" else (self.root / f"{name.removeprefix('toy.')}.py").read_text(encoding="utf-8")
            module = type(sys)(name)
            sys.modules[name] = module
            exec(compile(text, name, "exec"), vars(module))  # noqa: S102 - never from a .pyc of the second before
        tripled = sys.modules["toy.kernels"].tripled
        call = tripled if self.direct else tripled._dispatcher()
        return Started(call, compiled, told, tripled)

    def entries(self) -> list[Path]:
        return sorted(path for path in (self.kept / "simcore").iterdir() if path.name.startswith("toy."))


@pytest.fixture(params=["direct", "numba"])
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Iterator[Checkout]:
    """A toy package, whose kernel is called directly, or by Numba."""
    yield Checkout(tmp_path / "toy", tmp_path / "kept", monkeypatch, direct=request.param == "direct")
    kept.kept.cache_clear()
    for name in [name for name in sys.modules if name.startswith("toy")]:
        del sys.modules[name]


def outcome(started: Started) -> tuple[int, int]:
    """Return twice the factor that compiled code has, and how often something was compiled."""
    return started.call(2), len(started.compiled)


def test_a_second_process_starts_warm_and_so_does_another_checkout(
    checkout: Checkout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert outcome(checkout.start()) == (6, 1)
    assert outcome(checkout.start()) == (6, 0)
    elsewhere = Checkout(tmp_path / "elsewhere", checkout.kept, monkeypatch, direct=checkout.direct)
    assert outcome(elsewhere.start()) == (6, 0)
    (tmp_path / "moved").mkdir()
    checkout.kept.rename(tmp_path / "moved" / "kept")
    checkout.kept = tmp_path / "moved" / "kept"
    assert outcome(checkout.start()) == (6, 0)


def test_comments_docstrings_and_modules_that_are_not_imported_compile_nothing(checkout: Checkout) -> None:
    assert outcome(checkout.start()) == (6, 1)
    checkout.write(
        helper='"""A factor."""\n\n# three\nFACTOR = 3\n"""Of the toy."""\n',
        kernels=KERNEL.replace("    return", '    """Triple."""\n\n    return  (').replace("* x", "* x )  # thrice"),
        other="UNUSED = 2\n",
    )
    assert outcome(checkout.start()) == (6, 0)


@pytest.mark.parametrize("place", ["helper", "kernels"])
def test_what_a_kernel_is_made_of_compiles_it_anew(checkout: Checkout, place: str) -> None:
    assert outcome(checkout.start()) == (6, 1)
    text = {"helper": HELPER.replace("3", "5"), "kernels": KERNEL.replace("FACTOR * x", "FACTOR * x + 4")}[place]
    checkout.write(**{place: text})
    assert outcome(checkout.start()) == (10, 1)
    checkout.write(helper=HELPER, kernels=KERNEL)
    assert outcome(checkout.start()) == (6, 0)


ALL = {**policy.POLICY, "inlined": {"nogil": True}}


@pytest.mark.parametrize(
    ("module", "name", "value", "by"),
    [
        (numba.config, "BOUNDSCHECK", 1, "both"),
        (numba.config, "OPT", numba.core.config._OptLevel(1), "both"),
        (numba, "__version__", "0.1", "numba"),
        (llvmlite, "__version__", "0.1", "both"),
        (np, "__version__", "0.1", "both"),
        (direct_entries, "version_of_python", lambda: "cpython-99", "direct"),
        (direct_entries, "_version_of_numba", lambda: "0.1", "direct"),
        (direct_entries, "POLICY", ALL, "direct"),
        (direct_entries, "makers", lambda: ["another gateway"], "direct"),
        (direct, "here", lambda: ("another processor",), "direct"),
        (numba_compiler, "version_of_python", lambda: "cpython-99", "numba"),
        (numba_compiler, "POLICY", ALL, "numba"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_policy_settings_and_versions_are_told_apart(
    checkout: Checkout,
    monkeypatch: pytest.MonkeyPatch,
    module: Any,  # noqa: ANN401
    name: str,
    value: Any,  # noqa: ANN401
    by: str,
) -> None:
    if by != "both" and checkout.direct != (by == "direct"):
        return
    assert outcome(checkout.start()) == (6, 1)
    with monkeypatch.context() as patch:
        patch.setattr(module, name, value)
        direct_entries.versions.cache_clear()
        assert outcome(checkout.start()) == (6, 1)
    direct_entries.versions.cache_clear()
    assert outcome(checkout.start()) == (6, 0)


class _Codegen:
    def __init__(self, processor: str) -> None:
        self._processor = processor

    def magic_tuple(self) -> tuple[str, str, str]:
        return ("x86_64-linux", self._processor, "+avx2")


def test_processors_kinds_of_functions_and_unknown_settings_are_told_apart(
    checkout: Checkout, monkeypatch: pytest.MonkeyPatch
) -> None:
    def name(processor: str, kind: str = "kernel") -> str:
        function = functions.Function(started.kernel.py_func, kind)
        code = numba_compiler._Code(function, function.targetoptions)
        return code._entry((numba.int64,), _Codegen(processor))

    started = checkout.start()
    names = [name("znver4"), name("haswell"), name("znver4", "inlined")]
    monkeypatch.setenv("NUMBA_CACHE_DIR", "elsewhere")
    assert name("znver4") == names[0]
    monkeypatch.setenv("NUMBA_SOMETHING_NEW", "1")
    assert len({*names, name("znver4")}) == 4


def test_a_second_function_of_the_same_name_is_not_taken_for_the_first(checkout: Checkout) -> None:
    checkout.write(kernels=KERNEL + "\nfirst = kernel(lambda x: x + 1)\ntripled = kernel(lambda x: x + 2)\n")
    for _ in range(2):
        started = checkout.start()
        assert sys.modules["toy.kernels"].first(2) == 3
        assert started.call(2) == 4


class _Ab(NamedTuple):
    a: float
    b: float


class _Ba(NamedTuple):
    b: float
    a: float


def test_named_tuples_are_told_apart_by_their_fields() -> None:
    in_words = numba_compiler.type_in_words
    both = [numba.typeof(kind(1.0, 2.0)) for kind in (_Ab, _Ba)]
    assert in_words(both[0]).endswith("_Ab(a: float64, b: float64)")
    assert in_words(both[1]).endswith("_Ba(b: float64, a: float64)")
    mixed = numba.typeof((1, (_Ab(1.0, 2.0), np.zeros(3))))
    assert "a: float64" in in_words(mixed)
    assert "Array(float64, 1, 'C'" in in_words(mixed) or "array(float64, 1d, C)" in in_words(mixed)


def damage_empty(path: Path) -> None:
    path.write_bytes(b"")


def damage_cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


def damage_noise(path: Path) -> None:
    path.write_bytes(np.random.default_rng(1).bytes(path.stat().st_size))


def damage_one_bit(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[-200] ^= 1
    path.write_bytes(content)


def damage_whole_but_nonsense(path: Path) -> None:
    store = Store(str(path.parent.parent))
    store.save(path.name, pickle.dumps(("nonsense", 1)))


def damage_whole_but_no_pickle(path: Path) -> None:
    store = Store(str(path.parent.parent))
    store.save(path.name, b"no pickle")


def damage_link(path: Path) -> None:
    elsewhere = path.parent.parent / "elsewhere"
    path.rename(elsewhere)
    path.symlink_to(elsewhere)


def damage_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def damage_rights(path: Path) -> None:
    path.chmod(0o666)


@pytest.mark.parametrize(
    "damage",
    [
        *(damage_empty, damage_cut, damage_noise, damage_one_bit, damage_whole_but_nonsense),
        *(damage_whole_but_no_pickle, damage_link, damage_pipe, damage_rights),
    ],
)
def test_a_damaged_entry_is_compiled_again_and_replaced(checkout: Checkout, damage: Callable[[Path], None]) -> None:
    assert outcome(checkout.start()) == (6, 1)
    (entry,) = checkout.entries()
    damage(entry)
    assert outcome(checkout.start()) == (6, 1)
    again = checkout.start()
    assert outcome(again) == (6, 0)
    assert again.told == []
    assert [path.stat().st_mode & 0o777 for path in checkout.entries()] == [0o600]


@pytest.mark.parametrize("damage", [damage_empty, damage_cut, damage_noise, damage_whole_but_nonsense])
def test_damage_to_what_is_known_of_the_sources_harms_nothing(
    checkout: Checkout, damage: Callable[[Path], None]
) -> None:
    assert outcome(checkout.start()) == (6, 1)
    (known,) = (checkout.kept / "simcore").glob(f"sources-*{ENTRY}")
    whole = known.read_bytes()
    damage(known)
    assert outcome(checkout.start()) == (6, 0)
    assert known.read_bytes() == whole


def test_a_warm_start_parses_nothing(checkout: Checkout, monkeypatch: pytest.MonkeyPatch) -> None:
    assert outcome(checkout.start()) == (6, 1)

    def parsed(text: bytes, package: str) -> kernel_sources.Parsed:
        raise AssertionError((text, package))

    monkeypatch.setattr(kernel_sources, "parsed", parsed)
    assert outcome(checkout.start()) == (6, 0)


def test_our_folders_are_private_whatever_the_umask(checkout: Checkout) -> None:
    before = os.umask(0)
    try:
        assert outcome(checkout.start()) == (6, 1)
    finally:
        os.umask(before)
    made = [checkout.kept, checkout.kept / "simcore"]
    assert [stat.S_IMODE(path.stat().st_mode) for path in made] == [0o700, 0o700]


class _Planted:
    """Code of somebody else: whoever loads it runs it."""

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[str]]:
        return (pytest.fail, ("code of somebody else was run",))


def plant(checkout: Checkout) -> None:
    """Replace the only entry by code of somebody else: a pickle that fails the test, or another kernel."""
    (entry,) = checkout.entries()
    planted = pickle.dumps(_Planted())
    if checkout.direct:
        code = numba_compiler.object_code(functions.Function(lambda x: x + 1_000, "kernel"), ("i8",))
        assert code is not None
        planted = code.as_bytes()
    Store(str(checkout.kept)).save(entry.name, planted)


@pytest.mark.parametrize("mode", [0o777, 0o770, 0o1777])
@pytest.mark.parametrize("which", ["kept", "kept/simcore"])
def test_a_folder_that_others_may_write_to_is_refused_with_a_word(checkout: Checkout, mode: int, which: str) -> None:
    assert outcome(checkout.start()) == (6, 1)
    plant(checkout)
    folder = checkout.root.parent / which
    folder.chmod(mode)
    started = checkout.start()
    assert outcome(started) == (6, 1)
    (words,) = started.told
    assert f"{folder} can be written by others ({stat.filemode(stat.S_IFDIR | mode)})" in words
    assert "NUMBA_CACHE_DIR" in words


def test_the_planted_code_would_be_run(checkout: Checkout) -> None:
    """The test above can fail: in a private folder, which nobody else could have written, what lies there is run."""
    assert outcome(checkout.start()) == (6, 1)
    plant(checkout)
    if checkout.direct:
        assert outcome(checkout.start()) == (1_002, 0)
        return
    with pytest.raises(pytest.fail.Exception, match="was run"):
        outcome(checkout.start())


def owned_by(monkeypatch: pytest.MonkeyPatch, foreign: Path, user: int) -> None:
    """Let a folder or link belong to another user, as far as simcore can see."""
    seen = private_folder._steps_to

    def way(folder: Path) -> list[private_folder._Step]:
        steps = seen(folder)
        for number, step in enumerate(steps):
            if step.path == foreign:
                parts = list(step.info)
                parts[4] = user
                steps[number] = private_folder._Step(step.path, os.stat_result(parts))
        return steps

    monkeypatch.setattr(private_folder, "_steps_to", way)


@pytest.mark.parametrize("which", ["", "above", "above/kept", "above/kept/simcore"])
def test_a_folder_of_another_user_is_refused_with_a_word(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, which: str
) -> None:
    named = tmp_path / "above" / "kept"
    Store(str(named)).save("x.code", b"ours")
    assert Store(str(named)).load("x.code") == b"ours"
    owned_by(monkeypatch, tmp_path / which, 54_321)
    store = Store(str(named))
    assert store.load("x.code") is None
    assert store.trouble is not None
    assert f"{tmp_path / which} belongs to user 54321" in store.trouble


def test_the_administrator_is_trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Store(str(tmp_path / "kept")).save("x.code", b"ours")
    owned_by(monkeypatch, tmp_path / "kept", 0)
    assert Store(str(tmp_path / "kept")).load("x.code") == b"ours"


@pytest.mark.parametrize(("mode", "fine"), [(0o777, False), (0o1777, True), (0o755, True)])
def test_who_may_write_above_decides_what_lies_below(tmp_path: Path, mode: int, *, fine: bool) -> None:
    above = tmp_path / "above"
    Store(str(above / "kept")).save("x.code", b"ours")
    above.chmod(mode)
    assert (private_folder.flaw(above / "kept" / "simcore", own=2) is None) == fine
    above.chmod(0o700)


def test_links_are_followed_to_what_they_mean(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real, link = tmp_path / "real", tmp_path / "links" / "kept"
    (tmp_path / "links").mkdir(0o700)
    link.symlink_to("../real")
    Store(str(real)).save("x.code", b"ours")
    assert Store(str(link)).load("x.code") == b"ours"
    real.chmod(0o777)
    assert f"{real} can be written" in str(Store(str(link)).trouble)
    real.chmod(0o700)
    with monkeypatch.context() as patch:
        owned_by(patch, link, 54_321)
        assert f"{link} belongs to" in str(Store(str(link)).trouble)
    (tmp_path / "links").chmod(0o777)
    assert f"{tmp_path / 'links'} can be written" in str(Store(str(link)).trouble)
    (tmp_path / "links").chmod(0o700)
    link.unlink()
    link.symlink_to("kept")
    assert "cannot be read (Too many levels" in str(Store(str(link)).trouble)


def test_the_folder_of_an_earlier_version_is_made_private(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platformdirs, "user_cache_dir", lambda _name: str(tmp_path / "simcore"))
    (tmp_path / "simcore").mkdir()
    (tmp_path / "simcore").chmod(0o775)
    store = Store()
    assert store.writable
    assert store.folder == tmp_path / "simcore" / "compiled"
    assert [stat.S_IMODE(path.stat().st_mode) for path in (store.folder, store.folder.parent)] == [0o700, 0o700]


def no_home(_name: str) -> str:
    raise RuntimeError("could not determine the home directory")


@pytest.mark.parametrize("found", [no_home, lambda _name: "~/.cache/simcore"])
def test_no_home_is_no_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, found: Callable[[str], str]) -> None:
    monkeypatch.setattr(platformdirs, "user_cache_dir", found)
    monkeypatch.chdir(tmp_path)
    store = Store()
    store.save("x.code", b"ours")
    assert store.load("x.code") is None
    assert store.trouble == "this user has no home folder; NUMBA_CACHE_DIR names another folder"
    assert list(tmp_path.iterdir()) == []


def test_an_unwritable_folder_is_named_with_its_remedy(checkout: Checkout, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    checkout.kept = tmp_path / "file" / "kept"
    started = checkout.start()
    assert outcome(started) == (6, 1)
    (words,) = started.told
    assert words.startswith("compiled code is not kept, every start compiles again: ")
    assert f"{tmp_path / 'file'}" in words
    assert "(Not a directory); NUMBA_CACHE_DIR names another folder" in words


def test_a_full_disk_is_told_and_leaves_nothing(checkout: Checkout, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_self: Path, _target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    started = checkout.start()
    assert outcome(started) == (6, 1)
    assert [word for word in started.told if "No space left on device" in word] == started.told != []
    assert list((checkout.kept / "simcore").iterdir()) == []


def test_what_was_not_used_for_long_is_removed(tmp_path: Path) -> None:
    store = Store(str(tmp_path))
    folder = tmp_path / "simcore"
    for name in ("old.code", "used.code", "fresh.code"):
        store.save(name, b"code")
    for name in ("left.tmp", "being-written.tmp", "foreign.txt"):
        (folder / name).touch()
    now = time.time()
    for name in ("old.code", "used.code", "left.tmp", "foreign.txt"):
        os.utime(folder / name, (now, now - (UNUSED_DAYS + 1) * 86_400))
    assert store.load("used.code") == b"code"
    store.save("new.code", b"code")
    kept = {path.name for path in folder.iterdir()}
    assert kept == {"used.code", "fresh.code", "new.code", "being-written.tmp", "foreign.txt"}


def test_two_processes_may_tidy_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store(str(tmp_path))
    store.save("a.code", b"code")
    monkeypatch.setattr(compiled_code, "_old", lambda folder: iter([(folder / "gone.code", 1)]))
    store.save("b.code", b"code")
    assert store.trouble is None


@pytest.mark.skipif(os.getuid() != 0, reason="only the administrator can become a user without an entry")
def test_a_container_with_any_user_runs(tmp_path: Path) -> None:
    """All is imported first: the Python of the tests may lie where such a user cannot read."""
    tmp_path.chmod(0o777)
    script = (
        "import os, numba, platformdirs\n"
        "from simcore.compiled import direct_entries, jit, kept\n"
        "from simcore.numerics.elementary import exp, log\n"
        "exp(0.0)\n"
        "direct_entries.numba_compiler()\n"
        f"os.chdir({str(tmp_path)!r})\n"
        "os.setgroups([]); os.setgid(12345); os.setuid(12345)\n"
        "numba.config.CACHE_DIR = ''\n"
        "kept.kept.cache_clear()\n"
        "jit.listen(print)\n"
        "print(log(1.0))\n"
    )
    names = {"HOME", "XDG_CACHE_HOME"}
    environment = {name: value for name, value in os.environ.items() if name not in names}
    environment |= {"TMPDIR": str(tmp_path), "NUMBA_CACHE_DIR": str(tmp_path.parent / "of_the_administrator")}
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", script], cwd=ROOT, env=environment, capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stderr
    word = "compiled code is not kept, every start compiles again: this user has no home folder"
    assert done.stdout == f"{word}; NUMBA_CACHE_DIR names another folder\n0.0\n"
    assert list(tmp_path.iterdir()) == []
