import pytest
from hypothesis import given
from hypothesis import strategies as st

from atiende_surveys.domain.answer import Lexicon, parse_answer

pytestmark = pytest.mark.unit

LEXICON = Lexicon(
    score_words={"chevere": 5, "bacano": 5, "muy malo": 1},
    solved_words=("ya quedo solucionado", "si quedo", "fixed"),
    not_solved_words=("no solucionado", "sigue igual", "still broken"),
)
S, N, U = True, False, None
PHRASES = [
    # digits
    ("5", 5, U, ""),
    ("1", 1, U, ""),
    (" 4. ", 4, U, ""),
    ("5!!!", 5, U, ""),
    ("(3)", 3, U, ""),
    ("5/5", 5, U, ""),
    ("3 de 5", 3, U, ""),
    ("2 sobre 5", 2, U, ""),
    ("9 de 10", 5, U, ""),
    ("10/10", 5, U, ""),
    ("2/10", 1, U, ""),
    ("4.5", 4, U, ""),
    ("Un 4", 4, U, ""),
    ("Le doy un 3", 3, U, ""),
    ("Hola, le doy un 5 a la atención", 5, U, "a la atención"),
    ("Mi calificación es 2", 2, U, ""),
    ("Calificación: 4", 4, U, ""),
    ("Nota 1", 1, U, ""),
    ("5 gracias por su ayuda", 5, U, "gracias por su ayuda"),
    ("5, muy amables", 5, U, "muy amables"),
    ("1 porque nadie vino", 1, N, "porque nadie vino"),
    ("2\nSe demoraron mucho", 2, U, "Se demoraron mucho"),
    ("4 estrellas", 4, U, ""),
    ("Le pongo 2 estrellas, muy lentos", 2, U, "Le pongo 2 estrellas, muy lentos"),
    ("todo bien, 5", 5, S, "todo bien, 5"),
    ("5️⃣", 5, U, ""),
    ("1️⃣ muy mal", 1, U, "muy mal"),
    # words
    ("cinco", 5, U, ""),
    ("Cuatro", 4, U, ""),
    ("uno, la verdad muy mal", 1, U, "la verdad muy mal"),
    ("le doy un cinco", 5, U, ""),
    ("Excelente", 5, U, ""),
    ("Excelente servicio", 5, U, "servicio"),
    ("Muy bueno, gracias", 5, U, "gracias"),
    ("Buena atención", 4, U, "atención"),
    ("bien", 4, U, ""),
    ("Regular", 3, U, ""),
    ("más o menos", 3, U, ""),
    ("malo", 2, U, ""),
    ("Muy malo", 1, U, ""),
    ("Pésimo servicio, una vergüenza", 1, U, "servicio, una vergüenza"),
    ("pesima", 1, U, ""),
    ("no muy bueno", 2, U, "no muy bueno"),
    ("nada bueno", 2, U, "nada bueno"),
    ("no está mal", 3, U, "no está mal"),
    ("chévere", 5, U, ""),
    # signs
    ("⭐⭐⭐⭐⭐", 5, U, ""),
    ("⭐", 1, U, ""),
    ("★★★☆☆", 3, U, ""),
    ("⭐⭐ demorado", 2, U, "demorado"),
    ("😡", 1, U, ""),
    ("😊", 5, U, ""),
    ("🙂😡", 1, U, ""),
    ("👍", 0, S, "👍"),
    ("👎", 0, N, "👎"),
    # solved or not
    ("sí", 0, S, "sí"),
    ("Si, gracias", 0, S, "Si, gracias"),
    ("no", 0, N, "no"),
    ("No.", 0, N, "No."),
    ("No señor", 0, N, "No señor"),
    ("No, todavía sigue apagada", 0, N, "No, todavía sigue apagada"),
    ("no se solucionó", 0, N, "no se solucionó"),
    ("No me lo han arreglado", 0, N, "No me lo han arreglado"),
    ("sigue igual", 0, N, "sigue igual"),
    ("Siguen sin recoger la basura", 0, N, "Siguen sin recoger la basura"),
    ("sin resolver", 0, N, "sin resolver"),
    ("Nunca vinieron", 0, N, "Nunca vinieron"),
    ("ya quedó solucionado", 0, S, "ya quedó solucionado"),
    ("Resuelto, gracias", 0, S, "Resuelto, gracias"),
    ("ya lo arreglaron", 0, S, "ya lo arreglaron"),
    ("No, ya quedó", 0, S, "No, ya quedó"),
    ("sí, pero sigue igual", 0, N, "sí, pero sigue igual"),
    ("5 pero no se solucionó", 5, N, "pero no se solucionó"),
    ("5, no tengo quejas", 5, U, "no tengo quejas"),
    ("no gracias", 0, U, "no gracias"),
    # English
    ("4 thanks", 4, U, "thanks"),
    ("it is still broken", 0, N, "it is still broken"),
    # numbers that are no scores
    ("2 semanas sin luz", 0, U, "2 semanas sin luz"),
    ("Llevo 3 meses esperando", 0, U, "Llevo 3 meses esperando"),
    ("5 de mayo se cayó un árbol", 0, U, "5 de mayo se cayó un árbol"),
    ("vivo en la calle 5", 0, U, "vivo en la calle 5"),
    ("Tengo otra pregunta sobre el predial", 0, U, "Tengo otra pregunta sobre el predial"),
    ("una pregunta", 0, U, "una pregunta"),
    ("dos preguntas nada más", 0, U, "dos preguntas nada más"),
    ("12", 0, U, "12"),
    ("7", 0, U, "7"),
    ("", 0, U, ""),
]


@pytest.mark.parametrize(("text", "score", "solved", "comment"), PHRASES)
def test_phrase_is_understood(text, score, solved, comment):
    answer = parse_answer(text, LEXICON)
    assert (answer.score, answer.solved, answer.comment) == (score, solved, comment)


@pytest.mark.parametrize(
    ("text", "recovery"),
    [
        ("1", True),
        ("2", True),
        ("3", False),
        ("5", False),
        ("no", True),
        ("sí", False),
        ("5 pero sigue igual", True),
        ("hola", False),
    ],
)
def test_low_score_or_unsolved_asks_for_recovery(text, recovery):
    assert parse_answer(text, LEXICON).needs_recovery(2) is recovery


@given(text=st.text(max_size=300))
def test_any_text_gives_an_answer_and_loses_no_words(text):
    answer = parse_answer(text, LEXICON)
    assert 0 <= answer.score <= 5
    assert (
        answer.understood
        or answer.comment == text.strip()
        or "\N{COMBINING ENCLOSING KEYCAP}" in text
    )


@given(number=st.integers(1, 5), tail=st.sampled_from(["", ".", " gracias", "\nmuy bien", " !"]))
def test_number_at_the_beginning_is_the_score(number, tail):
    assert parse_answer(f"{number}{tail}", LEXICON).score == number
