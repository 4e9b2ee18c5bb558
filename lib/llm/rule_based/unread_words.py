"""The words of a question that no rule has read: an answer beside them says so, instead of passing for the whole."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from lib.llm.rule_based.argument_extraction import find_name, find_time_words
from lib.llm.rule_based.topics import is_topic_word
from lib.llm.rule_based.vocabulary import find_known_words, fold_words
from lib.text.search_terms import STOP_WORDS, is_without_blanks

MAX_SHOWN = 4
_WORD = re.compile(r"[^\W_][\w'’-]*")
_YEAR = re.compile(r"(?:19|20)\d\d")

# Words that steer no answer: verbs and adverbs of questions, of English and of the other languages of the vocabulary.
_COMMON = """
able according account act actually ago ahead already always anyone around away back because become before begin
best better big book both bring business call came case check come company current currently day days deal decide
develop developing develops doing down each either else end enough even ever every exactly far few figure figures find
first follow full further get gets getting give given go goes going good got great happen happened happening happens
hear held help high hold holds important info information instead keep kind last left less like list little long look
looking lot made main make makes many matter maybe mean means might month months most much must near need needs never
new next nobody number numbers off often ok okay open own part pay people per percent person plan please point
possible pretty put quarter quite quick quickly rather read ready really remind reason right run same see seem seems
send set several show shows side since slide soon stand stands start state status stay still stop sure take takes
talk team tell thank thanks thing things think three time times today together too total toward towards true try two
until use used user users uses only using logged via want wants way week weeks well went without work working works
worth year years yes yet minute plain words explain write wrote written
choose chose chosen note noted answer answered
aren can't couldn't didn't doesn't don't hasn't haven't isn't it's let's that's there's they're they've wasn't we're
we've what's when's where's who's won't you're i'm i've i'd let
aber alle als am an auch auf aus bei bin bis das dass dein dem den der des die dies diese dieser doch du ein eine einen
einer es fur gibt hat haben hatte ich ihm ihn ihnen ihr ihre im in ist jetzt kann kein keine konnen lange man mehr mein
meine mit muss mussen nach nicht noch nun nur oder schon sehr seid sein seine seit sie sind so soll sollen um und uns
unser unsere vom von vor wann war waren warum was welche welcher welches wenn wer wie wir wird wo wurde zu zum zur viele
au aux avec avons ce cela ces cet cette chez comment dans de depuis des doit du elle elles en est et eux faut ils il je
la le les leur leurs lui ma mes moi mon ne nos notre nous on ont ou par pas peut plus pour pouvons qu que quel quelle
quelles quels qui quand quoi sa se ses si son sont sur ta un une va vos votre vous y
al algo con cual cuales cuando cuanto de del desde donde el ella ellas ellos en es esta estan este esto hay ha han hasta
la las lo los mas me mi mis muy no nos nosotros nuestra nuestro o para pero por porque puede que quien quienes se ser si
sin sobre son su sus te tenemos tiene tienen un una y ya yo
ao aos as com como da das dele deles delas do dos e ela elas ele eles em entre essa esse esta estao este eu foi ha isso
isto ja mais mas meu meus muito na nao nas no nos nossa nosso num o onde os ou para pela pelo pode por qual quais quando
quantos que quem sao se sem ser seu seus sua suas tem tambem temos um uma
alle at av da de dem den denne der deres det dette du eller en er et for fra ha han har her hun hva hvem hvilken hvilke
hvor hvordan hvorfor ikke jeg kan man med men mye naar nar noe noen og om oss pa sin skal som til ut vi vil var vart
aan al als bij dan dat de deze die dit door een en er geen heb hebben heeft hen het hij hoe hun ik in is ja je kan
kunnen maar met mijn moet moeten naar niet nog nu of om onder ons onze ook op over te tot uit van veel voor waar waarom
wanneer wat we wel welk welke wie wij worden zal ze zij zijn zo
a ale bez byc byl byla co czy dla do gdzie go i ich ile ja jak jaka jaki jakie je jego jej jest jestem kiedy kto ktora
ktore ktory ma maja mam mamy mi mnie moj moja moze mozemy my na nam nas nasz nasza nie o od ona one oni po pod przez
sa sie su ta tak tam te tego tej tem ten to tu twoj tym u w we wy z za ze zeby
"""
COMMON_WORDS = frozenset(fold_words(_COMMON)) | STOP_WORDS
ARGUMENTS_OF_TIME = frozenset({"weeks", "days"})


def list_unread_words(question: str, calls: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """The words of `question` that neither a rule nor the arguments of `calls` have used, as they were written.

    In scripts without blanks no word can be told from the next: there everything counts as read.
    """
    if is_without_blanks(question):
        return ()
    arguments = list(calls)
    used = " ".join(str(value) for each in arguments for value in each.values())
    used_words = set(fold_words(used))
    read = find_known_words(question) | used_words
    unread = [word for word in _WORD.findall(question) if not _is_read(word, read)]
    name = find_name(question)
    is_known = name is None or any(_mentions(each, name) for each in arguments) or set(fold_words(name)) <= read
    if name is not None and not is_known and name not in unread:
        unread.append(name)
    has_time = any(ARGUMENTS_OF_TIME & each.keys() or "query" in each or "about" in each for each in arguments)
    times = () if has_time else find_time_words(question)
    return tuple(dict.fromkeys((*unread, *times)))


def describe_unread_words(unread: tuple[str, ...]) -> str:
    """The sentence that says what an answer leaves out."""
    quoted = ", ".join(f"“{word}”" for word in unread[:MAX_SHOWN])
    return f"I cannot take {quoted} into account by rules; this is what I can look up."


def _is_read(word: str, read: set[str]) -> bool:
    folded = fold_words(word)
    plain = [part.removesuffix("'s") for part in folded]
    return all(
        len(part) < 3
        or part in COMMON_WORDS
        or part in read
        or (part.isdigit() and not _YEAR.fullmatch(part))
        or is_topic_word(part)
        for part in plain
    )


def _mentions(arguments: Mapping[str, Any], name: str) -> bool:
    return any(name.casefold() in str(value).casefold() for value in arguments.values())
