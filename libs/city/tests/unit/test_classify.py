"""Which procedure a citizen's words are about."""

from __future__ import annotations

import csv
import os
import sys
from collections import Counter
from pathlib import Path

import pytest

from atiende_city.testing import example_release

pytestmark = pytest.mark.unit

SENTENCES = {
    "alumbrado-publico": [
        "Buenas noches, la luz de la calle 14 con carrera 9 lleva tres días apagada",
        "hay una lampara fundida en el parque y esta todo oscuro",
        "El poste de luz frente a mi casa parpadea toda la noche",
        "LLEVAMOS UNA SEMANA A OSCURAS EN EL BARRIO LA ESPERANZA, NO HAY ALUMBRADO",
        "Quiero reportar una luminaria que se queda prendida de día",
        "se cayó un poste de alumbrado con la lluvia de anoche",
        "las farolas de la alameda no prenden",
    ],
    "recoleccion-basuras": [
        "no pasó el carro de la basura hoy por la carrera 7",
        "Dejaron unos escombros tirados en la esquina del colegio",
        "hay un colchón y un sofá abandonados en el andén",
        "El contenedor de la cuadra está lleno y huele horrible",
        "hay un perro muerto en la avenida del Río",
        "Necesito que recojan unas bolsas de basura, ya llevan tres días",
        "hicieron un grafiti en la pared de la biblioteca",
    ],
    "huecos-vias": [
        "hay un hueco enorme en la calle 20, casi se mata un motociclista",
        "El andén está levantado y mi mamá se tropezó",
        "se robaron la tapa de la alcantarilla en la carrera 3 con 11",
        "la calle esta llena de huecos y ya no pasa ni el bus",
        "Solicito arreglo del pavimento de la vía al barrio El Prado",
        "el sumidero está tapado y cada que llueve se inunda la cuadra",
        "no hay rampa para sillas de ruedas en el cruce",
    ],
    "arboles-zonas-verdes": [
        "un árbol está a punto de caerse sobre mi casa",
        "por favor podar las ramas que tocan los cables",
        "el pasto del parque está altísimo y hay culebras",
        "los columpios del parque infantil están dañados, se va a caer un niño",
        "la maleza del separador no deja ver",
        "Solicito la siembra de árboles en la zona verde de la urbanización",
        "la fuente del parque principal no funciona",
    ],
    "semaforos-senales": [
        "el semáforo de la calle 14 con carrera 9 está apagado",
        "SEMAFORO EN ROJO PERMANENTE",
        "se cayó la señal de pare de la esquina",
        "ya no se ve el paso de cebra frente a la escuela",
        "necesitamos un reductor de velocidad, pasan muy rápido",
        "el pulsador para peatones no sirve",
    ],
    "ruido-convivencia": [
        "el bar de la esquina tiene música a todo volumen hasta las 3 de la mañana",
        "mis vecinos hacen fiesta todos los fines de semana y no dejan dormir",
        "quiero poner una queja por ruido de una discoteca",
        "vendedores ambulantes tienen invadido el andén del parque principal",
        "el perro del vecino ladra toda la noche",
        "hay una riña entre vecinos por una pared",
    ],
    "predial-paz-y-salvo": [
        "necesito el paz y salvo del predial para vender la casa",
        "¿Cuánto debo de impuesto predial?",
        "quiero hacer un acuerdo de pago por los años que debo del predial",
        "me llegó el recibo del predial con un valor que no es",
        "el avalúo catastral de mi lote subió mucho",
        "cómo pago el impuesto de industria y comercio",
    ],
    "certificado-residencia": [
        "necesito un certificado de residencia para un trabajo",
        "¿Qué papeles piden para la carta de residencia?",
        "Solicito constancia de residencia en el municipio",
        "cómo saco el certificado de vecindad",
        "buenas, para un empleo me piden certificado de residencia en la vereda",
        "me pueden enviar el certificado de residencia por correo",
    ],
    "derecho-peticion": [
        "En ejercicio del derecho de petición, artículo 23 de la Constitución, solicito copias del contrato",
        "Presento queja contra un funcionario que me trató mal",
        "interpongo recurso de reposición contra la resolución 450",
        "quiero radicar un derecho de petición",
        "Solicito formalmente información pública sobre el presupuesto de 2026",
        "Denuncio hechos de corrupción en un contrato",
        "PQRS: no me han contestado en los términos de ley",
    ],
    "plagas-salud": [
        "hay muchas ratas en el lote de al lado",
        "el barrio está lleno de zancudos, pedimos fumigación por el dengue",
        "me mordió un perro en la calle",
        "hay un panal de abejas en el techo de la escuela",
        "cucarachas por montones salen de la alcantarilla del restaurante",
        "perros callejeros agresivos en la plaza de mercado",
    ],
    "parqueo-movilidad": [
        "hay un carro abandonado hace meses frente a mi garaje",
        "El parquímetro se tragó mis monedas y no dio tiquete",
        "siempre hay motos mal parqueadas sobre el andén",
        "no puedo desanclar la bicicleta pública en la estación del parque",
        "me cobraron dos veces en la zona de parqueo",
        "la grúa se llevó mi carro, cuánto valen los patios",
    ],
    "permiso-evento": [
        "necesito permiso para un evento en la plaza principal",
        "¿Cómo pido permiso para concierto en el parque?",
        "la junta de acción comunal solicita permiso para feria en la calle 10",
        "queremos el cierre de calle para evento del barrio",
        "permiso de evento: carrera atlética el 12 de diciembre",
        "somos una productora y pedimos permiso para rodaje en la vía pública",
    ],
    "consulta-general": [
        "buenos días, ¿a qué hora abren mañana?",
        "hola",
        "quisiera información de los cursos de la casa de la cultura",
        "necesito hablar con alguien",
        "¿Cuáles son los requisitos para inscribirme en el programa de adulto mayor?",
        "gracias por su ayuda",
    ],
}


