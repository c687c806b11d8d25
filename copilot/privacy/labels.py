"""What people write before a number: the labels that make it personal, or an order.

A label stands before its value, at most a few words away: "account number is: 1234",
"What's your SSN? It's ...".
"""

from __future__ import annotations

import re

_GAP = (
    r"(?:[\s_\-](?:number|numbers|no\.?|num\.?|nr\.?|id|code|key|nummer|número|numero|numéro))?"
    r"(?:\s(?:on file|on record|here))?[\s:=#?.,\-–]{0,4}"
    r"(?:(?:customer|user|caller|agent|client):\s?)?"
    r"(?:(?:is|was|are|it'?s|it is|that'?s|es|est|ist|lautet|è|é)\b[\s:=#\-]{0,3})?"
)

# A token with digits, and further groups of digits: "12-34-56", "mia_li_3668", "C 1029 3847".
_VALUE = (
    r"(?P<value>(?:(?-i:[A-Z]{1,3}) )?(?=[\w./\-]{0,20}\d)[^\W_][\w./\-]{0,39}"
    r"(?: ?\d[\d\-]{0,20}+){0,6}+)"
)


def labelled(words: str) -> re.Pattern[str]:
    """A pattern whose group `value` is what follows one of these labels (a regex alternation)."""
    return re.compile(rf"\b(?:{words})(?![^\W_]){_GAP}{_VALUE}", re.IGNORECASE)


def before(words: str) -> re.Pattern[str]:
    """A pattern that matches where a text ends in one of these labels, with what may follow it."""
    return re.compile(rf"\b(?:{words}){_GAP}\(?\Z", re.IGNORECASE)


ORDER = before(
    r"orders?|tracking|invoice|reference|ref|ticket|case|confirmation|booking|shipment|parcel|"
    r"sku|ean|upc|isbn|imei|barcode|item|product|serial|model|part|article|rma|"
    r"purchase order|transaction|"
    r"bestell(?:ung|nummer)|auftrag(?:snummer)?|pedido|commande|ordine|encomenda"
)
CARD = before(
    r"cards?|credit card|debit card|visa|mastercard|amex|american express|cc|"
    r"tarjeta|karte|kreditkarte|carte|carta|cartão"
)
PHONE = before(
    r"(?:tele)?phones?|tel|mobile|cell|cell ?phone|fax|whatsapp|call(?: me| us| back| him| her)?"
    r"(?: at| on)?|reach (?:me|us|him|her)(?: at| on)?|ring(?: me)?(?: at| on)?|dial(?:led)?|"
    r"text (?:me|us|him|her|at|to)(?: at| on)?|"
    r"sms(?: to)?|messages? (?:to|on|at)|contact(?: me)?(?: at| on)?|"
    r"(?:my|his|her|the|registered|callback|call-back|contact|home|work) number|"
    r"teléfono|móvil|téléphone|portable|telefon|handy|rufnummer|telefono|cellulare|"
    r"telefone|telemóvel|celular|telefoon"
)
IP = before(r"ip(?: ?v[46])?(?: address)?|host(?:name)?|ping|https?://")
ACCOUNT = labelled(
    r"(?:bank |checking |savings |current )?account|acct|a/c|iban|sort code|routing|"
    r"(?:customer|client|member(?:ship)?|patient|policy|subscriber|insurance|user|"
    r"loyalty(?: card)?|rewards?(?: card)?|login)"
    r"(?=[ _-]?(?:number|no\b|nr\b|id\b|#|name\b|code\b))(?: ?name)?|"
    r"user(?:name|id)|mrn|medical record|kontonummer|kundennummer|mitgliedsnummer|konto|cuenta|"
    r"número de cliente|compte|numéro de client|conto|rekening(?:nummer)?|klantnummer|conta"
)
NATIONAL_ID = labelled(
    r"ssn|social security|social insurance|social|national insurance|ni number|nino?|passport|"
    r"driv(?:er|ing)(?:['’]?s|s['’])? licen[cs]e|licen[cs]e(?= (?:number|no\b|#))|"
    r"tax id(?:entification)?|taxpayer id|itin|tin|dni|nie|nif|"
    r"national id(?:entity)?|identity card|id card|"
    r"steuer-?(?:id|nummer|identifikationsnummer)|steuerliche identifikationsnummer|"
    r"sozialversicherungsnummer|personalausweis(?:nummer)?|bsn|burgerservicenummer|sofi-?nummer|"
    r"sécurité sociale|insee|nir|codice fiscale|cpf|pesel|carné de identidad|pasaporte|passeport|"
    r"reisepass|passaporto|paspoort"
)


def stands_before(label: re.Pattern[str], text: str, start: int) -> bool:
    """Whether what stands at `start` carries this label; looks back 48 characters."""
    return label.search(text, max(0, start - 48), start) is not None
