"""A wrong marker on a step is refused at ingest, with its line; what stood before stays."""

from __future__ import annotations

import pytest
from rig import Rig

from copilot.errors import InvalidInput
from copilot.types import Document

GOOD = "# Refund\n\n1. Find the sale. {owner=agent}\n2. Refund it.\n3. Print.\n"
WRONG = GOOD.replace("Refund it.", "Refund it. {goto=soon}")


def test_a_document_with_a_wrong_marker_is_refused_and_the_old_one_stays(rig: Rig) -> None:
    rig.put("refund", GOOD)
    with pytest.raises(InvalidInput) as refused:
        rig.put("refund", WRONG)
    assert refused.value.place == "refund:4"
    assert refused.value.remedy
    assert rig.store.documents.version("refund").document.text == GOOD


def test_a_run_names_it_and_goes_on_with_the_others(rig: Rig) -> None:
    records = [Document("wrong", "Wrong", WRONG), Document("good", "Good", GOOD)]
    counts = rig.sync.run(records, "test")
    assert [problem.place for problem in counts.problems] == ["wrong:4"]
    assert (counts.added, str(counts)) == (1, "+1 ~0 -0 =0")
