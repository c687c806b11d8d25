"""A language model on any server that speaks OpenAI's Chat Completions. The one file that knows
langchain's and openai's clients for chats.

A call ends in its time whatever the server does, and leaves no connection behind. What is raised
never repeats what was sent.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator
from contextlib import aclosing
from importlib import import_module
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

from copilot.chat.answer import Answer, Price, whole
from copilot.chat.fields import OPTIONAL, as_langchain, fields_without, unknown_fields
from copilot.chat.loop import PATIENCE_S, Loop
from copilot.errors import AnswerTooLong, ConfigurationError, ModelError, ModelFailure
from copilot.ports import Completion

DEFAULT_URL = "https://api.openai.com/v1"
# No token is longer on average: a server that goes on beyond this has not read our limit.
_TOKEN_CHARACTERS = 16


class OpenAiChat:
    """A Chat. Asks and imports nothing before the first call.

    `price` is for a million tokens in and out. Raises ConfigurationError for a URL that is none,
    or a missing key.
    """

    def __init__(
        self,
        base_url: str,
        api_key: str,
        model: str,
        price: Price = (0.0, 0.0),
        *,
        loop: Loop | None = None,
    ) -> None:
        if not base_url and not api_key:
            raise ConfigurationError("set COPILOT_LLM_API_KEY, or COPILOT_LLM_BASE_URL")
        self._url = base_url or DEFAULT_URL
        self._host = _host(self._url)
        self._key = api_key or "none"
        self._price = price
        self._refused: frozenset[str] = frozenset()
        self._client: Any = None
        self._http: Any = None
        self._loop = loop or Loop()
        self._lock = threading.Lock()
        self._open: set[Answer] = set()
        self._is_closed = False
        self.model = model
        self._loop.join()

    def prepare(self) -> None:
        """Loads the client in the background, which takes seconds; the first call else does."""

        self._loop.beside(self._connect)

    def stream(
        self,
        system: str,
        user: str,
        *,
        within_s: float,
        max_tokens: int,
        first_within_s: float | None = None,
    ) -> Answer:
        """Begins an answer; its first piece comes within `first_within_s`, else it fails.

        Raises ModelError.
        """
        answer = Answer(self.model, f"{system}\n{user}", self._price, within_s, first_within_s)

        messages = [("system", system), ("human", user)]

        def ended() -> None:
            self._open.discard(answer)
            answer.end()

        with self._lock:
            if self._is_closed:
                raise ModelError("it was closed", "refused")
            self._open.add(answer)
            try:
                running = self._loop.begin(
                    lambda: self._answer(answer, messages, max_tokens), ended
                )
            except ModelError:
                self._open.discard(answer)
                raise
            return answer.begun(running)

    def complete(self, system: str, user: str, *, within_s: float, max_tokens: int) -> Completion:
        """Reads a stream, so that a call can be cancelled at any time. Raises ModelError."""
        return whole(lambda: self.stream(system, user, within_s=within_s, max_tokens=max_tokens))

    def close(self) -> None:
        """Cancels what is running and closes every connection; it can no longer be called."""
        with self._lock:
            if self._is_closed:
                return
            self._is_closed = True
            left = list(self._open)
        for wait_s in (0.0, PATIENCE_S):
            for answer in left:
                answer.cancel(wait_s)
        if self._http is not None:
            self._loop.beside(self._http.aclose).wait(PATIENCE_S)
        self._loop.leave()

    # On the loop

    async def _answer(self, answer: Answer, messages: list[Any], max_tokens: int) -> None:
        try:
            async with asyncio.timeout(max(answer.deadline - monotonic(), 0)):
                await self._hand_on(answer, messages, max_tokens)
        except asyncio.CancelledError:  # by us: the thread that reads has left, or is to
            answer.fail(ModelError("the call was cancelled", "cut_off"))
            raise
        except TimeoutError:
            answer.fail(answer.out_of_time())
        except Exception as error:  # else the thread that reads would wait for nothing
            answer.fail(self._told(error, has_begun=answer.has_words))

    async def _hand_on(self, answer: Answer, messages: list[Any], max_tokens: int) -> None:
        """Puts every piece into the answer. Raises ModelError where it is none, or not whole."""
        ended_by = None
        async with aclosing(self._chunks(messages, max_tokens)) as chunks:
            async for chunk in chunks:
                ended_by = chunk.response_metadata.get("finish_reason") or ended_by
                if chunk.usage_metadata is not None:
                    counts = chunk.usage_metadata
                    answer.counted(counts["input_tokens"], counts["output_tokens"])
                if isinstance(chunk.content, str) and chunk.content:
                    answer.put(chunk.content)
                if answer.length > _TOKEN_CHARACTERS * max_tokens:
                    raise AnswerTooLong(max_tokens)
        if ended_by == "content_filter":
            raise ModelError(f"{self.model} refused to answer", "refused")
        if not answer.has_words:
            raise ModelError(f"{self.model} gave no answer", "unreadable")
        if ended_by is None:
            raise ModelError(f"the answer of {self.model} ended in its middle", "cut_off")
        if ended_by == "length":
            raise AnswerTooLong(max_tokens)

    async def _chunks(self, messages: list[Any], max_tokens: int) -> AsyncGenerator[Any, None]:
        """What the server sends; asked again without what it says that it does not know."""
        refused = self._refused
        for _ in range(len(OPTIONAL) + 1):
            fields = fields_without(refused, max_tokens)
            client = self._client or await self._connect()
            from langsmith import tracing_context

            try:
                # Else a variable meant for other programs sends every prompt to LangSmith.
                with tracing_context(enabled=False):
                    stream = client.astream(messages, **as_langchain(fields))
                    async with aclosing(stream) as chunks:
                        async for chunk in chunks:
                            self._refused = refused
                            yield chunk
            except Exception as error:
                unknown = unknown_fields(error, fields)
                if not unknown:
                    raise
                refused |= unknown
            else:
                return

    async def _connect(self) -> Any:
        # Takes seconds, in which other calls go on and this one can run out of time.
        await asyncio.get_running_loop().run_in_executor(None, import_module, "langchain_openai")
        if self._client is None:
            import openai
            from langchain_openai import ChatOpenAI

            async def key() -> str:  # asynchronous, so that no second client is made
                return self._key

            self._http = openai.DefaultAsyncHttpxClient()
            self._client = ChatOpenAI(
                model=self.model,
                base_url=self._url,
                api_key=key,
                # A server may close a connection just as it is used again, and nothing is retried.
                default_headers={"Connection": "close"},
                max_retries=0,
                use_responses_api=False,
                stream_chunk_timeout=None,
                http_async_client=self._http,
                http_socket_options=(),
                openai_proxy="",  # those of the environment are the transport's
                cache=False,
            )
        return self._client

    def _told(self, error: Exception, *, has_begun: bool) -> ModelError:
        """The error without its cause, whose text may repeat what was sent."""
        if isinstance(error, ModelError):
            return error
        status = getattr(error, "status_code", None)
        what = type(error).__name__ + (f", status {status}" if status else "")
        kind = _kind(error, status or 0, has_begun=has_begun)
        return ModelError(f"the model server {self._host} failed: {what}", kind)


def _kind(error: Exception, status: int, *, has_begun: bool) -> ModelFailure:
    import openai

    if isinstance(error, TimeoutError | openai.APITimeoutError) or status in (408, 504):
        return "timeout"
    if status == 429:
        return "rate_limited"
    if status >= 400:
        return "refused" if status < 500 else "failed"
    if isinstance(error, openai.APIConnectionError) and not has_begun:
        return "refused"
    if isinstance(error, ValueError | LookupError | TypeError | AttributeError):
        return "unreadable"
    return "cut_off" if has_begun else "failed"


def _host(url: str) -> str:
    """The host of a URL, with its port. Raises ConfigurationError."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ConfigurationError("COPILOT_LLM_BASE_URL must begin with https:// or http://")
    return parts.netloc.rpartition("@")[2]
