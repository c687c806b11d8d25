"""The English phrases that tell what a turn does. Only words here, no rule.

Each name is a pattern over a clause or a turn in lower case, with straight apostrophes; `NAME`
alone reads capitals.
"""

from __future__ import annotations

import re


def _any(*phrases: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(phrases)})(?!\w)")


# A turn of these words alone greets, thanks, agrees or says goodbye.
COURTESY = frozenset(
    """
    a absolutely afternoon again ah all alright am an and any anything anyway appreciate appreciated
    are at awesome back be been best better bit bless bright brilliant bye can care cheers clear
    confirm confirmed cool correct course d dear day days definitely do done don else enjoy enough
    er erm evening everything exactly excellent fabulous fair fantastic fine folks for forward from
    gladly glad go god good goodbye goodnight got great ha hallo happy have hear hello help helped
    helpful here hey hi hiya hm hmm hmmm hold hope how howdy hullo i idea ideal in indeed is it just
    keep kind kindly later ll lot lots love lovely luck m ma madam many may maybe me mean mhm mind
    mm moment more morning most much my name needed nice night no nope not nothing now of oh ok okay
    okey on one ooh oops out pardon patience perfect perfectly please pleasure plz pretty problem
    proceed quick quite re ready really right rush s sec second see service shall sir so soon sorry
    sort sorted sounds speak super sure t ta take taking talk terrific than thank thankful thanks
    thanx that thats the then there these think this though thx time to today together tomorrow
    tonight too totally true tho ty u ugh uh um understand understood ur useful ve very wait waiting
    was we weekend week welcome well were will wish with wonderful worries worry wow ya yay yea yeah
    year yep yes yo you your yup
    """.split()
)

# Small talk in the form of a question or a request; it is taken out before anything is judged.
PLEASANTRY = _any(
    r"how (?:are|r) (?:you|u|things|we)(?: all)?(?: doing| feeling| keeping)?",
    r"how(?:'?s| is| was) (?:it|everything|your (?:day|week|weekend|morning)|things|life)"
    r"(?: going| been)?",
    r"how do you do|how have you been|what'?s up|what a|how (?:very|nice|kind|lovely|sweet)",
    r"(?:can|could|do|did) (?:you|u) hear me(?: now| okay| ok| all right| better)?",
    r"are you (?:still )?(?:there|with me|a robot|a bot|real)|is (?:any|some)(?:one|body) there",
    r"(?:can|could|would|will|may) (?:you|i|someone|anyone) (?:please |maybe |kindly )?"
    r"(?:help|assist)(?: me| us)?(?: out)?(?: with (?:this|that|something|it))?(?: please)?"
    r"(?=\s*(?:[?.!,]|$))",
    r"i need (?:some |your |a little )?help(?: please)?(?=\s*[.!]*\s*$)",
    r"(?:can|may|could) i ask (?:you )?(?:something|a question)|i have a (?:quick )?question"
    r"(?=\s*(?:[?.!,]|$))",
    r"is (?:that|this|it) (?:all right|alright|ok|okay|correct|right|fine|you)(?=\s*(?:[?,]|$))",
    r"(?:am|who am) i (?:speaking|talking) (?:to|with)|(?:do )?you know what i mean",
    r"(?:do you like|did you know|can you believe|isn'?t (?:it|that) (?:funny|crazy|great|nice"
    r"|lovely))[^.!?]{0,80}\?",
    r"what (?:would|could|will) i do without|(?:can'?t|cannot|can not) wait",
    r"(?:can|could|will|would) you (?:please )?(?:wait|hold|hang) (?:on|a|one|just)",
    r"(?:that'?s|that is|that was|that will be|i think|thats)?,? ?"
    r"(?:all|everything|what)(?: that)? i(?:'ll)? (?:be )?(?:need(?:ed|ing)?|wanted)(?: to know)?",
    r"(?:don'?t|do not|didn'?t|won'?t) (?:really |even )?(?:need|want|require)",
    r"(?:have|need|got|has) to (?:go|run|leave|(?:ask|(?:talk|speak|check) (?:to|with)) my \w+)"
    r"(?: first)?|let me (?:think|see|get|find|look)",
    r"let'?s hope[^.!?]*|here (?:it is|you are|you go)",
    r"(?:didn'?t|did not) expect (?:that|this)|not going anywhere",
    r"(?:i|we)(?: do| now| already)? know (?:how|what|when|where|which|who|why)"
    r"|(?:(?:i'?ll|i will) (?:see|check|find out)|and see) (?:if|how|what|when|where|whether)",
    r"i(?:'d| would)? (?:like|love|want|take) (?:that|it)(?=\s*(?:[.!,]|$))",
    r"(?:doesn'?t|does not) matter",
)

