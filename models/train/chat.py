"""The chat form: <|begin_of_text|><|user|>question<|assistant|>answer<|end_of_text|><|user|>...

`TEMPLATE` says the same in Jinja; it goes into the metadata of the GGUF files. It leaves the
begin token out, because the files say that the tokenizer adds it.
"""

from __future__ import annotations

from tokenizers import Tokenizer

from preferences import Turn
from settings import ASSISTANT, BEGIN, END, USER

TEMPLATE = (
    "{% for message in messages %}"
    "{% if message['role'] == 'assistant' %}<|assistant|>{{ message['content'] }}<|end_of_text|>"
    "{% else %}<|user|>{{ message['content'] }}{% endif %}"
    "{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)

CONTEXT_LIMIT = 96  # tokens of dialogue before an answer; older turns are left out first


def ids_of(tokenizer: Tokenizer, text: str) -> list[int]:
    return tokenizer.encode(text, add_special_tokens=False).ids


def prompt_ids(tokenizer: Tokenizer, context: tuple[Turn, ...]) -> list[int]:
    """The dialogue up to and with the <|assistant|> that asks for an answer."""
    turns = []
    for turn in context:
        body = ids_of(tokenizer, turn.text)
        turns.append([USER, *body] if turn.role == "user" else [ASSISTANT, *body, END])
    while len(turns) > 1 and sum(map(len, turns)) > CONTEXT_LIMIT:
        turns.pop(0)
    if len(turns[0]) > CONTEXT_LIMIT:
        turns[0] = turns[0][:1] + turns[0][-CONTEXT_LIMIT:]
    return [BEGIN, *(token for turn in turns for token in turn), ASSISTANT]


def answer_ids(tokenizer: Tokenizer, text: str, limit: int) -> list[int]:
    """The answer's tokens with END, or its first `limit` tokens without."""
    ids = [*ids_of(tokenizer, text), END]
    return ids[:limit]
