"""Paths: where a browser may be sent on to."""

from __future__ import annotations


def own_path(path: str | None) -> str:
    """A path of this site; one that a browser could take for another site is not followed."""
    is_own = path is not None and path.startswith("/") and not path.startswith(("//", "/\\"))
    return path if path and is_own and path.isprintable() else "/"