# A question by its form, with or without its mark.
QUESTION = re.compile(
    r"(?:^|[,:–—-]\s*|\b(?:actually|also|and|because|but|er|erm|hello|hey|hi|hmm?|just|no|now|oh|ok"
    r"|okay|or|please|right|so|sorry|thanks|then|(?:hello|hey|hi) there|uh|um|well|yeah|yes)\s+)"
    r"(?:(?:how|what|where|which|who|whose|why|whether)(?:'?(?:s|re|ll|d))?"
    r"|when(?:'?s)?(?= (?:is|are|do|does|did|can|could|will|would|should|must)\b)"
    r"|(?:can|could|may|might|do|does|did|is|are|was|were|will|would|should|shall|have|has|must|am)"
    r"(?:n?'?t)? (?:i|you|u|we|they|he|she|it|there|that|this|these|those|my|your|the|our|someone"
    r"|somebody|anyone|anybody))\b"
    r"|\b(?:know|tell me|wonder(?:ing)?|see|check|ask|find out|sure|explain|idea|question|confirm)"
    r"(?: is| was)? (?:if|how|what|when|where|which|who|why|whether)\b"
    r"|\b(?:how|what) about\b|\bany (?:chance|way|other|news|update)\b|\bare you sure\b",
)

# What somebody wants, said as a wish, an errand or an order.
REQUEST = _any(
    r"(?:i|we)(?:'d|'ll|'m|'ve|'re)?(?: (?:would|will|do|did|am|was|really|just|also|still|only|may"
    r"|might|actually|urgently|kinda))* (?:need(?:ed)?|want(?:ed)?|wanna|require|prefer|wish to"
    r"|like to|love (?:to|a)|supposed to|rather)(?! (?:to )?(?:say )?thank)",
    r"(?:i|we)(?:'d| would)(?: really| just| also)? like",
    r"(?:looking|hoping|trying|calling|ringing|phoning|writing|interested|checking|asking|searching)"
    r" (?:for|to|about|because|in|on|after|into|regarding)",
    r"(?:question|query|issue|trouble|problem|complaint)s? (?:about|on|with|regarding)",
    r"help(?: me| us)?(?: out)? (?:with|to|in|by|find|get|book|plan|organi[sz]e|understand)",
    r"let(?:'?s| us| me know)(?! (?:me|you|him|her|them))",
)
ORDER = re.compile(
    r"(?:^\s*|^(?:can|could) |[,:–—-]\s*|\b(?:and|ok|okay|please|so|then|well|yes|yeah)\s+)"
    r"(?:just |please |go ahead and |kindly )*(?:give|tell|show|send|find|book|cancel|change|check"
    r"|make|get|put|move|block|reserve|schedule|order|look|explain|add|remove|reset|track|search"
    r"|try|start|play|plan|arrange|use|compare|remind|repeat|pick|transfer|update|replace|return"
    r"|refund|exchange|connect|report|register|renew|bring|open|close|fix|call|ring|email|mail)\b"
    r"(?! (?:care|it easy|sense|you later))",
)

