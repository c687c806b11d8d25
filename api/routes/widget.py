"""The sidebar's files, and the page of it that a desktop may frame."""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.responses import FileResponse

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
async def widget_file(name: str) -> FileResponse:
    path = _FILES.get(name)
    if path is None:
        raise HTTPException(404)
    return FileResponse(path, media_type=_TYPES[path.suffix], headers={"Cache-Control": "no-cache"})
