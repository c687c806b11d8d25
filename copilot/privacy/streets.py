"""Words of addresses: street types, units, post boxes and states, by their place in an address."""

from __future__ import annotations

from copilot.privacy.words import word_set

# After the name: "12 Oak Street".
TYPE = word_set(
    """
    street st road rd lane ln drive dr court ct square sq terrace ter crescent cres close way
    parkway pkwy highway hwy circle cir trail trl grove gardens garden mews row walk hill rise
    view park green loop alley path pike turnpike broadway wharf quay gate villas esplanade
    parade bypass expressway freeway heights ridge crossing blvd
    """
)

# On either side of the name: "Park Avenue", "avenue de la Paix".
EITHER = word_set("avenue ave av boulevard place pl plaza route")

# Clear in small letters too: "12 oak street".
TYPE_SMALL = word_set("street st road rd lane ln blvd drive")
EITHER_SMALL = word_set("avenue ave boulevard")

# Before the name: "Calle Mayor 5", "12 rue de la Paix".
LEADING = word_set(
    """
    calle avenida avda paseo carrera camino ronda travesía carrer passeig avinguda rúa rue
    chemin impasse allée quai cours faubourg via viale vicolo corso piazza piazzale largo strada
    rua travessa praça praca estrada rodovia alameda ul ulica al aleja aleje ulice ulița trg
    """
)
LEADING_SMALL = word_set("calle avenida carrer rue chemin impasse allée rua ul ulica viale piazza")

# The second half of a compound: "Hauptstraße 5".
COMPOUND = (
    "straße", "strasse", "str", "gasse", "weg", "allee", "platz", "damm", "ufer", "gade", "vej",
    "gata", "gatan", "vägen", "väg", "gränd", "katu", "kuja", "ntie", "veien", "vegen", "straat",
    "laan", "plein", "gracht", "kade", "dijk", "singel", "steeg", "brücke", "chaussee", "braut",
)  # fmt: skip
NOT_COMPOUND = word_set("brigade renegade")

# In small letters after a capitalised name: "Deák Ferenc utca 12".
APART_SMALL = word_set("utca út u tér terrasse gade vej väg straße strasse weg straat")

# The same as a word of its own before the number: "Villacher Strasse 89".
APART = word_set(
    """
    straße strasse str gasse weg allee platz damm ufer utca u tér gade vej katu terrasse alle
    chaussee plass bakken
    """
)

UNIT = word_set(
    """
    apt apartment suite ste unit flat floor fl room rm bldg building block piso puerta esc
    escalera bât bâtiment appartement appt étage wohnung top tür interno scala int andar apto no
    nº #
    """
)
BOX_LEAD = frozenset(("po", "p", "o", "pob", "psc", "cmr"))
BOX_WHOLE = frozenset(("postfach", "postbus", "apartado", "pobox", "casella"))
PARTICLE = word_set(
    """
    de la du des del di da do dos das dei della dello delle degli van der den von vom zu zum zur
    of the y e le les el los las aux et 't ten ter auf dem sur sous
    """
)
# What a dot may follow without ending an address.
ABBREVIATED = (
    "st", "ave", "av", "avda", "rd", "dr", "blvd", "apt", "ste", "no", "ul", "al", "bldg", "fl",
    "ln", "sq", "str", "pl", "ct", "hwy", "pkwy", "po",
)  # fmt: skip
# US and its forces, Canada, Australia.
STATES = word_set(
    """
    AL AK AZ AR CA CO CT DE FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM
    NY NC ND OH OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY DC PR AP AE AA AB BC MB NB NL NS NT
    NU ON PE QC SK YT NSW VIC QLD TAS ACT
    """
)
# Small words before a street type that make it something else: "a 500 gb hard drive".
NO_STREET = word_set(
    "hard flash usb test wheel pen thumb disk tape way lane gb tb mile hour min km block"
)

# No part of a name, but of a street or a town: "Old Bank Street", "New York".
PLACE_WORDS = word_set(
    """
    old new bank city hospital hotel clinic store place home open best good great park late post
    march may june july august april monday friday saturday sunday christmas easter hope shop
    """
)
