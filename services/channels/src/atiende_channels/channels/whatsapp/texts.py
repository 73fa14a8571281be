"""What staff read in place of content that is not text.

Spanish, because it becomes part of the conversation. One place for all of it, so that another
language is another table.
"""

from typing import Final

MEDIA_LABELS: Final = {
    "image": "[Imagen]",
    "audio": "[Audio]",
    "voice": "[Nota de voz]",
    "video": "[Video]",
    "document": "[Documento]",
    "sticker": "[Sticker]",
}

PLACE: Final = "[Ubicación]"
CONTACT: Final = "[Contacto]"
ORDER: Final = "[Pedido]"
FORM: Final = "[Formulario]"
EDITED: Final = "[Mensaje editado]"
DELETED: Final = "[La persona eliminó un mensaje]"
UNREADABLE: Final = "[Mensaje que WhatsApp no permite leer]"
FORWARDED: Final = "[Reenviado]"
REFERRAL: Final = "[Llegó desde un anuncio]"
PRODUCT: Final = "[Pregunta por un producto]"
