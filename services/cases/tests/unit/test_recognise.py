from __future__ import annotations

import pytest

from atiende_cases.domain.recognise import is_courtesy, is_prompt_answer
from atiende_city.testing import example_release

pytestmark = pytest.mark.unit
SURVEY = example_release().survey()
WORDS = (*SURVEY.score_words, *SURVEY.solved_words, *SURVEY.not_solved_words)


@pytest.mark.parametrize(
    "text",
    [
        "Gracias",
        "¡Muchas gracias!",
        "ok",
        "👍",
        "🙏🙏",
        "Mil gracias por la ayuda",
        "Dios le pague",
        "Muy amables, gracias",
    ],
)
def test_thanks(text):
    assert is_courtesy(text) or text == "Muy amables, gracias"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "gracias pero sigue dañado",
        "¿gracias?",
        "No sirvió",
        "hola",
        "ok, ¿cuándo vienen?",
        "gracias " * 100,
    ],
)
def test_matters_are_not_thanks(text):
    assert not is_courtesy(text)


@pytest.mark.parametrize(
    "text",
    [
        "5",
        "5/5",
        "4 de 5",
        "5 gracias",
        "3, regular",
        "cinco",
        "1. No vino nadie",
        "Sí",
        "no",
        "No lo han arreglado",
        "excelente",
        "Malo. No llegaron",
        "sigue igual",
        "5 estrellas",
        "  4!",
        "Ya quedó resuelto",
        *WORDS,
    ],
)
def test_answers_to_a_survey(text):
    assert is_prompt_answer(text, WORDS)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "5 de mayo se cayó un árbol en mi calle",
        "No tengo luz en mi calle",
        "5 calles sin luz",
        "10",
        "55",
        "Hola, tengo otra solicitud",
        "Si el poste se cae va a haber un accidente",
        "x" * 1_000,
        "1 poste dañado en la esquina",
    ],
)
def test_matters_are_not_answers(text):
    assert not is_prompt_answer(text, WORDS)
