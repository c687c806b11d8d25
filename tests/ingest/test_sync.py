from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from copilot.errors import EmbedderError, UnreadableFile
from copilot.retrieval.hashing import HashingEmbedder
from copilot.store import Store
from copilot.store.tables import chunks, interaction_chunks, vectors
from copilot.store.vectors import Embedded
from copilot.types import Customer, Document, Interaction, Outcome, State, Turn
from ingest.readers import Record
from ingest.sync import Sync

STARTED = datetime(2026, 3, 1, 9, tzinfo=UTC)


class CountingEmbedder(HashingEmbedder):
    """Remembers every text that it was asked for."""

    def __init__(self) -> None:
        super().__init__(16)
        self.texts: list[str] = []
        self.fails = False

    def embed_passages(
        self, texts: Sequence[str], spans: Sequence[Sequence[tuple[int, int]]]
    ) -> list[Embedded]:
        if self.fails:
            raise EmbedderError("out of order")
        self.texts += texts
        return super().embed_passages(texts, spans)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(f"sqlite:///{tmp_path / 'copilot.sqlite'}")
    yield opened
    opened.close()


@pytest.fixture
def embedder() -> CountingEmbedder:
    return CountingEmbedder()


@pytest.fixture
def sync(store: Store, embedder: CountingEmbedder) -> Sync:
    return Sync(store, embedder)


def document(name: str, text: str = "") -> Document:
    return Document(name, f"Title of {name}", text or f"# Part\n\nThe text of {name}. And more.\n")


def documents(*names: str) -> list[Document]:
    return [document(name) for name in names]


def lacks_a_vector(store: Store) -> int:
    """How many chunks have no vector, or other than one for each sentence."""
    lacking = 0
    with store.engine.connect() as connection:
        kept = {row.text_sha256: row for row in connection.execute(select(vectors))}
        for table in (chunks, interaction_chunks):
            for row in connection.execute(select(table)):
                found = kept.get(row.text_sha256)
                lacking += found is None or len(found.spans) != 16 * len(row.sentences)
    return lacking


def test_a_first_run_adds_every_document_and_a_second_changes_and_embeds_nothing(
    sync: Sync, store: Store, embedder: CountingEmbedder
) -> None:
    assert str(sync.run(documents("a", "b"), "source")) == "+2 ~0 -0 =0"
    assert lacks_a_vector(store) == 0
    embedder.texts.clear()
    assert str(sync.run(documents("a", "b"), "source")) == "+0 ~0 -0 =2"
    assert embedder.texts == []
    assert [version.version for version in store.documents.history("a")] == [1]


def test_only_what_changed_is_embedded(
    sync: Sync, store: Store, embedder: CountingEmbedder
) -> None:
    long = "\n\n".join(f"## Part {n}\n\n{'Words of this part. ' * 30}" for n in range(5))
    sync.run([document("a", long)], "source")
    before = len(embedder.texts)
    counts = sync.run([document("a", long.replace("## Part 3", "## Portion 3"))], "source")
    assert str(counts) == "+0 ~1 -0 =0"
    assert before >= 5
    assert len(embedder.texts) - before == 1
    assert lacks_a_vector(store) == 0


def test_a_document_under_another_id_embeds_nothing(
    sync: Sync, store: Store, embedder: CountingEmbedder
) -> None:
    sync.run([document("a")], "source")
    embedder.texts.clear()
    counts = sync.run([replace(document("a"), document_id="moved/a")], "source")
    sync.prune("source", counts)
    assert str(counts) == "+1 ~0 -1 =0"
    assert embedder.texts == []
    assert lacks_a_vector(store) == 0
    assert store.documents.of_source("source") == {"moved/a"}


def test_a_text_that_two_documents_share_is_embedded_once(
    sync: Sync, embedder: CountingEmbedder
) -> None:
    sync.run([document("a"), replace(document("a"), document_id="b")], "source")
    assert len(embedder.texts) == len(set(embedder.texts)) == 1


def test_a_vanished_document_is_retired_only_when_asked(sync: Sync, store: Store) -> None:
    sync.run(documents("a", "b"), "source")
    sync.run(documents("c"), "elsewhere")
    counts = sync.run(documents("a"), "source")
    assert store.documents.version("b").state is State.LIVE
    sync.prune("source", counts)
    assert str(counts) == "+0 ~0 -1 =1"
    assert store.documents.history("b")[0].state is State.RETIRED
    assert store.documents.version("c").state is State.LIVE


def test_a_document_that_comes_back_is_added_again(sync: Sync, store: Store) -> None:
    sync.run(documents("a"), "source")
    sync.prune("source", sync.run([], "source"))
    assert str(sync.run(documents("a"), "source")) == "+1 ~0 -0 =0"
    assert store.documents.version("a").version == 2


def test_a_document_seen_below_another_source_belongs_to_that_one(sync: Sync, store: Store) -> None:
    sync.run(documents("a"), "here")
    sync.run(documents("a"), "there")
    assert (store.documents.of_source("here"), store.documents.of_source("there")) == (set(), {"a"})


