from __future__ import annotations

import pytest

from copilot.language import is_english


@pytest.mark.parametrize(
    "text",
    [
        "my parcel has not come and the tracking says it was delivered",
        "Take the receipt with you when you bring it back.",
        "Oksana Wiśniewska, 12 Rue de la Gare",
        "",
    ],
)
def test_english_and_what_is_too_short_to_tell(text: str) -> None:
    assert is_english(text)


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
    assert not is_english(text)
