"""The words of an answer: what every Spanish-speaking city needs, before its own."""

from __future__ import annotations

import re
import unicodedata

MAX_CHARS = 2_000


def fold(text: str) -> str:
    """Lower-cases a text and takes its accents away; what is not text is kept."""
    # Only the beginning is looked at: normalising is quadratic in runs of combining marks.
    decomposed = unicodedata.normalize("NFD", text[:MAX_CHARS].lower())
    return "".join(c for c in decomposed if not unicodedata.combining(c))


NUMBER_WORDS = {"uno": 1, "dos": 2, "tres": 3, "cuatro": 4, "cinco": 5}

GRADES = {
    "excelente": 5, "perfecto": 5, "perfecta": 5, "genial": 5, "super": 5, "buenisimo": 5,
    "buenisima": 5, "maravilloso": 5, "maravillosa": 5, "muy bueno": 5, "muy buena": 5,
    "muy buen": 5, "muy bien": 5, "muy satisfecho": 5, "muy satisfecha": 5, "impecable": 5,
    "bueno": 4, "buena": 4, "buen": 4, "bien": 4, "satisfecho": 4, "satisfecha": 4,
    "conforme": 4, "regular": 3, "mas o menos": 3, "normal": 3, "aceptable": 3, "ni fu ni fa": 3,
    "malo": 2, "mala": 2, "mal": 2, "deficiente": 2, "insatisfecho": 2, "insatisfecha": 2,
    "muy malo": 1, "muy mala": 1, "muy mal": 1, "pesimo": 1, "pesima": 1, "terrible": 1,
    "horrible": 1, "fatal": 1, "un desastre": 1, "lo peor": 1, "una verguenza": 1,
}  # fmt: skip
"""Grades in words, folded. The city's release adds its own and wins."""

NEGATIONS = frozenset({"no", "nada", "poco", "tampoco", "ni", "sin"})
SOFTENERS = frozenset({"es", "fue", "esta", "estuvo", "muy", "tan", "del", "todo", "un", "una"})

LEADS = (
    r"(?:hola|buen[oa]?s?|dias?|tardes?|noches?|pues|bueno|creo|que|yo|le|les|te|doy|damos|daria|"
    r"pongo|mi|la|el|un|una|nota|calificacion|calificaria|califico|puntaje|puntuacion|respuesta|rta|"
    r"con|es|seria|opcion|numero|nro|de|a|i|give|you|it|my|score|rating|atencion|servicio)"
)
"""What may stand before a score: "hola, le doy un 4", "mi calificación es 3"."""

AFTER_WORD = (
    r"\s*(?:$|[^\w\s]|\n)|\s+(?:estrell\w*|puntos?|gracias|muchas|porque|por|pero|y|muy|todo|la|el|"
    r"de cinco|sobre cinco|aunque|excelente|buen\w*|mal\w*|pesim\w*|no|si|sigue\w*|"
    r"ya|se|me|lo|ok)\b"
)
"""What may follow a number that is written out: "dos preguntas" is no score."""

COUNTED = (
    r"(?:dias?|semanas?|mes(?:es)?|anos?|horas?|minutos?|veces|vez|cuadras?|calles?|casas?|"
    r"personas?|funcionari[oa]s?|lamparas?|postes?|huecos?|arboles?|perros?|llamadas?|mensajes?|"
    r"correos?|metros?|m|km|pm|am|p\.?m|a\.?m|mil|millones|pesos|por ciento|%|"
    r"enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre)"
)
"""What makes a number a quantity: "2 semanas sin luz" is no score."""

NOT_SOLVED = re.compile(
    r"\bno\s+(?:(?:se|me|nos|lo|la|los|las|le|les|ha|han|fue|fueron|esta|estan|quedo|quedaron|"
    r"ha sido|han sido|hicieron|quedo bien)\s+){0,3}"
    r"(?:solucion\w*|resol\w*|resuelt\w*|resuelv\w*|arregl\w*|repar\w*|atend\w*|atiend\w*|quedo|"
    r"quedaron|sirvio|sirve|funcion\w*|hecho nada|hicieron nada|vinieron|llegaron|han venido|"
    r"ha venido|han llegado|recogieron|cambiaron|taparon|podaron)"
    r"|\bsin\s+(?:resolver|solucion\w*|arregl\w*|repar\w*|respuesta)"
    r"|\bsiguen?\s+(?:igual|sin|danad\w*|mal|apagad\w*|rot\w*|tapad\w*|todo|el|la|los|las|en las)"
    r"|\b(?:todavia|aun)\s+(?:no|sigue\w*|esta\w*|falta)"
    r"|\b(?:nadie|nunca)\s+(?:me\s+|nos\s+|ha\s+|han\s+)?(?:vino|vinieron|venido|llego|llegaron|"
    r"llegado|respondio|respondieron|contesto|contestaron|arregl\w*|hizo|hicieron|aparecio)"
    r"|\bpara nada\b|\bquedo (?:peor|mal|igual)\b|\besta (?:peor|igual)\b"
    r"|\b(?:falso|mentira)\b"
)

SOLVED = re.compile(
    r"\b(?:solucionad|resuelt|arreglad|reparad|terminad|atendid)[oa]s?\b"
    r"|\b(?:solucionaron|resolvieron|arreglaron|repararon|cambiaron|recogieron|taparon|podaron)\b"
    r"|\bse (?:soluciono|resolvio|arreglo|reparo)\b"
    r"|\bya (?:quedo|quedaron|esta|estan|funciona\w*|sirve|hay|prendio|prende)\b"
    r"|\bquedo (?:listo|lista|bien|muy bien|perfecto|perfecta|excelente)\b"
    r"|\b(?:todo (?:bien|ok|listo|en orden|perfecto))\b"
)

YES = re.compile(r"^\W*(?:si+|sip|claro|correcto|efectivamente|asi es|afirmativo|yes)\b")
NO = re.compile(
    r"^\W*(?:no+|nop|negativo)(?:\W*$|\W*[,.;!:\n]|\s+(?:senor\w*|la verdad|en absoluto|del todo))"
)
DECLINES = re.compile(r"\bno,?\s+(?:muchas\s+)?gracias\b|\bno (?:hay|tengo)\s+(?:quejas?|problema)")

FACES = {
    "🤬": 1, "😡": 1, "😠": 1, "💩": 1, "😤": 2, "☹": 2, "🙁": 2, "😞": 2, "😢": 2, "😭": 1,
    "😒": 2, "😐": 3, "😕": 3, "🙂": 4, "😊": 5, "😃": 5, "😄": 5, "😁": 5, "😀": 5, "😍": 5,
    "🤩": 5, "🥰": 5, "💯": 5,
}  # fmt: skip
THUMBS = {"👍": True, "👌": True, "✅": True, "👎": False, "❌": False}
