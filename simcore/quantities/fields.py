"""What all parts of a scenario share: strict fields, ranges, sources, and errors reported all at once."""

from __future__ import annotations

import math
import re
import types
import typing
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, NamedTuple, Self, TypeVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    ModelWrapValidatorHandler,
    PrivateAttr,
    StringConstraints,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    model_validator,
)
from pydantic_core import CoreSchema, ErrorDetails, InitErrorDetails, PydanticCustomError, core_schema

from simcore.base.drawn import Drawn
from simcore.base.errors import UsageError
from simcore.base.spelling import Kind, percent_hint, read_number
from simcore.base.text import brief, did_you_mean, printable, shorten

Location = tuple[str | int, ...]
"""Keys and indices from the root of the scenario to a value."""


MISSING = "is missing"
UNKNOWN_KEY = "unknown key"


class Unreadable:
    """Placeholder for a value whose problem has been reported: no more is reported about it."""


class Complaint(NamedTuple):
    """A problem before it has a position: `Problem` without file, line and column."""

    location: Location
    message: str
    value: object = None
    allowed: str | None = None
    hint: str | None = None
    at_key: bool = False
    """Whether the key is at fault, not its value."""

    def below(self, location: Location) -> Complaint:
        """Return the complaint with `location`, that of the enclosing value, put before its own."""
        return self._replace(location=location + self.location)

    def as_error(self) -> PydanticCustomError:
        """Return the complaint as an exception that a pydantic validator may raise."""
        context = {"message": self.message, "allowed": self.allowed, "hint": self.hint, "at_key": self.at_key}
        return PydanticCustomError("problem", "{message}", context)

    def as_detail(self) -> InitErrorDetails:
        """Return the complaint as a line of a pydantic `ValidationError`."""
        return InitErrorDetails(type=self.as_error(), loc=self.location, input=self.value)


def refused(message: str, *, allowed: str | None = None, hint: str | None = None) -> PydanticCustomError:
    """Return the exception that a field validator raises to refuse its value."""
    return Complaint((), message, allowed=allowed, hint=hint).as_error()


def unknown_key(key: str | int, known: Iterable[str]) -> Complaint:
    """Return the complaint about a key that a mapping does not have."""
    keys = list(known)
    longer = [name for name in keys if name.startswith(f"{key}_")]
    hint = f"did you mean {longer[0]}?" if len(longer) == 1 else did_you_mean(str(key), keys)
    return Complaint((key,), UNKNOWN_KEY, key, ", ".join(keys), _colonless(str(key), keys) or hint, at_key=True)


_COLONLESS = re.compile(r"(\w+)\s*([=:\uff1a]|\s)\s*(.*)", re.DOTALL)
"""A key that holds its value: reps=6, reps:6, reps 6, with a wide colon."""


def _colonless(key: str, known: list[str]) -> str | None:
    """Return a hint for a key that is probably a key and a value without a colon, else ``None``."""
    found = _COLONLESS.fullmatch(brief(key))
    name = found and next((each for each in known if each.lower() == found[1].lower()), None)
    if not found or not name:
        return None
    rest = (
        f"{found[3][0]}...{'}' if found[3][0] == '{' else ']'}" if found[3][:1] in ("{", "[") else found[3] or "value"
    )
    return f"write {name}: {rest} (a colon, then a space)"


SECTIONS = (
    *("calendar", "horizon", "team", "plan", "funnel", "market", "deal", "quota", "start", "referrals", "inflow"),
    *("manager", "strategies", "run", "season", "knowledge"),
)
"""The top-level keys whose value is a part: none belongs under another."""