@pytest.mark.parametrize(
    ("expected", "text"), [(code, text) for code, texts in SENTENCES.items() for text in texts]
)
def test_sentence_goes_to_its_procedure(expected, text):
    release = example_release()
    assert release.classify(text) == expected, release.scores(text)[:3]


def test_every_procedure_has_six_sentences():
    assert SENTENCES.keys() == example_release().procedures.keys()
    assert all(len(set(texts)) >= 6 for texts in SENTENCES.values())


def test_accents_capitals_and_length_do_not_matter():
    release = example_release()
    assert release.classify("SEMÁFORO dañado") == release.classify("semaforo danado")
    assert release.classify("́" * 100_000) == "consulta-general"
    assert release.classify("x " * 500_000 + "semáforo") == "consulta-general"


def test_words_that_were_found_are_told():
    best = example_release().scores("el semáforo está en rojo")[0]
    assert best.code == "semaforos-senales"
    assert "semáforo" in best.keywords


@pytest.mark.parametrize(
    ("text", "danger"),
    [
        ("AUXILIO hay un incendio en la bodega", True),
        ("huele a gas en todo el edificio", True),
        ("hay heridos en el choque", True),
        ("mi hija no respira", True),
        ("quiero suicidarme", True),
        ("la luz de la calle está apagada", False),
        ("hola, quiero pagar el predial", False),
        ("el contenedor huele mal", False),
    ],
)
def test_emergencies_are_recognised(text, danger):
    assert example_release().is_emergency(text) is danger


# -- real requests of another city ---------------------------------------------------------------

ROOT = Path(__file__).resolve().parents[4]
SAMPLE = Path(os.environ.get("ATIENDE_DATA", ROOT.parent / "shared/data")) / (
    "requests-es/madrid_avisos_muestra_3000.csv"
)
# Our unit for each service of the other city, by hand. What belongs to no unit of ours (dog-waste
# bags, hydrants, "others") or whose name is used for several things is not measured.
UNITS = {
    "aseo": """Limpieza en vías públicas|Muebles particulares|Nuevo cubo o contenedor
        |Recogida de saco o contenedor de escombros|Muebles abandonados en vía pública
        |Animales muertos|Vaciado de cubo o contenedor|Cubo o contenedor en mal estado
        |Cubo o contenedor abandonado|Pintadas y grafitis|Vaciado de papelera
        |Limpieza en solares municipales|Limpieza en zonas verdes|Cambio de tamaño de cubo
        |Mal estado de papelera|Cambio de ubicación de cubo o contenedor
        |Nueva instalación de papelera|Limpieza mobiliario urbano o áreas infantiles
        |Contenedor de ropa no autorizado|SELUR|Vaciado de aceite""",
    "vias": """Desperfecto en acera|Desperfecto en calzada|Otras incidencias en calzadas y aceras
        |Alcantarillado|Mejora de accesibilidad|Tapas de registro|Bolardo u horquilla
        |Horquillas y banderines|Vallas|Caminos no pavimentados""",
    "parques": """Incidencias de riego|Incidencias en fuentes de beber|Quitar maleza|Area infantil
        |Poda de árbol|Arbol en mal estado|Banco|Nueva instalación de fuente de beber
        |Incidencias en alcorque o hueco|Sustitución de árbol|Area de mayores y circuitos
        |Incidencias en fuentes ornamentales|Caminos pavimentados en zonas verdes""",
    "alumbrado": """Farola apagada|Calle apagada|Otras averías de alumbrado|Peticiones alumbrado
        |Luces de Navidad""",
    "movilidad": """Saldo o fianza|Parquímetro|Aviso de denuncia|Anclaje|Tarjeta de usuario
        |Semáforo apagado|No imprime tique o no valida PIN|No permite anulación de denuncia
        |Vehículos abandonados. Retirada de vehículo|Incidencia en avisador acústico de semáforo
        |Nueva señal|Bicicleta averiada|Incidencia en señal|Aplicación móvil|Bicicleta robada
        |Incidencia en pulsador|Totem|Tarjeta crédito atascada""",
    "salud": "Ratas y cucarachas|Plagas",
}
NOT_OURS = {
    *("Nueva instalación.", "Nueva instalación", "Vandalismo", "Resolución inmediata", "Otros"),
    *("Hidrantes de bomberos", "Falta de bolsas para excrementos caninos"),
}
EXPECTED_UNIT = {
    service.strip(): unit for unit, services in UNITS.items() for service in services.split("|")
}
FLOOR = 0.86
"""Share of real requests that reach the right unit by their words alone; it may only go up."""


@pytest.mark.skipif(not SAMPLE.exists(), reason="the sample of real requests is not here")
def test_real_requests_reach_their_unit(capsys):
    release = example_release()
    hits: Counter[str] = Counter()
    total: Counter[str] = Counter()
    with SAMPLE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            service, text = row["service_name"], row["description"]
            assert service in EXPECTED_UNIT or service in NOT_OURS, service
            if service in NOT_OURS or not text.strip():
                continue
            expected = EXPECTED_UNIT[service]
            total[expected] += 1
            hits[expected] += release.procedure(release.classify(text)).unit_id == expected
    share = sum(hits.values()) / sum(total.values())
    with capsys.disabled():
        each = ", ".join(f"{unit} {hits[unit] / total[unit]:.0%}" for unit in sorted(total))
        said = f"real requests to the right unit: {share:.1%} of {sum(total.values())} ({each})"
        sys.stdout.write(f"\n{said}\n")
    assert share >= FLOOR
