"""Teaches the tagger of personal data: copilot/privacy/tagger.crfsuite.

Sentences of our own (`personal.yaml`) are filled with names, addresses and numbers of many
countries, which Faker makes up; beside them stand lines of help articles, questions and dialogues,
so that it learns what is none. No text of the set that masking is measured on is used.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from copilot.privacy.mask import find
from copilot.privacy.span import HELD
from copilot.privacy.tagger import KINDS, Token, features, split
from copilot.privacy.words import GIVEN
from evals.claims.texts import read
from evals.dataset import load
from evals.need import star
from evals.parting import part

SENTENCES = Path(__file__).with_name("personal.yaml")
# Faker's locales of the Latin script; those in English weigh more, the two largest most.
_LOCALES = (
    "en_US en_GB " * 12
    + "en_AU en_CA en_IN en_NZ en_IE " * 6
    + "en_PH " * 2
    + "de_DE de_AT de_CH fr_FR fr_CH fr_CA nl_NL nl_BE es_ES es_MX es_AR es_CO it_IT pt_PT pt_BR "
    "da_DK sv_SE no_NO fi_FI pl_PL cs_CZ sk_SK sl_SI hr_HR hu_HU ro_RO lt_LT lv_LV et_EE tr_TR "
    "id_ID vi_VN az_AZ fil_PH ga_IE"
).split()
# What some locales of Faker lack.
_NEEDED = {
    "name": "first_name",
    "first": "first_name",
    "last": "last_name",
    "org": "company",
    "city": "city",
}
_LATIN = re.compile(rf"[\x00-\u024f’{HELD}]+")
_PLACE = re.compile(r"\{(\w+)\}")
_SEED = 20261122
_COUNT = 45_000
_PLAIN = 12_000
_LONGEST_LINE = 400
_SETTINGS = {"c1": 0.1, "c2": 0.02, "max_iterations": 80, "feature.minfreq": 2}

Marked = tuple[str, list[tuple[int, int, str]]]


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a data set; `marked` is what the recognisers find in it."""

    text: str
    marked: list[tuple[int, int, str]]
    is_held_out: bool


def documents(datasets: Sequence[Path], dialogues: Path | None) -> Iterator[tuple[str, str]]:
    """The id and the text of each document, question and customer's turn."""
    for dataset in map(load, datasets):
        for document in read(dataset.corpus):
            yield document.document_id, document.text
        for question in dataset.questions:
            yield question.question_id, question.text
    for turn in star.read(dialogues) if dialogues else ():
        yield turn.dialogue, turn.text


def lines(documents: Iterable[tuple[str, str]]) -> list[Line]:
    """The lines of documents, (id, text), each once; by its document half of them is held out."""
    letters = {kind: letter for letter, kind in KINDS.items()}
    found: dict[str, Line] = {}
    for document, text in documents:
        is_held_out = part(document, 2) == 0
        for line in (one[:_LONGEST_LINE] for one in text.splitlines() if one.strip()):
            if line not in found:
                spans = [
                    (span.start, span.end, letters[span.kind])
                    for span in find(line, tags=False)
                    if span.kind in letters
                ]
                found[line] = Line(line, spans, is_held_out)
    return list(found.values())


def fit(plain: Sequence[Line], path: Path) -> str:
    """Writes the model to `path`; says what was fitted on."""
    import pycrfsuite

    chance = random.Random(_SEED)  # noqa: S311 - an order, no secret
    written = list(_Writer(chance).texts(_COUNT))
    kept = [line for line in plain if not line.is_held_out and not _has_open_name(line)]
    chosen = chance.sample(kept, min(len(kept), _PLAIN))
    trainer = pycrfsuite.Trainer(verbose=False)
    for text, spans in [*written, *((line.text, line.marked) for line in chosen)]:
        tokens = split(text)
        if tokens:
            trainer.append(features(tokens), labels(tokens, spans))
    trainer.set_params(_SETTINGS)
    trainer.train(str(path))
    return f"{len(written)} texts of our own, {len(chosen)} lines of data sets"