def _no_mapping(part: type[BaseModel], data: object) -> PydanticCustomError:
    """Return the error for a value that is not a mapping, with the keys of the part and a hint."""
    keys = [name for name in part.model_fields if name != "source"]
    numbers = [name for name in keys if name in number_fields(part)]
    required = [name for name in keys if part.model_fields[name].is_required()]
    hint = None
    one = data[0] if isinstance(data, list | tuple) and len(data) == 1 else None
    word = one if isinstance(one, str) else data
    if data is None:
        hint = "write {} where it says nothing"
    elif isinstance(one, Mapping):
        hint = "write its keys without the dash"
    elif isinstance(word, str) and word in numbers:
        hint = f"write {{{word}: 1}}"
    elif _is_scalar(one) and numbers:
        hint = "write it without brackets"
    elif _is_scalar(data):
        is_number = isinstance(data, int | float)
        meant = required if len(required) == 1 else numbers[:1] if is_number and not required else []
        fits = meant and (meant[0] in numbers) == is_number
        hint = f"write {{{meant[0]}: {shorten(data, quote=False)}}}" if fits else None
    return refused("must be a mapping (key: value)", allowed=f"keys {', '.join(keys)}" if keys else None, hint=hint)


def _is_scalar(data: object) -> bool:
    return isinstance(data, str | int | float) and not isinstance(data, bool)


_SIMPLE_MESSAGES = {
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "int_parsing_size": "is out of range",
    "finite_number": "must be finite",
    "string_type": "must be text",
    "dict_type": "must be a mapping (key: value)",
    "mapping_type": "must be a mapping (key: value)",
    "model_type": "must be a mapping (key: value)",
    "model_attributes_type": "must be a mapping (key: value)",
    "tuple_type": "must be a list",
    "list_type": "must be a list",
}


def translate(error: ErrorDetails) -> Complaint:
    """Convert one line of a pydantic error to a complaint in terms of the scenario format."""
    location, kind, given = error["loc"], error["type"], error["input"]
    context = error.get("ctx", {})
    if kind == "problem":
        return Complaint(
            location, context["message"], given, context["allowed"], context["hint"], at_key=context["at_key"]
        )
    if kind == "literal_error":
        choices = re.findall(r"'([^']*)'", context["expected"]) or [context["expected"]]
        hint = did_you_mean(given, choices) if isinstance(given, str) else None
        return Complaint(location, "is not one of the choices", given, ", ".join(choices), hint)
    if kind == "missing":
        return Complaint(location, MISSING)
    hint = None
    if kind == "string_type" and isinstance(given, int | float):
        hint = "put it in quotes if it is meant as text"
    return Complaint(location, _SIMPLE_MESSAGES.get(kind, error["msg"]), given, hint=hint)


def complaints_of(error: ValidationError) -> list[Complaint]:
    """Return all complaints of a pydantic error."""
    return [translate(line) for line in error.errors(include_url=False)]


class Dotted(float):
    """A number that was typed with three digits after a dot: 1.250, which is 1250 where dots part thousands."""

    def __new__(cls, text: str) -> Self:
        """Return the number as YAML reads the text."""
        return super().__new__(cls, text)

    def __init__(self, text: str) -> None:
        self.text = text


NumberText = Annotated[str, StringConstraints(pattern=r"^[^A-Za-z]*[0-9].*$")]
"""A number given as text, as the published schema describes it."""


class SourcedNumber(BaseModel):
    """A number together with where it comes from (only for the published schema)."""

    model_config = ConfigDict(extra="forbid")
    value: float | NumberText
    source: str | None = None


@dataclass(frozen=True)
class _Typed:
    """Reads a number of one kind, given as a number or as people write it; the result is the same for both."""

    kind: Kind

    def __call__(self, value: object) -> object:
        if isinstance(value, Mapping):
            raise refused("must be a number, or a mapping of value and source", allowed="{value: 0.1, source: text}")
        if isinstance(value, Dotted):
            value = value.text if self.kind.is_grouped else float(value)
        if isinstance(value, str):
            value = self._read(value)
        if self.kind is Kind.COUNT and isinstance(value, float):
            if not value.is_integer():
                raise refused("must be a whole number")
            return int(value)  # 1e5 is a whole number, however it is written
        return value

    def _read(self, text: str) -> float:
        try:
            value = read_number(text, self.kind).value
        except UsageError as error:
            problem = error.problems[0]
            message = re.sub("^is not", "must be", problem.message)
            raise refused(message, hint=problem.hint) from None
        return int(value) if value == value.to_integral_value() and abs(value) < 10**18 else float(value)


