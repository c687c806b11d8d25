"""What a small model makes of our documents: whatever it writes, only what they say is shown."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import pytest

from copilot.assist import EXTRACTOR, Copilot
from copilot.compose import open_copilot
from copilot.settings import Settings
from copilot.types import Document, Sentence, Suggestion
from evals.dataset import load
from evals.isolated import documents
from ingest.sync import Sync

pytestmark = pytest.mark.llm

ROOT = Path(__file__).parents[2]
QUESTIONS = 3
WITHIN_S = 180.0
_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
# So little that even a small model may get it right.
NOTES = {
    "Returns of lamps": "A lamp can be returned within 30 days. Bring the receipt along.",
    "Opening of the kiln": "The kiln opens at 9:30 and closes at 17:00. On Mondays it is closed.",
    "Hire of a tent": "A tent costs 12 euros a day. The deposit is 50 euros.",
}
ABOUT_NOTES = (
    "Within how many days can a lamp be returned?",
    "At what time does the kiln open?",
    "How much does a tent cost a day?",
)


@dataclass(frozen=True)
class Answered:
    text: str
    suggestion: Suggestion


@pytest.fixture(scope="module", params=["notes", "knowledge"])
def copilot(
    request: pytest.FixtureRequest, model_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Copilot]:
    """One copilot on notes of two sentences, one on the procedures of our shop."""
    settings = Settings(
        data_dir=tmp_path_factory.mktemp("drafting"),
        database_url="",
        chroma_url="",
        embedder="minilm",
        reranker="",
        llm_base_url=model_url,
        llm_model="qwen",
        llm_timeout_s=WITHIN_S,
        llm_max_tokens=120,
        llm_context_tokens=1000,
    )
    opened = open_copilot(settings, follow=False)
    notes = [Document(title, title, text) for title, text in NOTES.items()]
    library = notes if request.param == "notes" else documents(ROOT / "knowledge" / "shop")
    Sync(opened.store, opened.embedder).run(library, "tests")
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def answered(copilot: Copilot) -> list[Answered]:
    """Suggestions for questions that have a reply with no model at all."""
    if copilot.store.documents.count() == len(NOTES):
        return [Answered(one, copilot.ask(one)) for one in ABOUT_NOTES]
    drafter, copilot.drafter = copilot.drafter, None
    asked = [one for one in load(ROOT / "evals" / "starter").questions if one.answerable]
    plain = (one for one in asked if copilot.ask(one.text, scope=one.scope).reply is not None)
    chosen = list(islice(plain, QUESTIONS))
    copilot.drafter = drafter
    return [Answered(one.text, copilot.ask(one.text, scope=one.scope)) for one in chosen]


def test_every_question_has_a_reply_in_time_with_what_it_took(
    answered: list[Answered],
) -> None:
    assert len(answered) == QUESTIONS
    for one in answered:
        told = one.suggestion
        assert told.reply is not None
        print(f"\n{one.text}\n{told.drafter} {told.degraded} {told.took_ms} {told.usage}")
        for sentence in told.reply.sentences:
            print(f"  {sentence.text}  <- {[cited.quote for cited in sentence.citations]}")
        assert told.prompt_sha256 is not None
        assert told.took_ms["draft"] <= (WITHIN_S + 1) * 1000
        assert told.degraded or (told.usage is not None and told.usage.counted == "reported")


def test_what_is_not_drafted_is_extracted_and_says_why(answered: list[Answered]) -> None:
    for one in answered:
        failed = [why for why in one.suggestion.degraded if why.startswith("draft: ")]
        assert (one.suggestion.drafter == EXTRACTOR) == bool(failed)


def test_every_sentence_is_cited_to_the_letter_and_says_no_other_number(
    copilot: Copilot, answered: list[Answered]
) -> None:
    for one in answered:
        assert one.suggestion.reply is not None
        for sentence in one.suggestion.reply.sentences:
            for cited in sentence.citations:
                stored = copilot.store.documents.version(cited.document_id, cited.version)
                assert stored.document.text[cited.start : cited.end] == cited.quote
            known = numbers_known(copilot, one, sentence)
            assert set(_NUMBER.findall(sentence.text)) <= known, sentence


def test_what_cites_nothing_asserts_nothing(answered: list[Answered]) -> None:
    for one in answered:
        assert one.suggestion.reply is not None
        for sentence in one.suggestion.reply.sentences:
            if not sentence.citations:
                assert not _NUMBER.search(sentence.text)
                assert len(sentence.text.split()) <= 15


def numbers_known(copilot: Copilot, one: Answered, sentence: Sentence) -> set[str]:
    """The numbers in what a sentence cites, above it, and in the question."""
    cited = [*sentence.citations]
    titles = [
        copilot.store.documents.version(each.document_id, each.version).document.title
        for each in cited
    ]
    headings = [
        passage.heading
        for passage in one.suggestion.passages
        for each in cited
        if passage.document_id == each.document_id
    ]
    told = [each.quote for each in cited]
    return set(_NUMBER.findall("\n".join([one.text, *told, *titles, *headings])))
