const es = {
  accessibility: {
    intro: "Queremos que cualquier persona pueda usar este sitio. Se construye y se revisa con las Pautas de Accesibilidad para el Contenido Web (WCAG) 2.2, nivel AA.",
    whatTitle: "Qué puede hacer",
    what: {
      keyboard: "Usar todo el sitio solo con el teclado; se ve siempre dónde está.",
      reader: "Escucharlo con un lector de pantalla: los títulos, los campos y los avisos tienen nombre.",
      zoom: "Ampliar hasta 400 % sin tener que moverse de lado a lado.",
      contrast: "Leer con buen contraste; ningún aviso depende solo del color.",
      motion: "Verlo sin animaciones si su dispositivo lo pide.",
      time: "Tomarse el tiempo que necesite: un formulario no se vence y lo que escribió se guarda en su dispositivo.",
    },
    otherWaysTitle: "Otras formas de hacer lo mismo",
    otherWays: "Todo lo que se hace aquí se puede hacer también por teléfono o en la ventanilla, con ayuda de una persona.",
    knownTitle: "Lo que todavía no está bien",
    known: {
      map: "El mapa se ve, pero no se describe con palabras. Por eso siempre puede escribir la dirección.",
      files: "Los archivos que adjuntan otras personas o dependencias pueden no ser accesibles. Pídanos otra versión.",
    },
    tellTitle: "Díganos si algo no le funciona",
    tell: "Escriba a {{email}} o llame al {{phone}}. Le respondemos y lo corregimos.",
  },
  privacy: {
    intro: "{{city}} trata sus datos personales para atender lo que usted pide (Ley 1581 de 2012).",
    whyTitle: "Para qué",
    why: "Para radicar su caso, responderle y preguntarle si quedó resuelto. Para otra cosa le pedimos permiso aparte y puede retirarlo cuando quiera.",
    whoTitle: "Quién los ve",
    who: "Las personas de la dependencia que atiende su caso. En las cifras públicas no hay nombres ni datos de contacto.",
    longTitle: "Cuánto tiempo",
    long: "El tiempo que ordena la ley de archivos para cada trámite. Después se suprimen.",
    deviceTitle: "Qué se guarda en su dispositivo",
    device: "El borrador del formulario que está llenando, hasta que lo envía o lo borra, y el idioma que eligió. También las páginas de este sitio y lo que la ciudad publica para todos, para que abran sin conexión; nunca sus casos. No usamos servicios de terceros ni rastreadores.",
    rightsTitle: "Sus derechos",
    rights: "Puede conocer, actualizar, corregir y suprimir sus datos, y retirar su autorización.",
    contact: "Escriba a {{email}} o vaya a {{address}}. Si no queda conforme, puede acudir a la Superintendencia de Industria y Comercio.",
  },
};

const en: typeof es = {
  accessibility: {
    intro: "We want everybody to be able to use this site. It is built and checked with the Web Content Accessibility Guidelines (WCAG) 2.2, level AA.",
    whatTitle: "What you can do",
    what: {
      keyboard: "Use the whole site by keyboard; you always see where you are.",
      reader: "Listen to it with a screen reader: headings, fields and notices have names.",
      zoom: "Enlarge it to 400 % without scrolling sideways.",
      contrast: "Read with good contrast; no notice depends on colour alone.",
      motion: "See it without animation if your device asks for that.",
      time: "Take your time: a form does not expire and what you wrote is kept on your device.",
    },
    otherWaysTitle: "Other ways to do the same",
    otherWays: "Everything that can be done here can also be done by telephone or at the counter, with a person's help.",
    knownTitle: "What is not right yet",
    known: {
      map: "The map is seen but not described in words. That is why you can always write the address.",
      files: "Files attached by other people or departments may not be accessible. Ask us for another version.",
    },
    tellTitle: "Tell us when something does not work for you",
    tell: "Write to {{email}} or call {{phone}}. We answer and mend it.",
  },
  privacy: {
    intro: "{{city}} processes your personal data to deal with what you ask (Ley 1581 of 2012).",
    whyTitle: "What for",
    why: "To register your case, to answer you and to ask whether it was solved. For anything else we ask you separately, and you may take that back at any time.",
    whoTitle: "Who sees them",
    who: "The people of the department that deals with your case. Public figures have no names and no contact data.",
    longTitle: "How long",
    long: "As long as the law on archives orders for each service. Then they are deleted.",
    deviceTitle: "What is kept on your device",
    device: "The draft of the form that you are filling in, until you send or delete it, and the language that you chose. Also the pages of this site and what the city publishes for everybody, so that they open without a connection; never your cases. We use no services of third parties and no trackers.",
    rightsTitle: "Your rights",
    rights: "You may see, update, correct and delete your data, and take back your consent.",
    contact: "Write to {{email}} or go to {{address}}. If you are not satisfied you may turn to the Superintendencia de Industria y Comercio.",
  },
};

export const infoWords = { es, en };
