"""Makes static/vendor/tabler.min.css from Tabler's own file: the rules of the components this product uses.

    python .ci/trim_tabler.py path/to/@tabler/core/dist/css/tabler.min.css static/vendor/tabler.min.css

A selector stays when its class names are all in KEPT, or when it has none; a rule stays while one of its
selectors does. Animations, the dark theme and custom properties that no kept rule reads are dropped.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

KEPT = re.compile(
    r"(?:btn(?:-primary|-danger|-outline-(?:primary|danger|secondary)|-ghost-(?:primary|secondary)|-sm|-icon"
    r"|-link|-check)?|form-(?:control|select|check|label|text|check-input|check-label|check-inline|hint)"
    r"|form-(?:control|select)-sm|required|(?:is|was)-(?:valid|invalid|validated)|(?:in)?valid-feedback"
    r"|input-group(?:-text)?|visually-hidden(?:-focusable)?|row|col(?:-(?:sm|md|lg))?(?:-(?:\d+|auto))?"
    r"|d-(?:none|block|inline|inline-block|flex|grid|inline-flex|print-none)"
    r"|flex-(?:column|fill|wrap|grow-1)|(?:justify-content|align-items)-(?:start|end|center|between|baseline)"
    r"|gap-\d|g-\d|[mp][tbsexy]?-(?:\d|auto)|w-(?:100|auto)|text-(?:start|end|center|nowrap)"
    r"|list-unstyled|active|disabled|show|collapse)"
)
CLASS = re.compile(r"\.(-?[A-Za-z_][\w-]*)")
PROPERTY = re.compile(r"(--tblr-[\w-]+):(?:[^;{}\"]|\"[^\"]*\")*;?")


def blocks(css: str) -> Iterator[tuple[str, str | None]]:
    """(prelude, body) of each rule at the outermost level; body None for a statement such as @charset."""
    start = position = 0
    while position < len(css):
        if css.startswith("/*", position):
            start = position = css.index("*/", position) + 2
        elif css[position] == ";":
            yield css[start:position], None
            start = position = position + 1
        elif css[position] == "{":
            end = _end(css, position)
            yield css[start:position].strip(), css[position + 1 : end]
            start = position = end + 1
        else:
            position += 1


def _end(css: str, opening: int) -> int:
    """Where the block that opens here closes; braces inside strings do not count."""
    depth = 0
    for token in re.finditer(r"\"[^\"]*\"|'[^']*'|[{}]", css[opening:]):
        depth += {"{": 1, "}": -1}.get(token[0], 0)
        if not depth:
            return opening + token.start()
    raise ValueError("A block of the style sheet never closes.")


def _wanted(selector: str) -> bool:
    return "dark" not in selector and all(KEPT.fullmatch(name) for name in CLASS.findall(selector))


def trimmed(css: str) -> str:
    """The kept rules, in their order."""
    out = []
    for prelude, body in blocks(css):
        if body is None or prelude.startswith(("@keyframes", "@font-face")):
            continue
        if prelude.startswith("@"):
            inner = trimmed(body)
            out.append(f"{prelude}{{{inner}}}" if inner else "")
        else:
            # A comma inside :is(…) or :not(…) parts nothing.
            kept = [part for part in re.split(r",(?![^(]*\))", prelude) if _wanted(part)]
            out.append(f"{','.join(kept)}{{{body}}}" if kept and body else "")
    return "".join(out)


def without_unread_properties(css: str) -> str:
    """Drops custom properties until every one left is read by some rule."""
    while True:
        read = set(re.findall(r"var\((--tblr-[\w-]+)", css))
        less = PROPERTY.sub(lambda found, read=read: found[0] if found[1] in read else "", css)
        if less == css:
            return re.sub(r"[^{}]+\{\}", "", css)
        css = less


if __name__ == "__main__":
    source, target = map(Path, sys.argv[1:])
    original = source.read_text(encoding="utf-8")
    licence = re.search(r"/\*!.*?\*/", original, re.DOTALL)
    if licence is None:
        raise SystemExit(f"{source} has no licence comment: not Tabler's file?")
    css = without_unread_properties(trimmed(original))
    target.write_text(f"{licence[0]}\n/* Trimmed by .ci/trim_tabler.py */\n{css}\n", encoding="utf-8")