# Something is the matter, or is now otherwise, or more.
TROUBLE = _any(
    r"(?:do|ca|could|did)(?:n'?t| not) (?:\w+ )?(?:remember|recall|know|have|understand|find|get"
    r"|see|work)",
    r"(?:does|did|has|have|had|wo|ca|could)n'?t(?! wait)|(?:not|n'?t)(?: been| yet)? \w+(?:ed|ing)"
    r"|cannot|no longer|still|lost|lose|stolen|stole|broke|broken|missing|missed|wrong|damaged"
    r"|fail(?:s|ed|ing)?|error|(?<!no )(?:problem|issue|trouble)s?|complain\w*|hurts?|pain|ill|sick"
    r"|bleed\w*|fell|dizzy|refund|returned|cancel(?:led)?|charged|fee|bill|leak\w*|stuck|locked"
    r"|forgot\w*|delay\w*|expired|emergency|urgent\w*|asap|unfortunately|needs?|wants?|not sure",
    r"instead|actually|change[ds]?|but(?! thank)|however|unless|except|different|also"
    r"|and (?:\w+ ){1,6}as well|(?:one more|another) thing"
    r"|(?:he|she|they|you|it|someone) should(?! (?:work|do|be))",
)
# What somebody denies or regrets: trouble, unless they are content or give in as they say it.
DENIAL = _any(
    r"(?:is|was|are|were|would|should)n'?t|not|never|nobody|late|afraid|worried|why|because",
)

# Numbers and letters that are read out one by one.
READ_OUT = frozenset(
    "zero one two three four five six seven eight nine ten oh double triple dash hyphen slash dot"
    " and then".split()
)

# What an agent asks to know whom they talk to, and what makes a question of it.
WHO = _any(
    r"(?:(?:sur|first |last |full |family |maiden |user|middle )?name|spell|date of birth"
    r"|birth ?da(?:y|te)|born|d\.?o\.?b)",
    r"(?:account|order|customer|patient|reference|booking|case|member(?:ship)?|card|policy|phone"
    r"|telephone|mobile|contact|property|licence|permit|invoice|receipt|tracking|notice|serial"
    r"|confirmation|ticket|room|benefit) ?(?:number|no|id|code)",
    r"reference|pin|post ?code|zip(?: code)?|address|street|e-?mail|pass ?code|password"
    r"|security (?:question|word|answer|code)|maiden|pet|(?:the|your) code|last four|on file|plate"
    r"|(?:account|card|code|id) type"
    r"|your (?:rank|title|position|job|occupation|employer|nationality)",
    r"(?:speaking|talking) (?:to|with)|who is (?:this|calling|speaking)|who(?:'s| do i have)"
    r"|identify|verify|identity|(?:sum|amount|date) of (?:the|your) (?:last|bill|previous)",
)
ASKED_FOR = _any(
    r"please|(?:may|can|could) (?:i|you|we)|would you|i(?:'ll)?(?: just| also)? need|give me"
    r"|tell me|confirm|spell|provide|what(?:'s| is| was)|and your|first",
)
READ_BACK = _any(
    r"(?:is (?:that|this|it)|have i got (?:that|it)|did i get (?:that|it)) (?:right|correct|you)",
    r"am i (?:speaking|talking) (?:to|with)",
)
# What somebody says who tells their name; the name is one to four words with capitals.
NAME = re.compile(
    r"^(?:(?i:hi|hello|hey|good \w+|yes|yeah|sure|ok|okay|oh|um|uh|er|so|well|there)[,.!]?\s+)*"
    r"(?:(?i:my (?:full |first |last )?name(?:'?s| is))(?:\s+[\w'-]+){1,3}"
    r"|(?i:this is|it's|i'?m|i am|here is)(?:\s+[A-Z][\w'-]+){1,4}"
    r"|[A-Z][\w'-]+(?:\s+[A-Z][\w'-]+){0,3}(?=,?\s+(?:here|speaking)))"
    r"(?:,?\s+(?:here|speaking|calling|again))?[\s.!,]*$"
)

