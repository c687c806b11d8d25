"""Words that mean the same in help articles, procedures and technical notes, and spellings."""

from __future__ import annotations

import re
from functools import cache

# "Back office: Opens …", "Edit site: Go to …": what stands first is no order.
TITLE = re.compile(r"[^,.]{0,60}: [A-Z]")
IMPERATIVES = frozenset(
    """
accept add adjust allow answer apply arrange ask assign attach avoid back begin book bring browse
call cancel change check choose clear click close collect complete confirm configure connect
contact copy count create customize deactivate decide delete delay deploy describe design
determine disable disconnect display download drag drop duplicate edit enable ensure enter execute
explain export extract fill find finish follow gather get give go hand hang help hide hold hover
import inform insert install inspect invite issue keep launch leave let link list locate log look
make manage map mark measure modify move name navigate note notify offer open order pay perform
pick place point post prepare press print promise provide publish purchase push put read rearrange
rebuild recharge record refer refresh register reinstall release remove rename repeat replace
report request reset resize resend restart restore return reveal review ring run save say scan
scroll search select send set share show sign skip specify start stop submit subscribe switch take
tap tell test thank tick transfer trigger turn type uninstall unplug update upgrade upload use
verify view visit wait wash wear weigh write
""".split()
)
# Orders only before one of _THINGS or a name, since they are nouns as well.
_NOUNS = frozenset(
    """
answer back book change contact copy design display download drag drop edit export gather go hand
hold hover import insert issue launch leave link list log look map mark measure move name note
offer order pay place point post press print promise purchase read record release report request
reset restart return review ring run save scan search send set share show sign start stop switch
tap test transfer trigger turn type update upgrade upload use view visit wait
""".split()
)
_THINGS = frozenset(
    """
a all an and any anything as at away back both by down each every everything exactly for from here
how if in into it its no nothing of off on one only or out over something that the their them
there these this those through to under until up us what when where whether which who with without
your
""".split()
)

# Each line: the words, and what may stand in their place. One way only.
_SAME = """
purchased: bought
obtain: get
obtains: gets
requires: needs
is required: is needed
are required: are needed
approximately: about
additional: further
prior to: before
in order to: to
immediately: right away, at once
straight away: immediately
verify that: check that, make sure that
verify the: check the
verify your: check your
ensure that: make sure that
ensure you: make sure you
make sure that: see to it that, ensure that
make sure you: be sure that you, ensure you
begins: starts
commences: starts
displays: shows
is displayed: is shown
are displayed: are shown
modify: change, alter
modified: changed, altered
deleted: removed
occurs: happens
occurred: happened
attempt to: try to
attempts to: tries to
attempting to: trying to
allows you to: lets you, makes it possible for you to
enables you to: lets you, makes it possible for you to
allow you to: let you
lets you: allows you to
is able to: can
are able to: can
utilize: use
multiple: several
several: a number of
numerous: many
whether or not: whether
telephone: phone
e-mail: email
e-mails: emails
parcel: package
parcels: packages
web store: online shop
working days: business days
business days: working days
free of charge: for free, at no cost
at no cost: free of charge
for instance: for example
e.g.: for example
such as: like
due to: because of
because of: owing to
as well as: and also
therefore: so
thus: so
regarding: about
concerning: about
perform: carry out
performs: carries out
performed: carried out
notifies: tells
informed: told
inform the: tell the
contact the: get in touch with the
contact your: get in touch with your
contact us: get in touch with us
resolves: solves
resolve: solve, fix
resolved: solved, fixed
issue with: problem with
issue is: problem is
the issue: the problem
this issue: this problem
these issues: these problems
navigate to: go to
return to: go back to
goes back to: is returned to
frequently: often
often: frequently
entire: whole
incorrect: wrong
invalid: not valid
per week: a week
per month: a month
per day: a day
per year: a year
each day: every day
each month: every month
a photo: a picture
the photo: the picture
photos: pictures
leaflet: brochure
basement: cellar
the till: the cash register
a till: a cash register
postcode: postal code
straightaway: right away
in advance: beforehand
beforehand: in advance
on the same day: the same day
anyone: anybody
anybody: anyone
someone: somebody
somebody: someone
everyone: everybody
everybody: everyone
whole: entire
buy: purchase
buys: purchases
choose the: pick the, select the
choose a: pick a, select a
choose an: select an
choose which: pick which, select which
choose your: select your
choose from: pick from
chooses: picks
select the: choose the, pick the
select your: choose your
select an: choose an
select a: choose a
start the: begin the
fill in: complete, fill out
fills in: completes
needs to be: has to be
need to be: have to be
you need to: you have to
you must: you have to, you need to
they must: they have to
you want to: you would like to
you may: you can
remains: stays
remain: stay
located in: found in
located at: found at
instead of: in place of, rather than
consists of: is made up of
includes: contains
in addition: besides
at the moment: right now
is permitted: is allowed
not permitted: not allowed
on request: when asked for
ahead of: before
afterwards: after that
nobody: no one
no one: nobody
rings the: calls the
ring the: call the
rings them: calls them
rings back: calls back
ring back: call back
by telephone: by phone
by phone: over the phone
written down: noted
write down: note
is charged: is billed
are charged: are billed
"""

_BRITISH = """
colour:color centre:center organisation:organization authorise:authorize authorised:authorized
cancelled:canceled instalment:installment instalments:installments behaviour:behavior
neighbour:neighbor neighbours:neighbors favourite:favorite catalogue:catalog programme:program
grey:gray metre:meter metres:meters litre:liter litres:liters customise:customize
customised:customized recognise:recognize recognised:recognized apologise:apologize
organise:organize organised:organized optimise:optimize optimised:optimized labelled:labeled
honour:honor honoured:honored cheque:check cheques:checks licence:license enquiry:inquiry
travelled:traveled personalise:personalize personalised:personalized initialise:initialize
synchronise:synchronize minimise:minimize maximise:maximize finalise:finalize
customising:customizing optimising:optimizing categorise:categorize colours:colors
kilometre:kilometer kilometres:kilometers mould:mold tyre:tire jewellery:jewelry storey:story
pencilled:penciled
"""

# American spellings that are British words for something else.
_OTHER_THINGS = frozenset("check checks meter tire story program license".split())


def is_order(text: str) -> bool:
    """Whether a sentence begins with a verb that tells somebody to do something."""
    first, second = [*text.split(), "", ""][:2]
    if first.lower() not in IMPERATIVES or TITLE.match(text):
        return False
    plain = second.strip(",.:;").lower()
    return first.lower() not in _NOUNS or plain in _THINGS or not second[:1].islower()


@cache
def same() -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Words with what may stand in their place, the longest first."""
    pairs = [line.split(": ") for line in _SAME.strip().splitlines()]
    split = [(before, tuple(after.split(", "))) for before, after in pairs]
    return tuple(sorted(split, key=lambda pair: -len(pair[0])))


@cache
def spellings() -> dict[str, str]:
    """British spellings by American ones, and the other way round."""
    pairs = [(one, other) for one, _, other in (pair.partition(":") for pair in _BRITISH.split())]
    safe = {other: one for one, other in pairs if other not in _OTHER_THINGS}
    return {**dict(pairs), **safe}
