"""The comparison between processors finds what is planted, and the same bits come from code without AVX."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import llvmlite.binding as llvm
import pytest

from tests.golden.rewrite import NAMES, PATH
from tools import bits
from tools.bits import AARCH64, NATIVE, TARGETS, X86, Comparison, Played, Target
from tools.machine_code import Code, architecture_of, read

PLAIN, SECOND, THIRD, FOURTH = X86
FIGURES: dict[str, object] = {"result.mean": 10.0, "result.se": None, "result.worlds": 40, "result.unit": "USD"}


def played(target: Target = PLAIN, widest: str = "", **changes: Any) -> Played:  # noqa: ANN401 - of its fields
    """Return what a processor plays if all is well, with changes."""
    code = Code(target.name, widest or target.widest, ())
    told = ("x86_64-unknown-linux-gnu", target.name, "")
    right = Played(told, {"golden: a": "11", "steady: b": "22"}, FIGURES, {"rows.draw(i8)": code}, [])
    return right._replace(**changes)


def test_equal_results_of_the_right_code_are_left_alone() -> None:
    assert bits.differences(played(), played(THIRD)) == []
    assert bits.against_golden(played(), {"a": "11"}) == []
    for target in X86:
        assert bits.flaws(played(target), target) == []


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"cases": {"golden: a": "11", "steady: b": "23"}}, "steady: b: other bits"),
        ({"cases": {"golden: a": "11"}}, "steady: b: played on one processor only"),
        ({"figures": FIGURES | {"result.mean": 10.00001}}, "result.mean: 10.0 and 10.00001"),
        ({"figures": FIGURES | {"result.se": 0.1}}, "result.se: None and 0.1"),
        ({"figures": FIGURES | {"result.worlds": 41}}, "result.worlds: 40 and 41"),
        ({"figures": FIGURES | {"result.unit": "EUR"}}, "result.unit: USD and EUR"),
        ({"figures": FIGURES | {"result.sd": 1.0}}, "result.sd: on one processor only"),
    ],
)
def test_a_planted_difference_is_told_with_its_name(changes: dict[str, Any], said: str) -> None:
    assert bits.differences(played(), played(**changes)) == [said]


def test_figures_may_differ_by_their_last_digits() -> None:
    assert bits.differences(played(), played(figures=FIGURES | {"result.mean": 10.000000000000002})) == []


def test_a_hash_that_is_not_the_one_written_down_is_told() -> None:
    assert bits.against_golden(played(), {"a": "12"}) == ["golden: a: not the hash in tests/golden/hashes.json"]


@pytest.mark.parametrize(
    ("target", "found", "said"),
    [
        (PLAIN, played(widest="AVX"), "its widest instructions are AVX, not SSE rows.draw(i8)"),
        (THIRD, played(THIRD, "AVX-512"), "its widest instructions are AVX-512, not AVX rows.draw(i8)"),
        (FOURTH, played(FOURTH, "AVX"), "its widest instructions are AVX, not AVX-512"),
        (THIRD, played(THIRD, codes={"k": Code("2", "AVX", ("vfmadd213sd",))}), "k has vfmadd213sd"),
        (PLAIN, played(idle=["normal.cdf"]), "no case needs normal.cdf"),
        (PLAIN, played(codes={}), "no kernel was compiled"),
        (PLAIN, played(processor=("x86_64", "x86-64", "+avx2")), "it was compiled for x86-64, +avx2"),
        (PLAIN, played(processor=("x86_64", "znver4", "")), "it was compiled for znver4, "),
        (NATIVE, played(idle=["normal.cdf"]), "no case needs normal.cdf"),
    ],
)
def test_code_that_proves_nothing_is_told(target: Target, found: Played, said: str) -> None:
    assert bits.flaws(found, target) == [said]


def test_a_comparison_fails_if_anything_is_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    good = Comparison({"a": "11"})
    good.add(NATIVE, played(NATIVE, "AVX-512"), 9.0)
    good.add(PLAIN, played(figures=FIGURES | {"result.mean": 10.000000000000002}), 8.0)
    assert not good.failed
    assert capsys.readouterr().out.splitlines() == [
        "this processor (), 9 s",
        "  2 cases, 1 kernels: 1 AVX-512",
        "  4 figures of documents, up to 0e+00 off",
        "x86-64 (x86-64), 8 s",
        "  2 cases, 1 kernels: 1 SSE",
        "  4 figures of documents, up to 2e-16 off",
    ]
    for wrong in (
        played(cases={"golden: a": "12", "steady: b": "22"}),
        played(codes={"rows.draw(i8)": Code(NATIVE.name, "SSE", ())}),
        played(figures={}),
        played(idle=["normal.cdf"]),
    ):
        bad = Comparison({"a": "11"})
        bad.add(NATIVE, played(NATIVE, "AVX-512"), 9.0)
        bad.add(PLAIN, wrong, 8.0)
        assert bad.failed
    assert "  WRONG no case needs normal.cdf" in capsys.readouterr().out


def test_what_is_played_travels_as_text() -> None:
    assert Played.from_json(played().as_json()) == played()


def test_nothing_of_the_machine_is_left_in_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("NUMBA_CPU_NAME", "znver4")
    monkeypatch.setenv("NUMBA_OPT", "1")
    monkeypatch.setenv("NPY_DISABLE_CPU_FEATURES", "X86_V3")
    found = ["X86_V3", "X86_V4", "AVX512_ICL", "AVX2"]

    def made(target: Target) -> dict[str, str]:
        given = bits.environment(target, tmp_path, found)
        return {name: text for name, text in given.items() if name.startswith(("NUMBA_", "NPY_"))}

    kept = {"NUMBA_CACHE_DIR": str(tmp_path)}
    assert made(NATIVE) == kept
    named = kept | {"NUMBA_CPU_FEATURES": ""}
    assert made(PLAIN) == named | {"NUMBA_CPU_NAME": "x86-64", "NPY_DISABLE_CPU_FEATURES": ",".join(found)}
    assert made(THIRD) == named | {"NUMBA_CPU_NAME": "x86-64-v3", "NPY_DISABLE_CPU_FEATURES": "X86_V4,AVX512_ICL"}
    assert made(FOURTH) == named | {"NUMBA_CPU_NAME": "x86-64-v4"}


@pytest.mark.parametrize("planted", ["nowhere", "x86-64"])
def test_the_tool_plays_what_this_machine_can_run(
    planted: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def play(target: Target, *_how: object) -> Played:
        cases = {"golden: a": "11", "steady: b": "wrong" if target.name == planted else "22"}
        return played(target, target.widest or "AVX-512", cases=cases)

    monkeypatch.setattr(bits, "here", lambda: ("x86", set(THIRD.needs), []))
    monkeypatch.setattr(bits, "written", lambda: {"a": "11"})
    monkeypatch.setattr(bits, "play", play)
    said = bits.main([]), capsys.readouterr().out.splitlines()
    assert said[1][0].startswith("x86-64-v4: left out, this processor has no avx512bw")
    assert [line.split()[0] for line in said[1] if ", 0 s" in line] == ["this", "x86-64", "x86-64-v2", "x86-64-v3"]
    right, wrong = (0, "the same bits"), (1, "differences, or nothing was proved")
    assert (said[0], said[1][-1]) == (right if planted == "nowhere" else wrong)


def assembly(body: str, processor: str) -> str:
    """Return what LLVM makes of the body of a function of three vectors of eight numbers."""
    architecture = architecture_of(llvm.get_process_triple())
    if processor not in {target.name for target in TARGETS[architecture]}:
        pytest.skip(f"this LLVM knows no {processor}")
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    vector = "<8 x double>"
    text = f"define {vector} @f({vector} %a, {vector} %b, {vector} %c) {{\n{body}\nret {vector} %s\n}}"
    machine = llvm.Target.from_default_triple().create_target_machine(cpu=processor, features="", opt=3)
    return str(machine.emit_assembly(llvm.parse_assembly(text)))


APART = "%p = fmul <8 x double> %a, %b\n%s = fadd <8 x double> %p, %c"
FUSED = APART.replace("fmul", "fmul contract").replace("fadd", "fadd contract")


@pytest.mark.parametrize("target", [*X86, *AARCH64], ids=lambda target: target.name)
def test_instructions_are_told_apart_in_what_llvm_writes(target: Target) -> None:
    architecture = "x86" if target in X86 else "aarch64"
    code = read(assembly(APART, target.name), architecture)
    assert (code.widest, code.fused) == (target.widest, ())
    fused = read(assembly(FUSED, target.name), architecture)
    assert bool(fused.fused) == (target not in {PLAIN, SECOND})


def test_without_an_emulator_it_says_how_to_get_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("shutil.which", lambda _name: None)
    with pytest.raises(SystemExit):
        bits.main(["--aarch64", str(tmp_path)])
    assert (
        "qemu-aarch64-static is not installed: apt-get install qemu-user-static mmdebstrap" in capsys.readouterr().err
    )
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_the_narrowest_code_gives_the_bits_that_are_written_down() -> None:
    architecture, _, found = bits.here()
    target, name = TARGETS[architecture][0], "canonical"
    once = bits.play(target, [sys.executable], found, [f"golden: {name}"])
    assert bits.against_golden(once, bits.written()) == []
    assert list(once.cases) == [f"golden: {name}"]
    assert bits.flaws(once._replace(idle=[]), target) == []


def test_every_golden_hash_is_compared() -> None:
    assert PATH.is_file()
    assert list(bits.written()) == list(NAMES)
