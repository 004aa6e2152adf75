"""The page of a written evidence: its pictures, each with a sentence on how to read it."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

OURS = '<meta name="generator" content="Inlay">'
"""Stands in the first lines of every page we write, and so tells our pages from others."""

_STYLE = """
:root { color-scheme: light dark; --ground: #f6f5f2; --card: #ffffff; --text: #23262b; --faint: #666c76; --line: #dedcd6; }
@media (prefers-color-scheme: dark) {
  :root { --ground: #16181b; --card: #1f2226; --text: #e6e8eb; --faint: #9aa1ab; --line: #33373d; }
}
body { margin: 0; background: var(--ground); color: var(--text); font: 16px/1.55 system-ui, sans-serif; }
main { max-width: 1180px; margin: 0 auto; padding: 48px 24px 96px; }
h1 { font-size: 30px; font-weight: 600; line-height: 1.2; margin: 0 0 8px; }
h2 { font-size: 21px; font-weight: 600; margin: 56px 0 0; padding-top: 28px; border-top: 1px solid var(--line); }
p { margin: 4px 0 20px; max-width: 68ch; color: var(--faint); }
p.numbers { margin-top: 16px; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 330px), 1fr)); gap: 24px; align-items: start; }
figure { margin: 0; background: var(--card); border: 1px solid var(--line); border-radius: 10px; overflow: hidden; }
figure.wide { grid-column: 1 / -1; }
figure img { display: block; width: 100%; height: auto; }
figcaption { padding: 12px 16px 14px; color: var(--faint); font-size: 15px; }
figcaption b { color: var(--text); font-weight: 600; display: block; }
code { font: 14px/1.5 ui-monospace, monospace; color: var(--text); }
"""

_FLOWS = """The way from each filled pixel to its place in the reference, both photographs at full size, in the Middlebury benchmark's form
(x before y; 1e10 where there is none), over the same box."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A figure of the page: its file, its size in pixels (width, height), its title, and how to read it."""

    file: str
    size: tuple[int, int]
    title: str
    reading: str
    wide: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """What the page says of one kind of evidence of a hole, under a heading of its own."""

    title: str
    facts: str
    figures: tuple[Shown, ...]
    arrays: str
    """The file with its arrays."""
    note: str
    """How to read them: HTML."""


@dataclass(frozen=True, slots=True)
class Section:
    """What the page says of one hole."""

    title: str
    facts: str
    figures: tuple[Shown, ...]
    arrays: str | None
    """The file with its arrays, if it has evidence."""
    notes: tuple[str, ...] = ()
    """How to read them: HTML."""
    flows: tuple[str, ...] = ()
    """Files with mapping fields."""
    parts: tuple[Part, ...] = ()
    """What has headings of its own."""


def page(facts: str, sections: list[Section]) -> str:
    """The whole page as HTML; it needs no scripts and nothing from elsewhere."""
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
{OURS}
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Where the fill came from</title>
<style>{_STYLE}</style>
</head>
<body><main>
<h1>Where the fill came from</h1>
<p>{escape(facts)}</p>
{"".join(map(_section, sections))}</main></body>
</html>
"""


def _section(section: Section) -> str:
    arrays = ""
    if section.arrays:
        arrays = f"<h3>The numbers</h3>\n<p>{_link(section.arrays)} (NumPy). {' '.join(section.notes)}</p>\n"
    if section.flows:
        arrays += f"<p>{', '.join(map(_link, section.flows))}. {_FLOWS}</p>\n"
    return f"""<section>
<h2>{escape(section.title)}</h2>
<p>{escape(section.facts)}</p>
<div class="figures">
{"".join(map(_figure, section.figures))}</div>
{"".join(map(_part, section.parts))}{arrays}</section>
"""


def _part(part: Part) -> str:
    return f"""<h3>{escape(part.title)}</h3>
<p>{escape(part.facts)}</p>
<div class="figures">
{"".join(map(_figure, part.figures))}</div>
<p class="numbers">{_link(part.arrays)} (NumPy). {part.note}</p>
"""


def _link(file: str) -> str:
    return f'<a href="{escape(file)}">{escape(file)}</a>'


def _figure(shown: Shown) -> str:
    width, height = shown.size
    return f"""<figure{' class="wide"' if shown.wide else ""}>
<a href="{escape(shown.file)}"><img src="{escape(shown.file)}" width="{width}" height="{height}" alt="{escape(shown.title)}" loading="lazy"></a>
<figcaption><b>{escape(shown.title)}</b>{escape(shown.reading)}</figcaption>
</figure>
"""
