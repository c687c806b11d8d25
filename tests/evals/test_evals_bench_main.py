import subprocess
import sys

import pytest
import typer

from evals.bench.__main__ import _sizes


def test_sizes_are_taken_in_rising_order_each_once():
    assert _sizes("10000,1000, 1000") == [1000, 10000]


@pytest.mark.parametrize("given", ["", "ten", "1000;10000", "0", "-5,1000"])
def test_sizes_that_cannot_be_measured_are_refused(given: str):
    with pytest.raises(typer.BadParameter, match="1000,10000"):
        _sizes(given)


def test_help_loads_nothing_heavy():
    code = (
        "import sys; import evals.bench.__main__\n"
        "print([name for name in ('numpy', 'sqlalchemy', 'chromadb', 'onnxruntime', 'tqdm') "
        "if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
