from __future__ import annotations

import pytest

from copilot.language import in_english


@pytest.mark.parametrize(
    "text",
    [
        "my parcel has not come and the tracking says it was delivered",
        "Take the receipt with you when you bring it back.",
        "It is free.",
    ],
)
def test_english(text: str) -> None:
    assert in_english(text)


@pytest.mark.parametrize("text", ["", "Oksana Wiśniewska, 12 Rue de la Gare", "Butaca 18 €."])
def test_a_few_words_do_not_tell(text: str) -> None:
    assert in_english(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "Das Paket ist nicht angekommen, obwohl es laut Verfolgung zugestellt wurde.",
        "Le colis n'est pas arrivé alors que le suivi indique qu'il a été livré.",
        "El paquete no ha llegado aunque el seguimiento dice que fue entregado.",
        "Paczka nie dotarła, chociaż śledzenie pokazuje, że została doręczona.",
        "посылка не пришла, хотя по отслеживанию она доставлена",
    ],
)
def test_other_languages(text: str) -> None:
    assert in_english(text) is False
