"""Closed lists of folded Spanish words."""

from __future__ import annotations

from typing import Final


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


STOP: Final = _words(
    """
    a al algo ante antes como con cual cuando de del desde donde el ella ellos en entre era es esa
    ese eso esta este esto estan fue ha han hasta hay la las le les lo los mas me mi mis muy no nos
    o os para pero por porque que se sea ser si sin sobre son su sus te tiene todo tu un una uno
    unos ya y yo the of to and in is it
    """
)
"""Words that no search is about."""

COURTESY_CORE: Final = _words(
    """
    gracias agradecido agradecida agradezco agradecemos grax amable ok okay vale listo perfecto
    entendido enterado enterada excelente genial bendiciones pague thanks thank
    """
)
"""One of these makes a short message a thank-you."""

COURTESY_FILLER: Final = _words(
    """
    muchas mil muchisimas por todo su la el los las le les ayuda atencion respuesta informacion
    rapidez gestion tiempo muy de acuerdo esta bien buen buena buenas buenos dia dias tarde tardes
    noche noches feliz saludos dios y a usted ustedes que tenga un una senor senora senorita doctor
    doctora hola si me lo se you so much very tan tanta pronta tambien nada
    """
)
"""These may stand next to them."""