# An agent offers something, or asks whether there is more.
OFFER = _any(
    r"(?:shall|should|can|may|could) (?:i|we) (?!have|get|ask|know|see)\w+"
    r"|would you (?:like|need|prefer|require)|do you want|want me to|ready to"
    r"|(?:would|does) \w+ (?:suit|work)",
    r"(?:is|are|would|does) (?:that|this|it|you)\b[^?]*\b(?:ok|okay|fine|suit|work|good|all right"
    r"|happy|right)",
)
# It asks for a choice, and does not offer: "what time would you like?"
CHOICE = re.compile(
    r"^\W*(?:\w+,? ){0,3}?(?:(?:at|on|in|for|to) )?(?<!know )(?:what|when|where|which|who|how)\b"
    r"|\bor (?!(?:do|would|shall|should|can|could|may|is|are) )",
)
# An agent asks what it is about.
OPENING = _any(r"(?:how|what) (?:can|may|could) (?:i|we) (?:help|assist|do)")
MORE = _any(r"(?:anything|something) (?:else|more)|any (?:other|more|further) \w+")
NO = re.compile(r"^(?:(?:well|um|uh|oh|hm+)[,.]* )*(?:no|nope|nah|not)\b")
# It is otherwise: "no, it's on Tuesday".
NOT_SO = re.compile(r"^(?:no|nope|nah)[,. ]+(?:it'?s|it is|on|at|for|from|to) (?!ok|fine|al|good)")
# The customer takes it up.
CONSENT = re.compile(
    r"^(?:(?:um|uh|well|oh|ok|okay|so|great|perfect|awesome|hmm)[,!]? )*(?:yes|yeah|yep|yup|ya|sure"
    r"|ok|okay|please|absolutely|definitely|go ahead|sounds|that(?:'?s| is| would| will| works|'ll"
    r"| sounds)|perfect|of course|great|fine|no|nope|works|correct|exactly|confirm|proceed|continue"
    r"|go on|keep (?:going|on)|carry on|next|(?:one|another) (?:more|one)"
    r"|i(?:'ll| will) (?:take|have|do) (?:it|that)|i guess|i think so|i suppose)\b",
)
DO_IT = re.compile(
    r"(?:^|[,.] ?| (?=(?:yes|please|let'?s|i'?ll)\b))"
    r"(?:(?:yes|yeah|yep|sure|ok|okay|please|great|perfect|just|then|well|so|sweet|go ahead|and)"
    r"[,!.]? ){0,3}"
    r"(?:(?:please|just|go ahead and|you can|let'?s|let us|i'?d like to|i'?ll|i will) ){0,2}"
    r"(?:book|do|reserve|confirm|schedule|submit|send|go (?:for|with|on)|order|take|try|lock"
    r"|proceed|continue|keep going|play on)(?: (?:it|that|this|them|please)\b|\s*[.!]*$)",
)

