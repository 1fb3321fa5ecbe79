"""The badge: an SVG that says the outcome in one word, for a README or a page."""

from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from conformance.judging.results import Results
from conformance.judging.verdicts import Outcome

SUBJECT = "generic packages API"
COLOURS = {
    Outcome.CONFORMANT: "#17803d",
    Outcome.NONCONFORMANT: "#c02626",
    Outcome.INCOMPLETE: "#a16207",
    Outcome.INTERRUPTED: "#a16207",
    Outcome.GONE: "#a16207",
    Outcome.ERROR: "#c02626",
}
LETTER_WIDTH, MARGIN = 6.6, 12.0  # pixels; `textLength` makes the letters fit in every font


def write_badge(results: Results, path: Path) -> None:
    """Write the outcome of a run as a badge."""
    outcome = results.outcome.value
    left, right = _width(SUBJECT), _width(outcome)
    label = f"{SUBJECT}: {outcome}"
    path.write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + right:g}" height="20" role="img" '
        f"aria-label={quoteattr(label)}>\n"
        f"<title>{escape(label)}</title>\n"
        f'<rect width="{left + right:g}" height="20" rx="3" fill="#444b53"/>\n'
        f'<path d="M{left:g} 0h{right - 3:g}a3 3 0 0 1 3 3v14a3 3 0 0 1-3 3h-{right - 3:g}z" '
        f'fill="{COLOURS[results.outcome]}"/>\n'
        '<g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11" text-anchor="middle">\n'
        f"{_text(SUBJECT, left / 2)}{_text(outcome, left + right / 2)}"
        "</g>\n"
        "</svg>\n",
        encoding="utf-8",
    )


def _width(text: str) -> float:
    return len(text) * LETTER_WIDTH + MARGIN


def _text(text: str, middle: float) -> str:
    return f'<text x="{middle:g}" y="14" textLength="{_width(text) - MARGIN:g}">{escape(text)}</text>\n'
