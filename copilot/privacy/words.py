"""The word lists of the recognisers: given names, words that no name holds, brands.

All are small and written for this project; they decide only together with a cue or with
capital letters.
"""

from __future__ import annotations


def word_set(words: str) -> frozenset[str]:
    """The words of a list that is written as running text."""
    return frozenset(words.split())


# Common given names, without those that are everyday words or places (Will, May, Grace, Paris).
GIVEN = word_set(
    """
    aaron adam adrian agnes ahmed aisha alan albert alejandro alessandro alex alexander
    alexandra ali alice alison amanda amelia amy ana andrea andreas andrew angela anita anja ann
    anna anne annette anthony antoine antonio arthur barbara beatriz ben benjamin bernard bob
    brandon brenda brian bruno camille carla carlos carmen carol caroline catherine charles
    chiara chloe chris christian christina christine christopher claire clara claudia craig
    cristina daniel daniela david deborah dennis diana diego dieter dominique donald donna
    dorothy edward elena elisa elisabeth elizabeth ella ellen emily emma enrique eric erik ethan
    eva evelyn fatima federico felix fernando fiona francesca francesco francisco franz gabriel
    gary george giovanni giulia giuseppe gonzalo gregory greta guillaume hannah hans hassan
    heather heidi helen helena henry ian ibrahim ines ingrid irene isabel isabella ivan jacob
    jacqueline james jane janet jason javier jean jeff jeffrey jennifer jeremy jessica jim joan
    joanna joao johan john jonas jonathan jorge jose joseph joshua juan judith julia julian
    julie justin karen karin karl katarzyna kate katherine kathleen keith kelly kenneth kevin
    kimberly klaus kyle laura lauren laurent lea lena leon linda lisa lorenzo louis louise luca
    lucas lucia lucy luigi luis lukas manuel marco marek margaret maria marie marta martha
    martin mary mateo matteo matthew megan mehmet melissa michael michel miguel mike mohamed
    mohammed monica nadia nancy natalia nathan nicholas nicola nicolas nicole nina olga oliver
    olivia omar oscar pablo paolo patricia patrick paul paula pedro peter petra philip philippe
    pierre rachel rafael raquel rebecca ricardo richard robert roberto roger ronald rosa ruth
    ryan sabine samantha samuel sandra sara sarah scott sean sebastian sergio sharon silvia
    simon simone sofia sophia sophie stefan stephanie stephen steve steven susan susanne tamara
    teresa thomas tim timothy tom tony valentina vanessa vera veronica victor vincent wendy
    william xavier yasmin yusuf yvonne zoe
    """
)

# Words that end a name, and that are none: grammar, courtesy and the talk of service desks.
STOP = word_set(
    """
    a about above access account accounts actually address adress after again agent agents ago
    all almost already also although always am an and angry another any anybody anyone anything
    app appear appears appointment are around as asap ask asking at available away awesome back
    bad bank be because been before being best better between bill billing bot both bought box
    but buy by call called calling calls came can cancel cannot card care caller cell change
    chat check city clear clinic close code come coming company complaint concerned confirmed
    confirm confused contact correct correctly could country credit current currently customer
    customers damaged date day days dear delivery department details did different disappointed
    do doctor does doing done down due during each either email emails enough enter select
    choose click type even ever every everybody everyone everything excited expired fax few file
    find fine finally first folks following for from frustrated full get getting give given glad
    go goes going gone good got great guest guys had happy hard has have having he hello help
    her here hers herself hey hi him himself his home hope hospital hotel hours how however i id
    if in incorrect incorrectly info information inquiry inside instead interested into invoice
    is issue issues it item items its itself just kind kindly know last late later least less
    let like line listed little live lives living located login look looking lost lot love made
    mail make manager many maybe me member membership message minute minutes missing misspelled
    mobile moment money month months more morning most mr mrs ms dr prof much must my myself
    name named names near need needs never new next nice no nobody none not nothing now number
    numbers nurse of off office officially offline often ok okay old on once one online only
    onto open or order ordered ordering orders other our ours out outside over own package paid
    parcel part password patient pay payment people per perhaps person phone place please
    pleased plus policy possible prefer probably problem problems product provided purchase
    purchased put question questions quite rather ready really reason received recently
    reference refund refunds regarding regards registered reply request reservation return
    returned right sad said sales same saw say says see sent service services she shipped
    shipping set shop should since sir madam so some someone something soon sorry speak speaking
    spell spelled spelt spoke status still stop store street subscription such supervisor
    support sure surname system take talk talking team tech technical tell text than thank
    thanks that the their theirs them themselves then there these they thing things think this
    those though through thus ticket tired till time to today together told tomorrow tonight too
    total tracking tried trying turn twice two under unhappy unable unfortunately until up upon
    upset us use used user username using usually very via wait waiting want wanted wants was
    way we website week weeks welcome well went were what when where which while who whom whose
    why will wish with within without wondering work working world worried would writing written
    wrong yes yesterday yet you your yours yourself zip monday tuesday wednesday thursday friday
    saturday sunday january february march april june july august september october november
    december christmas easter suite apt apartment unit jan feb mar apr jun jul aug sep sept oct
    nov dec mon tue wed thu fri sat sun ltd llc inc gmbh
    """
) | word_set(
    """
    de el la los las un una y o que con por para mi tu su es soy estoy tengo gracias hola pedido
    cuenta favor llamo llamaba cliente nombre teléfono correo dirección quiero necesito saludos
    le les des et ou avec pour mon ma mes est suis merci bonjour commande compte client nom je
    vous téléphone adresse voudrais cordialement und oder mit für mein meine ich bin ist habe
    danke hallo bestellung konto kunde kundin bitte möchte telefon grüße il lo gli e per mio mia
    sono grazie ciao ordine conto indirizzo vorrei het een en met voor mijn ik heb bedankt
    bestelling rekening klant graag em com meu minha sou obrigado obrigada conta quero
    """
)

# Months and tongues aside, these follow "I'm" or "this is" with a capital letter and name nobody.
DEMONYM_ENDINGS = ("ian", "ish", "ese", "ean", "can", "ench", "erman", "reek", "utch", "wiss")

# Houses that carry a given name and a surname.
BRANDS = word_set(
    """
    klein hilfiger lauren kors spade boss choo jacobs walker armani karan herman burch
    """
)

# What stands before an initial in a heading or a label: "Plan B. Then".
LABELS = word_set(
    """
    plan option section appendix group class type vitamin hepatitis grade unit gate terminal
    building suite apt room level step part schedule exhibit form model size version block
    """
)

# Part of a customer's own name, yet a common word: masked in small letters only with the rest.
EVERYDAY = STOP | word_set(
    """
    art bell black brown carter case chance chase child cook cross dean drew english faith field
    ford fox frank gene good grace grant gray green hall hill holly hunter jack joy king knight
    lake lane law long mark mason may miles mills moon moss north page park parker pat penny
    pope price reed rich rob robin rock rose sandy short singer skip snow south star stone
    summer sunny sue swift taylor town turner van von walker ward wade wall waters west white
    wild wing winter wise wood young
    """
)


def is_stopped(word: str) -> bool:
    """Whether a word is no part of a name: grammar, a contraction, the talk of service desks."""
    folded = word.casefold().replace("’", "'")
    return folded in STOP or folded.endswith(("'m", "'ve", "'ll", "'re", "n't", "'d"))