def test_what_cannot_be_read_is_noted_and_the_others_go_on(sync: Sync, store: Store) -> None:
    problem = UnreadableFile("not UTF-8", place="b.md")
    counts = sync.run([document("a"), problem, document("c")], "source")
    assert counts.problems == [problem]
    assert str(counts) == "+2 ~0 -0 =0"


def test_an_id_that_is_given_twice_is_a_problem_and_the_first_stays(
    sync: Sync, store: Store
) -> None:
    twice = [document("a", "First."), document("a", "Second.")]
    for _ in range(2):
        counts = sync.run(twice, "source")
        assert [problem.place for problem in counts.problems] == ["a"]
    assert [one.document.text for one in store.documents.history("a")] == ["First."]


def test_progress_is_told_of_every_record_once(sync: Sync) -> None:
    told: list[int] = []
    records: list[Record | UnreadableFile] = [
        *documents("a", "b", "b"),
        UnreadableFile("no"),
        Customer("c-1"),
        Interaction("i-1", "c-1", "chat", STARTED),
    ]
    sync.run(records, "source", told.append)
    sync.run(records, "source", told.append)
    assert sum(told) == 2 * len(records)


def test_batches_are_written_in_the_order_of_the_records(sync: Sync, store: Store) -> None:
    names = [f"d{number:03}" for number in range(300)]
    counts = sync.run(documents(*names), "source")
    assert counts.added == 300
    with store.engine.connect() as connection:
        texts = connection.scalars(select(chunks.c.text).order_by(chunks.c.chunk_key)).all()
    assert [text.split()[5] for text in texts] == [f"{name}." for name in names]


def test_a_failing_embedder_stops_the_run_and_the_next_one_completes_it(
    sync: Sync, store: Store, embedder: CountingEmbedder
) -> None:
    embedder.fails = True
    with pytest.raises(EmbedderError):
        sync.run(documents("a"), "source")
    assert store.documents.count() == 0
    embedder.fails = False
    assert sync.run(documents("a"), "source").added == 1


def test_one_document_can_be_put_at_once(
    sync: Sync, store: Store, embedder: CountingEmbedder
) -> None:
    assert sync.put(document("a")).outcome is Outcome.ADDED
    assert sync.put(document("a")).outcome is Outcome.UNCHANGED
    assert sync.put(document("a", "Other words.")).version == 2
    assert len(embedder.texts) == 2
    assert lacks_a_vector(store) == 0


def test_a_document_without_a_title_can_be_put(sync: Sync, store: Store) -> None:
    sync.put(Document("a", "", "Some words."))
    assert lacks_a_vector(store) == 0


def interaction(text: str, subject: str | None = None) -> Interaction:
    turns = (Turn("t-1", "customer", text), Turn("t-2", "agent", "I look into it."))
    return Interaction("i-1", "c-1", "phone", STARTED, subject=subject, turns=turns)


@pytest.mark.parametrize("subject", [None, "Late parcel"])
def test_interactions_and_customers_are_stored_once_with_their_vectors(
    sync: Sync, store: Store, embedder: CountingEmbedder, subject: str | None
) -> None:
    records: list[Record] = [Customer("c-1", "Ana"), interaction("My parcel is late.", subject)]
    assert str(sync.run(records, "source")) == "+2 ~0 -0 =0"
    assert lacks_a_vector(store) == 0
    embedder.texts.clear()
    assert str(sync.run(records, "source")) == "+0 ~0 -0 =2"
    assert embedder.texts == []
    changed: list[Record] = [Customer("c-1", "Anna"), interaction("My parcel is lost.", subject)]
    assert str(sync.run(changed, "source")) == "+0 ~2 -0 =0"


def test_an_interaction_without_words_is_stored_too(sync: Sync, store: Store) -> None:
    sync.put_interaction(Interaction("i-1", "c-1", "phone", STARTED))
    assert [one.interaction_id for one in store.customers.timeline("c-1")] == ["i-1"]


TEXTS = st.text(alphabet="ab .#\n", min_size=1, max_size=40).filter(str.strip)


@settings(
    deadline=None, max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.dictionaries(st.sampled_from("abc"), TEXTS), max_size=4))
def test_after_any_runs_the_store_holds_what_the_last_one_gave(
    tmp_path_factory: pytest.TempPathFactory, runs: list[dict[str, str]]
) -> None:
    store = Store(f"sqlite:///{tmp_path_factory.mktemp('run') / 'x.sqlite'}")
    embedder = CountingEmbedder()
    sync = Sync(store, embedder)
    for given_texts in [*runs, runs[-1] if runs else {}]:
        embedder.texts.clear()
        records = [document(name, text) for name, text in given_texts.items()]
        sync.prune("source", sync.run(records, "source"))
        live = {one.document.document_id: one.document.text for one in store.documents.page("", 9)}
        assert live == given_texts
        assert lacks_a_vector(store) == 0
    assert embedder.texts == []
    store.close()
