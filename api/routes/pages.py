"""The pages: the desk, where one asks, where one looks a source up; and what they are made of."""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.responses import FileResponse

router = APIRouter(include_in_schema=False)
_FOLDER = Path(__file__).parents[1] / "pages"
_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


@router.get("/")
def desk_page() -> FileResponse:
    return _file("desk.html", "text/html")


@router.get("/ask")
def ask_page() -> FileResponse:
    return _file("ask.html", "text/html")


@router.get("/documents/view")
def view_page() -> FileResponse:
    return _file("view.html", "text/html")


@router.get("/pages/{name}")
def page_file(name: str) -> FileResponse:
    media_type = _TYPES.get(Path(name).suffix)
    if media_type is None or name not in {path.name for path in _FOLDER.iterdir()}:
        raise HTTPException(404)
    return _file(name, media_type)


def _file(name: str, media_type: str) -> FileResponse:
    return FileResponse(
        _FOLDER / name, media_type=media_type, headers={"Cache-Control": "no-cache"}
    )
