"""The page: sliders, the answer to their setting, and the command that gives the same answer. All of it is escaped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simcore.pages.drawing import drawn
from simcore.pages.facts import cautions_of
from simcore.pages.markup import Markup, element, joined, lines
from simcore.pages.style import MARKS, STYLE, hashed
from simcore.serving.sliders import plain

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    from simcore.answers.answer import KeyFigure
    from simcore.serving.answers import Told
    from simcore.serving.settings import Desk, Numbers
    from simcore.serving.sliders import Slider

LOOK = f"""
{STYLE}
form{{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,340px),1fr));gap:10px 24px;margin:1rem 0}}
fieldset{{border:0;margin:0;padding:0;display:grid;grid-template-columns:1fr 8.5em;gap:2px 12px;align-items:center}}
fieldset label{{grid-column:1/-1;font-size:.9rem;overflow-wrap:anywhere}}
input,button{{font:inherit;color:inherit;accent-color:var(--first)}}
input[type=range]{{width:100%;margin:0;min-height:28px}}
.number{{display:flex;gap:6px;align-items:center}}
input[type=number]{{width:100%;min-width:0;padding:2px 6px;background:var(--paper);border:1px solid var(--muted);\
border-radius:6px}}
a{{color:var(--first)}}
button{{padding:4px 14px;background:var(--level);border:1px solid var(--muted);border-radius:6px;cursor:pointer}}
input:focus-visible,button:focus-visible{{outline:2px solid var(--first);outline-offset:2px}}
.buttons{{grid-column:1/-1;display:flex;gap:12px;align-items:center}}
#verdict p{{font-size:1.15rem;line-height:1.5}}
#verdict .problem{{border-left:4px solid var(--second);padding:2px 0 2px 12px}}
[aria-busy=true]{{opacity:.6}}
""".strip()
"""That of a report, and what a report has no use for."""

SCRIPT = f"""
const $=i=>document.getElementById(i),form=$("setting"),verdict=$("verdict"),rest=$("rest");let wait,flight;
const marks=()=>{{{MARKS}}};
const say=text=>{{verdict.replaceChildren(Object.assign(document.createElement("p"),{{className:"problem",\
textContent:text}}))}};
async function ask(){{
if(flight)flight.abort();const mine=flight=new AbortController();rest.setAttribute("aria-busy",true);
try{{const query=new URLSearchParams(new FormData(form)),got=await fetch("answer?"+query,{{signal:mine.signal}});
const told=await got.json();
if(mine!==flight)return;verdict.innerHTML=told.verdict;
if(told.rest){{rest.innerHTML=told.rest;told.numbers.forEach((n,k)=>form.elements["b"+(k+1)].value=n);marks()}}
}}catch(error){{if(mine!==flight)return;say("No answer: simcore serve has ended, or cannot be reached.")}}
rest.removeAttribute("aria-busy")}}
const soon=()=>{{clearTimeout(wait);wait=setTimeout(ask,120)}};
for(const number of form.querySelectorAll("[type=number]")){{const slider=$(number.id+"-slider");
slider.hidden=false;slider.oninput=()=>{{number.value=slider.value;soon()}};
number.oninput=()=>{{slider.value=number.value;soon()}}}}
form.onsubmit=event=>{{event.preventDefault();clearTimeout(wait);ask()}};
$("own").onclick=event=>{{event.preventDefault();for(const number of form.querySelectorAll("[type=number]"))
number.value=$(number.id+"-slider").value=number.dataset.own;ask()}};
marks();
""".strip()
"""Asks for the answer of a setting a little after the last move, and gives up an older question. It stores nothing."""

POLICY = (
    f"default-src 'none'; style-src '{hashed(LOOK)}'; script-src '{hashed(SCRIPT)}'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""The content security policy: this style sheet, this script, answers from here, and nothing else."""


