"""A part comes back as it was written; whatever else stands in the file is refused by name."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from pathlib import Path

import numpy as np
import pytest

from simcore.base.errors import FileError, ScenarioError
from simcore.engine.parts import Part, play_part
from simcore.run_parts import part_file
from simcore.run_parts.part_file import MAGIC, read_header, read_part, write_part
from simcore.scenario.digest import scenario_digest
from simcore.scenario_files.scenario_file import dump_yaml, load_scenario, parse_scenario

SCENARIO = load_scenario("trust-the-process", ["run.replications=20", "team.reps=2", "horizon.weeks=26"])


@pytest.fixture(scope="module")
def part() -> Part:
    found = play_part(SCENARIO, 5, 12, threads=1)
    assert found is not None
    return found


@pytest.fixture
def file(part: Part, tmp_path: Path) -> Path:
    path = tmp_path / "part"
    write_part(path, SCENARIO, part, 12)
    return path


def test_a_part_comes_back(file: Path, part: Part) -> None:
    kept = read_part(file)
    assert kept.part.tally.same_as(part.tally)
    assert (kept.part.first, kept.part.end, kept.header.end, kept.header.of) == (5, 12, 12, 20)
    assert kept.read_scenario() == SCENARIO
    assert read_header(file) == kept.header
    # NumPy alone reads what follows the first line.
    body = file.read_bytes().partition(b"\n")[2]
    assert int(np.load(io.BytesIO(body), allow_pickle=False)["replications"].sum()) == 7


def test_what_lies_beside_a_scenario_goes_with_it(part: Part, tmp_path: Path) -> None:
    (tmp_path / "deals.csv").write_text("stage,rep\nopportunities,2\n", encoding="utf-8")
    (tmp_path / "draws.csv").write_text("funnel.wins.rate\n0.1\n0.2\n", encoding="utf-8")
    text = dump_yaml(SCENARIO) + "start: {open: deals.csv}\nknowledge: {draws: draws.csv}\n"
    scenario = parse_scenario(text, folder=tmp_path)
    assert scenario.knowledge is not None
    write_part(tmp_path / "part", scenario, part, 12)
    for name in ("deals.csv", "draws.csv"):
        (tmp_path / name).unlink()
    found = read_part(tmp_path / "part").read_scenario()
    assert scenario_digest(found) == scenario_digest(scenario)


def test_files_elsewhere_are_refused(file: Path) -> None:
    header = json.loads(read_header(file).model_dump_json())
    header["scenario"]["../evil.csv"] = "x"
    changed(file, header=np.frombuffer(json.dumps(header).encode(), np.uint8))
    with pytest.raises(ScenarioError, match=HEADER):
        read_part(file)


def test_the_same_part_is_the_same_bytes(file: Path, part: Part, tmp_path: Path) -> None:
    write_part(tmp_path / "again", SCENARIO, part, 12)
    assert (tmp_path / "again").read_bytes() == file.read_bytes()


def test_every_flipped_bit_is_seen(file: Path) -> None:
    """300 of them, the whole first line among them."""
    data = file.read_bytes()
    first = 8 * (data.index(b"\n") + 1)
    chosen = [*range(first), *np.random.default_rng(3).integers(first, 8 * len(data), 300 - first % 300).tolist()]
    for bit in chosen:
        flipped = bytearray(data)
        flipped[bit // 8] ^= 1 << bit % 8
        file.write_bytes(bytes(flipped))
        with pytest.raises(
            ScenarioError, match=r"part: (is damaged|is no part of a run|is a part of a run in the format)"
        ):
            read_part(file)


@pytest.mark.parametrize("length", [0, 5, 14, 60, 79, 80, 500, 5000])
def test_a_part_that_was_cut_off_is_seen(file: Path, length: int) -> None:
    file.write_bytes(file.read_bytes()[:length])
    with pytest.raises(ScenarioError, match=r"part: is (damaged|no part of a run|a part of a run in the format)"):
        read_part(file)


def sealed(body: bytes) -> bytes:
    return MAGIC + hashlib.sha256(body).hexdigest().encode() + b"\n" + body


def changed(file: Path, **arrays: object) -> None:
    """Write a part with other members, and a sum that vouches for them."""
    with np.load(io.BytesIO(file.read_bytes().partition(b"\n")[2]), allow_pickle=False) as loaded:
        members = {name: loaded[name] for name in loaded.files}
    content = io.BytesIO()
    np.savez(content, **{name: value for name, value in {**members, **arrays}.items() if value is not None})
    file.write_bytes(sealed(content.getvalue()))


HEADER = "does not say which run it is a part of"
COUNTERS = "holds no counters of a run"
HOSTILE: dict[str, tuple[dict[str, object], str]] = {
    "no header": ({"header": None}, HEADER),
    "a header that is none": ({"header": np.frombuffer(b"{}", np.uint8)}, HEADER),
    "a header of no JSON": ({"header": np.frombuffer(b"\xff{", np.uint8)}, HEADER),
    "no counters": ({"moments": None}, COUNTERS),
    "other numbers": ({"moments": np.zeros(3)}, COUNTERS),
    "objects": ({"moments": np.array([{}], object)}, COUNTERS),
    "a bin that is not there": ({"bins_at": np.array([1 << 40]), "bins_count": np.array([1])}, COUNTERS),
    "a bin below the first": ({"bins_at": np.array([-1]), "bins_count": np.array([1])}, COUNTERS),
    "bins without counts": ({"bins_count": np.array([1, 2])}, COUNTERS),
    "bins without end": ({"bins_shape": np.array([1 << 40, 1 << 40, 1 << 40])}, COUNTERS),
    "bins of no size": ({"bins_shape": np.array([-2, -3])}, COUNTERS),
    "fewer than nothing": ({"replications": np.full(256, -1)}, COUNTERS),
    "other replications": ({"replications": np.ones(256, np.int64)}, "does not hold the replications that it states"),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_what_is_no_part_is_refused(file: Path, kind: str) -> None:
    arrays, message = HOSTILE[kind]
    changed(file, **arrays)
    with pytest.raises(ScenarioError, match=f"part: {message}"):
        read_part(file)


def test_what_would_not_fit_is_refused(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("header.npy", bytes(10_000_000))
    file.write_bytes(sealed(body.getvalue()))
    monkeypatch.setattr(part_file, "MOST_BYTES", 1_000_000)
    with pytest.raises(ScenarioError, match=HEADER):
        read_part(file)
    file.write_bytes(bytes(2_000_000))
    with pytest.raises(ScenarioError, match="is no part of a run"):
        read_part(file)


def test_what_is_no_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"cannot read .*missing"):
        read_part(tmp_path / "missing")
    with pytest.raises(FileError, match="cannot read"):
        read_part(tmp_path)
