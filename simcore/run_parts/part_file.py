"""A part of a run as one file: its counters, the scenario, and which run it belongs to.

The first line names the format and the SHA-256 of all that follows, so that one bit that has changed is seen. What
follows is an ``.npz`` (`numpy.load`, without pickles): ``header``, JSON as bytes, and the counters of
`simcore.program.tally.TallyArrays`, all int64, the bins of revenue as their numbers and counts where they are not 0.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, field_validator

from simcore.base.errors import Problem, ScenarioError
from simcore.base.version import __version__
from simcore.compiled.sources import Sources
from simcore.engine.parts import Part
from simcore.program.tally import Tally, TallyArrays
from simcore.results_folders.atomic import read_plain, shown, write_whole
from simcore.results_folders.kept_scenario import NAMES, kept_texts, read_kept
from simcore.results_folders.manifest import SCENARIO
from simcore.scenario.digest import scenario_digest

if TYPE_CHECKING:
    from simcore.scenario.model import Scenario

MAGIC = b"simcore part 1 "
MOST_BYTES = 1 << 28
"""Largest part that is read, and largest array in it: ten times what a run with all its counters has."""
_HEADER, _BINS, _COUNTS, _SHAPE = "header", "bins_at", "bins_count", "bins_shape"
_PLAYS = "simcore.engine.worlds"


@cache
def digest_of_sources() -> str:
    """Return the SHA-256 of the code that plays a run, comments and docstrings aside; 64 hexadecimal digits."""
    found = Sources("simcore", Path(__file__).parent.parent).digest(_PLAYS)
    return "unknown" if found is None else found


class Header(BaseModel):
    """Which run a part belongs to, and what of it there is."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    simcore_part: Literal[1] = 1
    version: str
    sources: str
    """See `digest_of_sources`."""
    digest: str
    """That of the scenario: same digest, seed and sources, and parts belong together."""
    seed: Annotated[int, Field(ge=0, lt=2**64)]
    of: Annotated[int, Field(ge=1)]
    """Replications of the whole run, when this was written."""
    first: Annotated[int, Field(ge=0)]
    end: Annotated[int, Field(ge=1)]
    """Where its share ends, whether or not it has got there."""
    replications: Annotated[int, Field(ge=1)]
    seconds: Annotated[float, Field(ge=0.0)]
    compile_seconds: Annotated[float, Field(ge=0.0)]
    threads: Annotated[int, Field(ge=1)]
    scenario: dict[str, str]
    """Its files, as `simcore.results_folders.kept_scenario.kept_texts` has them."""

    @field_validator("scenario")
    @classmethod
    def _known_files(cls, files: dict[str, str]) -> dict[str, str]:
        if SCENARIO not in files or not files.keys() <= NAMES:
            raise ValueError("these are not the files of a scenario")
        return files


class Kept(NamedTuple):
    """A part as it was read."""

    path: Path
    header: Header
    part: Part

    def read_scenario(self) -> Scenario:
        """Return the scenario that it was played with.

        Raises
        ------
        ScenarioError
            If it holds none that this version reads.
        """
        return read_kept(self.header.scenario, f"{shown(self.path)}: scenario")


def write_part(path: Path, scenario: Scenario, part: Part, end: int) -> None:
    """Write a part, whole or not at all; an earlier one under this name is replaced.

    Parameters
    ----------
    scenario
        With the replications of the whole run.
    end
        Where the share ends that is being played.

    Raises
    ------
    FileError
        If it could not be written; what was there is then unchanged.
    """
    header = Header(
        version=__version__,
        sources=digest_of_sources(),
        digest=scenario_digest(scenario),
        seed=scenario.run.seed,
        of=scenario.run.replications,
        first=part.first,
        end=end,
        replications=part.replications,
        seconds=part.seconds,
        compile_seconds=part.compile_seconds,
        threads=part.threads,
        scenario=kept_texts(scenario),
    )
    write_whole(path, _packed(header, part.tally.arrays))