def page_of(desk: Desk, numbers: Numbers, verdict: Markup, rest: Markup) -> str:
    """Return the page of a setting; usable without its script, by the button.

    Parameters
    ----------
    verdict, rest
        See `verdict_of` and `rest_of`; the first is read aloud when it changes.
    """
    scenario = desk.scenario
    fields = [
        _field(place, slider, number)
        for place, (slider, number) in enumerate(zip(desk.sliders, numbers, strict=True), 1)
    ]
    buttons = element(
        "div",
        element("button", "Answer", type="submit"),
        element("a", "Back to the scenario's own numbers", href="./", id="own"),
        class_="buttons",
    )
    body = element(
        "main",
        element("p", "simcore serve", class_="kicker"),
        element("h1", scenario.name),
        *([element("p", scenario.about, class_="about")] if scenario.about else []),
        element("form", *fields, buttons, id="setting", method="get", action="./", autocomplete="off"),
        element("div", verdict, id="verdict", role="status", aria_live="polite"),
        element("div", rest, id="rest"),
    )
    head = joined(
        (
            Markup('<meta charset="utf-8">'),
            Markup('<meta name="viewport" content="width=device-width, initial-scale=1">'),
            element("title", f"{scenario.name}: simcore serve"),
            element("style", Markup(LOOK)),
        )
    )
    script = element("script", Markup(SCRIPT))
    return f'<!doctype html>\n<html lang="en">\n<head>\n{head}\n</head>\n<body>\n{body}\n{script}\n</body>\n</html>\n'


def verdict_of(told: Told) -> Markup:
    """Return the sentences of an answer."""
    return joined(element("p", sentence, class_="verdict") for sentence in told.answer.sentences)


def problem_of(sentences: Sequence[str]) -> Markup:
    """Return what is wrong with a setting, a sentence for each problem."""
    return joined(element("p", sentence, class_="problem") for sentence in sentences)


def rest_of(told: Told) -> Markup:
    """Return all of an answer but its sentences: figures, pictures, and the command."""
    earlier = {} if told.before is None else {figure.label: figure for figure in told.before.figures}
    grey = "" if told.before is None else " The grey outline is the setting before."
    pictures = [
        element(
            "section",
            element("h2", picture.title),
            element("p", f"{picture.says}{grey}", class_="says"),
            element("figure", drawn(picture), element("figcaption")),
            id=picture.name,
        )
        for picture in told.pictures
    ]
    command = element(
        "section",
        element("h2", "The command"),
        element("p", "gives the same answer in a terminal, and with --report a page of it:"),
        element("pre", element("code", lines(told.setting.command)), tabindex="0"),
        id="command",
    )
    return joined(
        (
            cautions_of([*told.answer.cautions, *told.cautions]),
            _figures(told.answer.figures, earlier),
            element("p", told.worlds, class_="note"),
            *pictures,
            command,
        )
    )


def _field(place: int, slider: Slider, number: Decimal) -> Markup:
    """Return a slider with its field of numbers, and the number of the answer that is shown, for the grey picture.

    The slider itself has no name: without the script it is hidden, and only the field is sent.
    """
    name, own = f"s{place}", plain(slider.value)
    field = _input(type="number", id=name, name=name, value=plain(number), step="any", required=True, data_own=own)
    mover = _input(
        type="range",
        id=f"{name}-slider",
        min=plain(slider.low),
        max=plain(slider.high),
        step=plain(slider.step),
        value=plain(number),
        aria_label=f"{slider.label}, slider",
        hidden=True,
    )
    unit = [element("span", slider.unit)] if slider.unit else []
    return element(
        "fieldset",
        element("label", slider.label, for_=name),
        mover,
        element("span", field, *unit, class_="number"),
        _input(type="hidden", name=f"b{place}", value=plain(number)),
    )


def _input(**attributes: str | bool) -> Markup:
    return Markup(element("input", **attributes).removesuffix("</input>"))


def _figures(figures: Sequence[KeyFigure], earlier: dict[str, KeyFigure]) -> Markup:
    """Return the key figures, each with its error and, if it is known, what it was before."""
    cells = []
    for figure in figures:
        below = [element("dd", figure.error, class_="error")] if figure.error else []
        was = earlier.get(figure.label)
        if was is not None and was.value != figure.value:
            below.append(element("dd", f"before: {was.value}", class_="error"))
        cells.append(element("div", element("dt", figure.label), element("dd", figure.value, class_="value"), *below))
    return element("dl", *cells, class_="figures") if cells else Markup("")
