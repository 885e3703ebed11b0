"""How hard a text is to read: Flesch-Kincaid grade for English, INFLESZ and Fernández Huerta for Spanish."""

import re
from functools import lru_cache

import pyphen

PLACEHOLDERS = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")
WORD = re.compile(r"[A-Za-zÁÉÍÓÚÜÑáéíóúüñ'’]+")
SENTENCE_END = re.compile(r"[.!?:;]+(?:\s|$)")


@lru_cache(maxsize=2)
def _dictionary(language: str) -> pyphen.Pyphen:
    return pyphen.Pyphen(lang={"en": "en_US", "es": "es"}[language], left=1, right=1)


def syllables(word: str, language: str) -> int:
    """Syllables of one word, as the hyphenation patterns see them."""
    return len(_dictionary(language).positions(word)) + 1


def measures(texts: list[str], language: str) -> tuple[int, int, int]:
    """Sentences, words and syllables of texts; a text without a full stop counts as one sentence."""
    plain = [PLACEHOLDERS.sub("it", text).strip() for text in texts]
    sentences = [part for text in plain for part in SENTENCE_END.split(text) if WORD.search(part)]
    words = [word for sentence in sentences for word in WORD.findall(sentence)]
    return len(sentences), len(words), sum(syllables(word, language) for word in words)


def grade(texts: list[str]) -> float:
    """The Flesch-Kincaid school grade of English texts."""
    sentences, words, parts = measures(texts, "en")
    return 0.39 * words / sentences + 11.8 * parts / words - 15.59 if words else 0.0


def inflesz(texts: list[str]) -> float:
    """Ease of Spanish texts after Szigriszt Pazos: from 65 fairly easy, from 55 normal, below 40 hard."""
    sentences, words, parts = measures(texts, "es")
    return 206.835 - 62.3 * parts / words - words / sentences if words else 100.0


def fernandez_huerta(texts: list[str]) -> float:
    """Ease of Spanish texts after Fernández Huerta: from 70 easy, from 60 normal."""
    sentences, words, parts = measures(texts, "es")
    return 206.84 - 60 * parts / words - 1.02 * words / sentences if words else 100.0