def _packed(header: Header, arrays: TallyArrays) -> bytes:
    bins = arrays.bins.ravel()
    seen = np.flatnonzero(bins)
    named: dict[str, NDArray[np.generic]] = {
        _HEADER: np.frombuffer(header.model_dump_json().encode(), np.uint8),
        **{name: value for name, value in arrays._asdict().items() if name != "bins"},
        _BINS: seen.astype(np.int64),
        _COUNTS: bins[seen],
        _SHAPE: np.array(arrays.bins.shape, np.int64),
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, value in named.items():
            content = io.BytesIO()
            np.lib.format.write_array(content, np.ascontiguousarray(value), allow_pickle=False)
            archive.writestr(zipfile.ZipInfo(f"{name}.npy"), content.getvalue(), zipfile.ZIP_DEFLATED, 1)
    body = file.getvalue()
    return MAGIC + hashlib.sha256(body).hexdigest().encode("ascii") + b"\n" + body


def read_header(path: Path) -> Header:
    """Read which run a part belongs to; errors as for `read_part`."""
    return _header(path, _body(path))


def read_part(path: Path) -> Kept:
    """Read a part.

    Raises
    ------
    FileError
        If it cannot be read.
    ScenarioError
        If it is no part of a run, is damaged, or was written in another format.
    """
    body = _body(path)
    header = _header(path, body)
    try:
        tally = Tally(_counters(body))
        if (tally.arrays.replications < 0).any():
            raise ValueError("less than nothing")
    except _NOT_ONE as error:
        raise _refused(path, "holds no counters of a run") from error
    part = Part(header.first, tally, header.seconds, header.compile_seconds, header.threads)
    if part.replications != header.replications or part.end > header.end:
        raise _refused(path, "does not hold the replications that it states")
    return Kept(path, header, part)


def _body(path: Path) -> bytes:
    """Return what follows the first line, which vouches for it."""
    data = read_plain(path, MOST_BYTES + 1)
    if not data.startswith(MAGIC):
        if data.startswith(b"simcore part "):
            raise _refused(path, "is a part of a run in the format of another version")
        raise _refused(path, "is no part of a run", "--checkpoint writes such files, and --shard with --out")
    line, _, body = data.partition(b"\n")
    if len(data) > MOST_BYTES or line[len(MAGIC) :] != hashlib.sha256(body).hexdigest().encode("ascii"):
        raise _refused(path, "is damaged: its content does not have the SHA-256 that it states")
    return body


_NOT_ONE = (ValueError, KeyError, OSError, zipfile.BadZipFile, NotImplementedError, EOFError)
"""What reading something else ends with; a `ValidationError` is a `ValueError`."""


def _header(path: Path, body: bytes) -> Header:
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            if sum(member.file_size for member in archive.infolist()) > MOST_BYTES:
                raise ValueError("too large")
        with np.load(io.BytesIO(body), allow_pickle=False) as loaded:
            return Header.model_validate(json.loads(loaded[_HEADER].tobytes()))
    except _NOT_ONE as error:
        raise _refused(path, "does not say which run it is a part of") from error


def _refused(path: Path, message: str, hint: str | None = None) -> ScenarioError:
    return ScenarioError((Problem(message, file=shown(path), hint=hint),))


def _counters(body: bytes) -> TallyArrays:
    """Return the counters; an error of `_NOT_ONE` where there are none."""
    names = [name for name in TallyArrays._fields if name != "bins"]
    with np.load(io.BytesIO(body), allow_pickle=False) as loaded:
        found = {name: loaded[name] for name in (*names, _BINS, _COUNTS, _SHAPE)}
    if any(each.dtype != np.int64 for each in found.values()):
        raise ValueError("not int64")
    shape = tuple(found.pop(_SHAPE).tolist())
    size = int(np.prod(np.array(shape, object)))
    at, count = found.pop(_BINS), found.pop(_COUNTS)
    if not 0 < size <= MOST_BYTES // 8 or min(shape) < 1 or at.ndim != 1 or at.shape != count.shape:
        raise ValueError("no bins")
    if (at < 0).any() or (at >= size).any():
        raise ValueError("no such bin")
    bins = np.zeros(size, np.int64)
    bins[at] = count
    return TallyArrays(bins=bins.reshape(shape), **found)