def _as_drawn(value: object, handler: ValidatorFunctionWrapHandler) -> object:
    """Keep a number of which every replication has its own, whose rows were checked when they were read."""
    return value if isinstance(value, Drawn) else handler(value)


def _tuple(value: object) -> object:
    if isinstance(value, Mapping):
        raise refused("must be a list", hint="each entry stands on its own line after a dash, as in - {key: value}")
    if _is_scalar(value):
        raise refused("must be a list", hint="write [a, b], or each entry on its own line after a dash")
    return tuple(value) if isinstance(value, list) else value


def _text(value: object) -> object:
    return printable(value) if isinstance(value, str) else value


@dataclass(frozen=True)
class Range:
    """The range of a number; its bounds are included unless `above` or `below` is set."""

    low: float
    high: float = math.inf
    above: bool = False
    below: bool = False

    def __str__(self) -> str:
        """Return the range as text, for an error."""
        low = f"above {self.low:.15g}" if self.above else f"from {self.low:.15g}"
        if math.isinf(self.high):
            return low if self.above else f"{self.low:.15g} or more"
        return f"{low} to below {self.high:.15g}" if self.below else f"{low} to {self.high:.15g}"

    def __contains__(self, value: float) -> bool:
        """Whether the value is finite and inside."""
        if not math.isfinite(value):
            return False
        over = value > self.low if self.above else value >= self.low
        return over and (value < self.high if self.below else value <= self.high)

    def check(self, value: float) -> float:
        """Return the value, or refuse it."""
        if not math.isfinite(value):
            raise refused("must be finite", allowed=str(self))
        if value not in self:
            hint = percent_hint(value) if self.high == 1 else None
            raise refused("is out of range", allowed=str(self), hint=hint)
        return value

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:  # noqa: ANN401
        return core_schema.no_info_after_validator_function(self.check, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        described = handler(schema)
        described["exclusiveMinimum" if self.above else "minimum"] = self.low
        if math.isfinite(self.high):
            described["exclusiveMaximum" if self.below else "maximum"] = self.high
        return described


@dataclass(frozen=True)
class Unit:
    """What a number counts or measures, as the published schema says it."""

    name: str

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {**handler(schema), "unit": self.name}


@dataclass(frozen=True)
class Length:
    """How many entries a list, or characters a text, may have."""

    low: int
    high: int
    what: str

    def check(self, value: Any) -> Any:  # noqa: ANN401
        """Return the value, or refuse it."""
        if not self.low <= len(value) <= self.high:
            what = self.what.removesuffix("s") if len(value) == 1 and not self.what.endswith("ies") else self.what
            raise refused(f"has {len(value)} {what}", allowed=f"{self.low} to {self.high}")
        return value

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:  # noqa: ANN401
        return core_schema.no_info_after_validator_function(self.check, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        described = handler(schema)
        kind = {"string": "Length", "object": "Properties"}.get(str(described.get("type")), "Items")
        return {**described, f"min{kind}": self.low, f"max{kind}": self.high}


_Entry = TypeVar("_Entry")

_NumberInput = float | NumberText | SourcedNumber
KEEPS_DRAWN = WrapValidator(_as_drawn)
Number = Annotated[float, BeforeValidator(_Typed(Kind.NUMBER), json_schema_input_type=_NumberInput), KEEPS_DRAWN]
Amount = Annotated[float, BeforeValidator(_Typed(Kind.AMOUNT), json_schema_input_type=_NumberInput), KEEPS_DRAWN]
Whole = Annotated[int, BeforeValidator(_Typed(Kind.COUNT), json_schema_input_type=int | NumberText | SourcedNumber)]
Many = Annotated[tuple[_Entry, ...], BeforeValidator(_tuple)]
Text = Annotated[str, BeforeValidator(_text)]
Share = Annotated[Number, Range(0, 1), Unit("share")]
Coefficient = Annotated[Number, Range(-1000, 1000), Unit("number")]


@cache
def number_fields(part: type[BaseModel]) -> frozenset[str]:
    """Return the names of the fields of a part that hold one number."""

    def is_number(annotation: object) -> bool:
        if typing.get_origin(annotation) in (typing.Union, types.UnionType, Annotated):
            return any(is_number(argument) for argument in typing.get_args(annotation))
        return annotation in (int, float)

    return frozenset(name for name, field in part.model_fields.items() if is_number(field.annotation))


class Part(BaseModel):
    """A frozen, strictly validated part of a scenario.

    All its errors are reported at once. Each of its numbers may be given as ``{value: number, source: text}``:
    the attribute is the number, the source is kept aside in `sources`.
    """

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", allow_inf_nan=True)
    _sources: dict[str, str] = PrivateAttr(default_factory=dict)

    def __hash__(self) -> int:
        """Return a hash that is equal for equal parts, from texts, numbers and parts, not lists or mappings."""
        fields = (getattr(self, name) for name in type(self).model_fields)
        return hash((type(self).__qualname__, *(each for each in fields if isinstance(each, str | int | float | Part))))

    @property
    def sources(self) -> dict[str, str]:
        """The sources of single numbers, by field name."""
        return dict(self._sources)

    def source_of(self, field: str) -> str | None:
        """Return the source of a number: its own, else that of the whole part, else ``None``."""
        whole: str | None = getattr(self, "source", None)
        return self._sources.get(field, whole)

    @property
    def derived(self) -> frozenset[str]:
        """The fields that follow from others, and so are not written; parts override this."""
        return frozenset()

    def _derive(self) -> dict[str, object]:
        """Return the values of the fields that follow from others; parts override this."""
        return {}

    def complaints(self) -> Iterator[Complaint]:
        """Yield complaints about valid fields that conflict; parts override this."""
        return iter(())

    @classmethod
    def complaints_about(cls, data: Mapping[str, object]) -> Iterator[Complaint]:  # noqa: ARG003
        """Yield complaints about the data as given, whether or not its fields are valid; parts override this."""
        return iter(())

    @classmethod
    def _unknown(cls, key: str) -> Complaint:
        """Return the complaint about a key that the part does not have; parts override this."""
        complaint = unknown_key(key, cls.model_fields)
        if key not in SECTIONS:
            return complaint
        return complaint._replace(hint=f"{key} belongs to no other key: write it at the beginning of a line")

    @classmethod
    def _lift(cls, data: Mapping[str, object]) -> tuple[dict[str, object], dict[str, str]]:
        """Separate numbers from their sources; return the data and the sources by field."""
        plain, sources = dict(data), {}
        for name in number_fields(cls) & plain.keys():
            given = plain[name]
            if not isinstance(given, Mapping) or "value" not in given or not given.keys() <= {"value", "source"}:
                continue
            source = given.get("source")
            if source is None or isinstance(source, str):
                plain[name] = given["value"]
                if source is not None:
                    sources[name] = printable(source)
        return plain, sources

    @model_validator(mode="wrap")
    @classmethod
    def _validate(cls, data: object, handler: ModelWrapValidatorHandler[Self]) -> Self:
        if not isinstance(data, Mapping):
            if data is None or isinstance(data, str | int | float | list | tuple):
                raise _no_mapping(cls, data)
            return handler(data)
        plain, sources = cls._lift(data)
        found = [cls._unknown(key) for key in plain if key not in cls.model_fields]
        found.extend(cls.complaints_about(plain))
        part: Self | None = None
        try:
            part = handler({key: plain[key] for key in plain if key in cls.model_fields})
        except ValidationError as error:
            found.extend(complaints_of(error))
        else:
            part.__dict__.update(part._derive())  # noqa: SLF001 (the instance being created)
            found.extend(part.complaints())
        if part is None or found:
            raise ValidationError.from_exception_data(cls.__name__, [line.as_detail() for line in found])
        part._sources = sources  # noqa: SLF001 (the instance being created)
        return part


class SourcedPart(Part):
    """A part with a source for all its numbers."""

    source: Text | None = Field(
        default=None, description="Where the numbers beside it come from. Without one they count as assumptions."
    )
