"""STAR's flow charts as procedures: a document for each, read by the parser as any other is.

The steps of the chart's path come first, in its order, each with the words that STAR says for it.
Where the chart leaves open what a condition hangs on, a look-up decides what is about its result,
a question what is about the answer. Replies that are on no path follow, as optional steps.
"""

from __future__ import annotations

from collections.abc import Mapping

from copilot.procedures.parse import procedures
from copilot.procedures.step import Procedure

QUERY = "query"
_LOOK_IT_UP = "Look it up."
_OF_RESULTS = (
    "available unavailable query_success query_failure correct incorrect noanswer info_missing "
    "info_missing2"
).split()
_OF_ANSWERS = ("yes", "no", "done")
_CONDITIONS = frozenset((*_OF_RESULTS, *_OF_ANSWERS))


def procedure(chart: Mapping[str, Mapping[str, str]], title: str) -> Procedure:
    """The chart's procedure; each step's action is STAR's name for it."""
    (found,) = procedures(document(chart, title))
    return found


def document(chart: Mapping[str, Mapping[str, str]], title: str) -> str:
    """The chart as Markdown."""
    replies, graph = chart["replies"], chart["graph"]
    nodes = _path(graph)
    number = {node: at for at, node in enumerate(nodes, 1)}
    rest = [
        name
        for name in replies
        if name not in number and name not in _CONDITIONS and not name.startswith(QUERY)
    ]
    lines = [f"# {title}", "", "## Steps", ""]
    for node in nodes:
        words = _LOOK_IT_UP if node.startswith(QUERY) else _one_line(replies.get(node, node))
        lines.append(f"{number[node]}. {words}{_jumps(node, graph, replies, number)}{_mark(node)}")
    for at, name in enumerate(rest, len(nodes) + 1):
        lines.append(f'{at}. {_one_line(replies[name])} {{action="{name}" optional}}')
    return "\n".join(lines) + "\n"


def _path(graph: Mapping[str, str]) -> list[str]:
    """The nodes in the order of the chart, from its start on; what conditions lead to follows."""
    found: dict[str, None] = {}

    def walk(node: str) -> None:
        while node and node not in found and node not in _CONDITIONS:
            found[node] = None
            node = graph.get(node, "")

    walk("hello")
    for node, after in graph.items():
        walk(after if node in _CONDITIONS else node)
    return list(found)


def _jumps(
    node: str, graph: Mapping[str, str], replies: Mapping[str, str], number: Mapping[str, int]
) -> str:
    """Where it goes on to, in words."""
    after = graph.get(node)
    if after is not None and after in number:
        return f" Go to step {number[after]}."
    asks = "?" in replies.get(node, "")
    wanted = _OF_RESULTS if node.startswith(QUERY) else _OF_ANSWERS if asks else ()
    told = [
        f"If {replies.get(name, name).lower().rstrip('.')}, go to step {number[graph[name]]}."
        for name in wanted
        if name in graph and graph[name] in number
    ]
    return "".join(f" {one}" for one in told)


def _mark(node: str) -> str:
    return f' {{action="{QUERY if node.startswith(QUERY) else node}"}}'


def _one_line(words: str) -> str:
    return " ".join(words.split()).replace("{", "(").replace("}", ")")
