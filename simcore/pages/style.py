"""The look of a page, and its one script: both stand in the page itself."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256

from simcore.charts.shapes.palette import PALETTE


def _shades(which: str) -> str:
    return ";".join(f"--{name}:{getattr(shades, which)}" for name, shades in PALETTE.items())


_LIGHT, _DARK = _shades("light"), _shades("dark")

STYLE = f"""
:root{{color-scheme:light dark;{_LIGHT}}}
@media (prefers-color-scheme:dark){{:root{{{_DARK}}}}}
*{{box-sizing:border-box}}
body{{margin:0;background:var(--paper);color:var(--ink);font:16px/1.55 system-ui,sans-serif}}
main{{max-width:784px;margin:0 auto;padding:24px}}
h1{{font-size:1.7rem;line-height:1.2;margin:.2rem 0 .4rem;overflow-wrap:anywhere}}
h2{{font-size:1.2rem;line-height:1.3;margin:0 0 .3rem;overflow-wrap:anywhere}}
p,li,dd,dt{{overflow-wrap:anywhere}}
p{{margin:.4rem 0}}
section{{margin:2.2rem 0}}
.kicker,.about,.says,.note,figcaption{{color:var(--muted)}}
.kicker{{margin:0;font-size:.9rem}}
.says{{font-size:.95rem}}
#answer{{margin:1.2rem 0 2rem}}
#answer .verdict{{font-size:1.15rem;line-height:1.5}}
.figures{{display:grid;grid-template-columns:repeat(auto-fill,minmax(200px,1fr));gap:12px;margin:1.2rem 0;padding:0}}
.figures div{{border:1px solid var(--line);border-radius:8px;padding:10px 14px}}
.figures dt{{font-size:.85rem;color:var(--muted);line-height:1.35}}
.figures dd{{margin:0}}
.figures .value{{font-size:1.35rem;font-weight:600;line-height:1.4}}
.figures .error{{font-size:.85rem;color:var(--muted)}}
.caution{{border-left:4px solid var(--second);padding:2px 0 2px 12px;margin:.6rem 0}}
figure{{margin:.8rem 0 .4rem}}
figcaption{{min-height:1.6em;font-size:.9rem}}
svg{{display:block;width:100%;height:auto;max-width:100%;overflow:visible}}
svg:focus-visible,summary:focus-visible,[tabindex]:focus-visible{{outline:2px solid var(--first);outline-offset:2px}}
svg [tabindex]:focus{{outline:none;opacity:1;fill-opacity:.12;fill:var(--ink);stroke:var(--ink);stroke-width:2}}
summary{{cursor:pointer;color:var(--first);font-size:.95rem;width:fit-content}}
.scroll{{overflow-x:auto;max-width:100%;margin:.6rem 0}}
table{{border-collapse:collapse;font-size:.88rem;font-variant-numeric:tabular-nums}}
caption{{text-align:left;color:var(--muted);padding-bottom:4px}}
th,td{{padding:4px 14px 4px 0;text-align:right;border-bottom:1px solid var(--line);vertical-align:top}}
th{{font-weight:600}}
.left{{text-align:left;overflow-wrap:break-word;max-width:34em}}
td data{{white-space:nowrap}}
.identity{{display:grid;grid-template-columns:max-content 1fr;gap:4px 18px;margin:.6rem 0}}
.identity dt{{color:var(--muted)}}
.identity dd{{margin:0}}
pre{{background:var(--level);padding:12px 14px;border-radius:8px;overflow-x:auto;font-size:.85rem;line-height:1.45}}
footer{{border-top:1px solid var(--line);padding-top:12px;color:var(--muted);font-size:.9rem}}
.narrow{{display:none}}
@media screen and (max-width:640px){{main{{padding:16px}}.wide{{display:none}}.narrow[hidden]{{display:block}}
.identity{{grid-template-columns:1fr;gap:0}}.identity dd{{margin-bottom:8px}}}}
@media print{{:root{{color-scheme:light;{_LIGHT}}}main{{max-width:none;padding:0}}
figure,tr,.figures div{{break-inside:avoid}}h2{{break-after:avoid}}
details::details-content{{content-visibility:visible;block-size:auto}}summary{{color:var(--ink)}}
pre{{white-space:pre-wrap;overflow-wrap:anywhere}}.scroll{{overflow:visible}}}}
""".strip()
"""The style sheet."""

MARKS = """
for(const f of document.querySelectorAll("figure"))for(const s of f.querySelectorAll("svg")){
const m=[...s.querySelectorAll("[aria-label][role=graphics-symbol]")],t=f.querySelector("figcaption"),
say=e=>{t.textContent=e.getAttribute("aria-label")};let i=-1;
m.forEach((e,k)=>{e.setAttribute("tabindex",-1);e.onfocus=()=>{i=k;say(e)};e.onmouseenter=()=>say(e)});
s.onkeydown=e=>{const n=m.length,k=e.key,d=/^Arrow(Right|Down)$/.test(k)?1:/^Arrow(Left|Up)$/.test(k)?-1:0;
const j=d?(i<0&&d<0?n:i)+d:k=="Home"?0:k=="End"?n-1:-2;if(j>-2&&n){e.preventDefault();m[(j+n)%n].focus()}
if(k=="Escape"){i=-1;s.focus()}}}
""".strip()
"""Hover and keys: an arrow leads from mark to mark, and what a mark says stands below the picture."""

SCRIPT = f"""
{MARKS}
addEventListener("beforeprint",()=>document.querySelectorAll("details").forEach(d=>d.open=true));
""".strip()
"""The script of a page: that of its marks; in print all is open."""


def policy() -> str:
    """Return the content security policy of a page: this style sheet, this script, and nothing from elsewhere."""
    return f"default-src 'none'; style-src '{hashed(STYLE)}'; script-src '{hashed(SCRIPT)}'; base-uri 'none'"


def hashed(source: str) -> str:
    """Return what a policy calls a style sheet or a script that stands in the page."""
    return f"sha256-{b64encode(sha256(source.encode()).digest()).decode()}"
