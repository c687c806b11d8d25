"""A second process on a data folder that another process owns, told what to do over a pipe."""

from __future__ import annotations

from multiprocessing.connection import Connection
from pathlib import Path

import shelf
from parts import log_nothing, opened


def obey(data_dir: Path, follow: bool, parent: Connection) -> None:
    """Answers ("opened", where its word index is), then every order until None comes.

    ("put", id, revision) and ("retire", id) answer "done"; ("revisions", id) answers with those
    that a search shows.
    """
    log_nothing()
    parts = opened(data_dir, follow=follow)
    parent.send(("opened", str(parts.follower.indexes.lexical.folder)))
    while (order := parent.recv()) is not None:
        match order:
            case ("put", document_id, revision):
                parts.sync.put(shelf.document(document_id, revision))
                parent.send("done")
            case ("retire", document_id):
                parts.store.documents.retire(document_id)
                parent.send("done")
            case ("revisions", document_id):
                found = parts.search(shelf.question(document_id), 30)
                parent.send(
                    [shelf.revision_of(one.text) for one in found if one.document_id == document_id]
                )
    parts.close()
    parent.send("closed")
