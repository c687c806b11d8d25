"""The sidebar's files, and the page of it that a desktop may frame. Scripts go out without comments
and needless white space, in which they are a third smaller.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Header
from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, Response

from api.parts import PartsOfApp

router = APIRouter(include_in_schema=False)
_FOLDER = Path(__file__).parents[1] / "widget"
_TYPES = {".css": "text/css", ".js": "text/javascript"}
_FILES = {
    path.relative_to(_FOLDER).as_posix(): path
    for path in _FOLDER.rglob("*")
    if path.suffix in _TYPES
}
# Nothing but this server's own files and calls, whoever frames it.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
    "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; "
    "frame-ancestors {ancestors}"
)


@router.get("/widget/panel.html")
async def panel_page(parts: PartsOfApp) -> FileResponse:
    """Framed by the origins that COPILOT_WIDGET_HOSTS names, and by this server's own pages."""
    named = parts.settings.widget_hosts.replace(",", " ").split()
    policy = _POLICY.format(ancestors=" ".join(["'self'", *named]))
    headers = {
        "Content-Security-Policy": policy,
        "Cross-Origin-Resource-Policy": "cross-origin",
        "Cache-Control": "no-cache",
    }
    return FileResponse(_FOLDER / "panel.html", media_type="text/html", headers=headers)


@router.get("/widget/{name:path}")
def widget_file(name: str, if_none_match: Annotated[str, Header()] = "") -> Response:
    path = _FILES.get(name)
    if path is None:
        raise HTTPException(404)
    data, tag = served(path, path.stat().st_mtime_ns)
    headers = {"Cache-Control": "no-cache", "ETag": tag}
    if tag in if_none_match:
        return Response(status_code=304, headers=headers)
    return Response(data, media_type=_TYPES[path.suffix], headers=headers)


@lru_cache(maxsize=64)
def served(path: Path, _changed: int) -> tuple[bytes, str]:
    """A file as it goes out, and its entity tag; made at its first request."""
    data = path.read_bytes()
    if path.suffix == ".js":
        import rjsmin  # type: ignore[import-untyped]

        data = rjsmin.jsmin(data.decode()).encode()
    return data, f'"{hashlib.sha256(data).hexdigest()}"'