def labels(tokens: Sequence[Token], spans: Sequence[tuple[int, int, str]]) -> list[str]:
    """The label of each token."""
    found = []
    for _, start, end in tokens:
        of = next((span for span in spans if start < span[1] and end > span[0]), None)
        found.append("O" if of is None else f"{'B' if start <= of[0] else 'I'}-{of[2]}")
    return found


def _has_open_name(line: Line) -> bool:
    """Whether a line has a given name that the recognisers leave."""
    return any(
        word[0].isupper() and word.lower() in GIVEN
        and not any(start < to and end > at for at, to, _ in line.marked)
        for word, start, end in split(line.text)
    )  # fmt: skip


class _Writer:
    """Fills sentences."""

    def __init__(self, chance: random.Random) -> None:
        from faker import Faker

        self._chance = chance
        self._say: dict[str, list[str]] = yaml.safe_load(SENTENCES.read_text(encoding="utf-8"))
        self._english = Faker("en_US")
        self._of = {one: Faker(one) for one in dict.fromkeys(_LOCALES)}
        Faker.seed(_SEED)

    def texts(self, count: int) -> Iterator[Marked]:
        """Texts with the places of what is in them: sentences in turn, then composed ones."""
        of = self._say["sentences"]
        for at in range(count):
            text = of[at % len(of)] if at * 5 < count * 2 else self._composed()
            if self._chance.random() < 0.2:
                text += self._chance.choice(" \n") + self._chance.choice(of)
            yield self._worn(*self._filled(text))

    def _composed(self) -> str:
        chance, say = self._chance, self._say
        if chance.random() < 0.55:
            text = f"{chance.choice(say['subjects'])} {chance.choice(say['predicates'])}"
            text = text.replace(" ,", ",")
            if chance.random() < 0.6:
                text = chance.choice(say["frames"]).replace("{S}", text)
            if chance.random() < 0.6:
                text = text[0].upper() + text[1:]
            text += chance.choice(say["endings"])
            return f'"{text}"' if chance.random() < 0.12 else text
        text = chance.choice(say["about"])
        while "{N}" in text:
            text = text.replace("{N}", chance.choice(say["subjects"]), 1)
        if text[0] in ",!?":
            said = chance.choice(say["quotations"])
            text = f'"{said},"{text[1:]}' if text[0] == "," else f'"{said}{text}'
        elif chance.random() < 0.2:
            text = chance.choice(say["openings"]) + text
        return text

    def _filled(self, text: str) -> Marked:
        locale = self._chance.choice(_LOCALES)
        pieces: list[str] = []
        spans: list[tuple[int, int, str]] = []
        at = length = 0
        for place in _PLACE.finditer(text):
            pieces.append(text[at : place.start()])
            length += place.start() - at
            made = self._made(place[1], locale)
            letter = _LETTER.get(place[1])
            if letter and self._chance.random() < 0.1:
                made = HELD
            elif letter:
                spans.append((length, length + len(made), letter))
            pieces.append(made)
            length += len(made)
            at = place.end()
        return "".join([*pieces, text[at:]]), spans

    def _worn(self, text: str, spans: list[tuple[int, int, str]]) -> Marked:
        """Some are in small letters or in capitals, or their names are in capitals."""
        r = self._chance.random()
        if r < 0.08:
            return _same_length(text, text.lower()), spans
        if r < 0.10:
            return _same_length(text, text.upper()), spans
        if r < 0.16:
            letters = list(text)
            for start, end, letter in spans:
                if letter == "N":
                    letters[start:end] = _same_length(text[start:end], text[start:end].upper())
            return "".join(letters), spans
        return text, spans

    def _made(self, what: str, locale: str) -> str:
        """What stands in a place of a sentence, in Latin letters."""
        makers: dict[str, Callable[[Any], str]] = {
            "name": self._name,
            "first": lambda faker: _one_line(faker.first_name()),
            "last": lambda faker: _one_line(faker.last_name()),
            "address": self._address,
            "phone": self._phone,
            "org": self._organisation,
            "city": lambda faker: _one_line(faker.city()),
            "country": lambda _: self._english.country(),
            "email": lambda faker: faker.email(),
            "job": lambda _: self._english.job(),
            "word": lambda _: self._english.word(),
            "Word": lambda _: self._english.word().capitalize(),
            "product": lambda _: self._chance.choice(self._say["products"]),
            "held": lambda _: HELD,
            "digits": lambda _: self._digits(),
            "n": lambda _: str(self._chance.randint(10, 99)),
        }
        for attempt in range(20):
            same = attempt == 0 and self._chance.random() < 0.7
            faker = self._of[locale if same else self._chance.choice(_LOCALES)]
            if not hasattr(faker, _NEEDED.get(what, "email")):
                faker = self._english
            made = makers[what](faker)
            if _LATIN.fullmatch(made):
                return made
        return makers[what](self._english)

    def _name(self, faker: Any) -> str:
        chance = self._chance
        first, last, r = faker.first_name(), faker.last_name(), chance.random()
        if r < 0.12:
            first += f" {chance.choice('ABCDEFGHJKLMNPRSTV')}{'.' if r < 0.08 else ''}"
        elif r < 0.17:
            first += f" {faker.first_name()}"
        elif r < 0.19:
            last += f"-{faker.last_name()}"
        return _one_line(f"{first} {last}")

    def _organisation(self, faker: Any) -> str:
        chance = self._chance
        if chance.random() < 0.6:
            return _one_line(faker.company())
        words = " ".join(map(str.capitalize, self._english.words(chance.randint(1, 3))))
        return words + chance.choice(self._say["houses"])

    def _phone(self, faker: Any) -> str:
        if self._chance.random() < 0.6 and hasattr(faker, "phone_number"):
            return str(faker.phone_number())
        shape = self._chance.choice(self._say["numbers"])
        return re.sub("#", lambda _: str(self._chance.randint(0, 9)), shape)

    def _digits(self) -> str:
        """A number that is none to call, mostly in one piece."""
        chance = self._chance
        groups = chance.choice((1, 1, 1, 2, 3, 4))
        return chance.choice(" -").join(
            "".join(chance.choices("0123456789", k=chance.randint(3, 14 // groups)))
            for _ in range(groups)
        )

    def _address(self, faker: Any) -> str:
        chance = self._chance
        if chance.random() < 0.35:
            whole = str(faker.address())
            return whole if chance.random() < 0.5 else whole.replace("\n", ", ")
        has = {one: hasattr(faker, one) for one in ("street_address", "postcode", "city")}
        street = faker.street_address() if has["street_address"] else faker.address().split("\n")[0]
        street = _one_line(street)
        if chance.random() < 0.2:
            street = f"{chance.randint(1, 99_999)} {street}"
        parts = [street]
        if chance.random() < 0.4:
            unit = chance.choice(self._say["units"]).replace("{n}", str(chance.randint(1, 999)))
            parts.insert(0 if chance.random() < 0.2 else 1, unit)
        city = _one_line(faker.city()) if has["city"] else ""
        code = faker.postcode() if has["postcode"] else str(chance.randint(1000, 99_999))
        if city and chance.random() < 0.6:
            parts.append(
                chance.choice((f"{code} {city}", f"{city} {code}", city, f"{city}, {code}"))
            )
        if chance.random() < 0.3:
            parts.append(self._english.country())
        return chance.choice(("\n", ", ", "\n ", " ")).join(parts)


_LETTER = {"name": "N", "first": "N", "last": "N", "address": "A", "phone": "P"} | {
    "org": "O",  # organisations and places, so that they are not taken for names
    "city": "L",
    "country": "L",
}


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _same_length(text: str, changed: str) -> str:
    """`changed`, where no letter became two."""
    return changed if len(changed) == len(text) else text
