"""What only the words around it give away: the packaged model, on sentences of its own."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from copilot.privacy.mask import find, mask
from copilot.privacy.span import Kind
from copilot.privacy.tagger import features, split, tagged


def shown(text: str) -> set[tuple[str, str]]:
    return {(text[span.start : span.end], str(span.kind)) for span in tagged(text)}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Oksana never received the replacement toner.", "Oksana"),
        ("the flat was rented by Thijs Verbruggen until May", "Thijs Verbruggen"),
        ("I'd rather deal with Rodrigo, he was helpful.", "Rodrigo"),
        ("Bożena Wiśniewska cancelled both seats.", "Bożena Wiśniewska"),
        ("Did Anneliese leave a note for us?", "Anneliese"),
    ],
)
def test_finds_names_that_no_cue_gives(text: str, name: str) -> None:
    assert (name, "NAME") in shown(text)


def test_finds_addresses_and_numbers_of_other_countries() -> None:
    text = "Leave it at Breite Gasse 14, 90402 Nürnberg or ring 0911 223 41 87."
    assert mask(text) == "Leave it at [ADDRESS] or ring [PHONE]."


@pytest.mark.parametrize(
    "text",
    [
        "The Velvet Sofa needs new screws.",
        "Where is the Billing tab in Account Settings?",
        "my order 2210-9981 was 34.50 euros, not 43.50",
        "It says error 0x80070057 since Tuesday.",
        "can i return shoes without the box?",
        "Restart the print spooler and try again.",
        "The gift card expires on 3 May 2027.",
    ],
)
def test_leaves_plain_talk_alone(text: str) -> None:
    assert mask(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "Antworten Sie mit Ja oder Nein auf die Frage nach dem Nachtfahrverbot, und zwar bald.",
        "Veuillez ignorer la première lettre ; la deuxième lettre donne la bonne date.",
        "El certificado de residencia se pide en la oficina de atención y cuesta cinco euros.",
        "Per il rinnovo della carta d'identità servono due fotografie e il vecchio documento.",
        "De parkeervergunning kost veertig euro en is een jaar geldig vanaf de aanvraag.",
        "A segunda via da conta é enviada por correio no prazo de cinco dias úteis.",
        "Poprzedni rachunek za miejsce w porcie był błędny; ważny jest drugi rachunek.",
        "Vil du venligst se bort fra mit første brev; det andet brev har den rigtige dato.",
        "Parkeringstillståndet kostar fyrtio euro och gäller i ett år från ansökan.",
        "Geçen hafta aldığım ceketi iade etmek istiyorum ama fişim yok.",
        "Я хотел бы вернуть куртку, которую купил на прошлой неделе.",
    ],
)
def test_leaves_other_languages_to_cues_and_forms(text: str) -> None:
    assert mask(text) == text
    assert mask(f"{text} a@example.org") == f"{text} [EMAIL]"


def test_a_possessive_is_no_part_of_a_name() -> None:
    assert mask("That was Oksana's idea.") == "That was [NAME]'s idea."


def test_what_programs_write_is_searched_by_form_alone() -> None:
    text = "Oksana never received it, call 0911 223 41 87"
    assert mask(text, tags=False) == "Oksana never received it, call [PHONE]"


def test_long_texts_are_tagged_to_their_end() -> None:
    text = "The toner is empty. " * 700 + "Bożena Wiśniewska cancelled both seats."
    assert find(text)[-1].kind is Kind.NAME
    assert text[find(text)[-1].start :].startswith("Bożena")


def test_threads_do_not_disturb_each_other() -> None:
    texts = [f"Bożena Wiśniewska cancelled {number} seats." for number in range(40)]
    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(lambda text: mask(text), texts)) == {
            f"[NAME] cancelled {number} seats." for number in range(40)
        }


def test_threads_that_begin_at_once_load_it_once() -> None:
    # In a process of its own, whose threads all find nothing loaded: a crash is its exit status.
    code = (
        "import threading\n"
        "from copilot.privacy.mask import mask\n"
        "gate = threading.Barrier(8)\n"
        "def begin():\n"
        "    gate.wait()\n"
        "    for _ in range(50): mask('Oksana never received it.')\n"
        "threads = [threading.Thread(target=begin) for _ in range(8)]\n"
        "[one.start() for one in threads]; [one.join() for one in threads]\n"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("text", ["", " \n\t", "…", "🙂🙂"])
def test_a_text_without_a_word_has_nothing(text: str) -> None:
    assert list(tagged(text)) == []


def test_a_token_sees_its_neighbours() -> None:
    first, second, third = features(split("ask Ana now"))
    assert {"w=ana", "given", "s=Capital", "w-1=ask", "w1=now"} <= set(second)
    assert {"start", "e-1", "w1=ana"} <= set(first)
    assert "e1" in third
