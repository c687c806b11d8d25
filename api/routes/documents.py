"""Documents in, out, listed and retired."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from api.auth import Caller, allowed
from api.bodies import FILES, JSON, document_from
from api.fields import DocumentId
from api.openapi import problems
from api.parts import Parts, PartsOfApp
from api.responses import (
    DocumentResponse,
    ListedResponse,
    PageResponse,
    PutResponse,
    brief,
    listed,
)
from api.schemas import PageQuery, VersionQuery
from api.visible import chosen_version, sees, visible_versions
from copilot.errors import NotPermitted
from copilot.types import Document, Outcome
from ingest.sync import Sync

router = APIRouter(tags=["documents"])
_PATH = "/v1/documents/{document_id:path}"
_BODY = {
    "required": True,
    "content": {
        JSON: {"schema": {"$ref": "#/components/schemas/DocumentRequest"}},
        **{media_type: {"schema": {"type": "string"}} for media_type in FILES},
    },
}


@router.get("/v1/documents", responses=problems(401, 403, 422))
def documents(
    query: Annotated[PageQuery, Query()],
    caller: Annotated[Caller, Depends(allowed("documents:list"))],
    parts: PartsOfApp,
) -> PageResponse:
    """The documents that are not retired, by id; each in its latest version."""
    found = parts.store.documents.page(query.after, query.limit)
    visible = [one for one in found if sees(caller, one)]
    return PageResponse(
        documents=[ListedResponse(**listed(one)) for one in visible],
        next=found[-1].document.document_id if len(found) == query.limit else None,
    )


@router.put(
    _PATH,
    responses={201: {"model": PutResponse}, **problems(400, 401, 403, 413, 415, 422)},
    openapi_extra={"requestBody": _BODY},
)
async def put_document(
    document_id: DocumentId,
    request: Request,
    response: Response,
    caller: Annotated[Caller, Depends(allowed("documents:write"))],
    parts: PartsOfApp,
) -> PutResponse:
    """Stores a document, as JSON or as the file itself; the next search sees it.

    201 when it is new, 200 when it changed or was there just so.
    """
    content_type = request.headers.get("content-type", "")
    body = await request.body()
    document = await run_in_threadpool(document_from, body, content_type, document_id)
    put = await run_in_threadpool(_put, parts, caller, document)
    response.status_code = 201 if put.outcome is Outcome.ADDED else 200
    return put


@router.get(_PATH, responses=problems(401, 403, 404, 422))
def document(
    document_id: DocumentId,
    query: Annotated[VersionQuery, Query()],
    caller: Annotated[Caller, Depends(allowed("documents:read"))],
    parts: PartsOfApp,
) -> DocumentResponse:
    """One version with its words: the one in force, or the one that is asked for."""
    history = visible_versions(parts.store, document_id, caller)
    version = chosen_version(history, query.version)
    return DocumentResponse(
        **listed(version),
        text=version.document.text,
        versions=[brief(one) for one in history],
    )


@router.delete(_PATH, status_code=204, responses=problems(401, 403, 404, 422))
def retire_document(
    document_id: DocumentId,
    caller: Annotated[Caller, Depends(allowed("documents:write"))],
    parts: PartsOfApp,
) -> None:
    """Takes a document out of every search at once. What cited it can still be explained."""
    visible_versions(parts.store, document_id, caller)
    parts.store.documents.retire(document_id)


def _put(parts: Parts, caller: Caller, document: Document) -> PutResponse:
    standing = parts.store.documents.history(document.document_id)
    if standing and not sees(caller, standing[-1]):
        raise NotPermitted("a document of this id is outside this key's scope")
    put = Sync(parts.store, parts.copilot.embedder).put(document)
    version = parts.store.documents.version(put.document_id, put.version)
    return PutResponse(
        document_id=put.document_id,
        version=put.version,
        outcome=put.outcome,
        state=version.state,
    )