# The customer is content, moved, or resigned, or takes their leave.
FEELING = _any(
    r"great|good|nice|awesome|love(?:d|ly)?|amazing|excit\w+|happy|hope\w*|glad|wow|lol|(?:ha)+|shame"
    r"|darn|cool|fun|funny|enjoy|wonderful|perfect|fantastic|excellent|beautiful|looking forward"
    r"|best|luck|lucky|proud|stoked|pity|sad|bummer|yay|wish|bless|relie\w+|hate|crazy|thank\w*"
    r"|thx|ty|appreciate\w*|grateful|cheers|helpful|favou?rite|terrible|sucks?|interesting"
    r"|brilliant|guess|sweet|kind(?! of)|unfortunate|too bad|aww?|gosh|phew|finally"
    r"|surpris\w+|impress\w+|disappoint\w+",
)
RESIGNED = _any(
    r"(?:i|we)(?:'ll| will| shall| can| could)(?: \w+ly| just| then)?"
    r" (?!be (?!sure)|need|want|have to|require|never|not|see|hear|find|no)\w+",
    r"(?:i am|i'm|we're) (?:just )?(?:going to|gonna)|(?:oh|ah) well|got it"
    r"|i understand|makes sense|fair enough"
    r"|i(?:'m| am) (?:all )?(?:good|fine|ok|okay|done|set|happy)",
    r"that(?:(?:'?s| is|'ll be| will be) (?:all|it|fine|enough|ok|okay|right|true|a \w+)"
    r"| works| helps| should do)",
)
FAREWELL = _any(
    r"good ?bye|bye|never ?mind|nvm|(?:thank you|thanks)(?: \w+)? (?:anyways?|again|for|though)",
    r"(?:that|this)(?:'?s| is| was|'ll be| (?:will|would|should) be) (?:all|it|everything|enough)"
    r"(?! (?:we|they|he|she))|all set|nothing else|\w*n'?t be necessary",
    r"have a (?:\w+ )?(?:good|nice|great|lovely|wonderful|one)|see you|take care"
    r"|talk (?:soon|later)|(?:no|nope|nah),? (?:thank|that(?:'?s| is) (?:all|it|fine|ok\w*|good)"
    r"|i(?:'m| am) (?:good|fine))",
)

# An agent takes time, takes part, or takes over, and has answered nothing yet.
HOLD = _any(
    r"(?:one|a|just a|half a)(?: little| quick)? (?:moment|minute|second|sec|mo|tick)|bear with"
    r"|(?:hold|hang) on|please (?:hold|wait|stand by)|take your time|no (?:rush|hurry|problem)",
    r"(?:let me|i(?:'ll| will| am|'m)|allow me|i(?:'d| would) like)(?: just| quickly| now| first"
    r"| gladly| going)*(?: to)? (?:check|look|see|have a look|take a look|pull|find|open|bring up"
    r"|get|fetch|ask|ring|call|read|make sure|put you|be (?:right )?(?:back|with you)|help|assist"
    r"|try|search|note|go and|checking|looking|pulling|opening|finding|reading)",
    r"(?:happy|glad|here|able|pleased|delighted|gladly) (?:to )?(?:help|assist|look|check)",
    r"(?:i|we) can (?:certainly |definitely |gladly |surely )?(?:help|assist|look|check)",
    r"(?:thank you|thanks) for (?:waiting|holding|calling|your|that|the|getting|telling)",
    r"sorry (?:to hear|about|for|you)|i (?:can )?(?:fully |quite |completely )?"
    r"(?:understand|apologi[sz]e)|i hear you|i see|i know",
    r"(?:this is|my name is|you(?:'re| are) (?:speaking|talking) (?:to|with)|welcome to"
    r"|you(?:'ve| have) reached)",
    r"(?:that|this)(?:'s| is| must be| sounds)(?: \w+)? (?:annoying|frustrating|awful|unpleasant"
    r"|upsetting|a pity|a shame|worrying|horrible|bad luck|disappointing|not nice)",
    r"i(?:'ll| will)? ?(?:just )?need|for that i|before (?:i|we)|to (?:start|begin) with",
)
# An agent asks for something about the case without a question mark.
ASKS_BACK = _any(r"please (?:provide|describe|specify|enter|tell|give|confirm|let (?:me|us) know)")
# A short answer in words that are otherwise courtesy: "yes, you can", "no, it isn't".
SHORT_ANSWER = re.compile(
    r"^(?:no\b(?! (?:problem|worries|rush|hurry))|(?:yes|yeah|that's right|correct)\b.*\b(?:you|it"
    r"|we|they|that|there|he|she|i) (?:can|do|does|did|will|would|may|are|is|have|has|should)\b)",
)
