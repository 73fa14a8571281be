const es = {
  offline: {
    newVersion: "Hay una versión nueva de esta página. Lo que escribió se conserva.",
    update: "Actualizar",
    receipt: "Ver el recibo",
    mend: "Revisar y corregir",
    see: "Ver la solicitud",
    form: {
      busy: "Enviando «{{name}}»…",
      waiting: "«{{name}}» está lista: se envía sola cuando vuelva la red.",
      later: "«{{name}}» está lista: el servicio no responde y se intenta de nuevo sola.",
      refused: "La ciudad no pudo recibir «{{name}}». Sus datos siguen en este dispositivo.",
      taken: "Se envió «{{name}}».",
    },
  },
};

const en: typeof es = {
  offline: {
    newVersion: "There is a new version of this page. What you wrote is kept.",
    update: "Update",
    receipt: "See the receipt",
    mend: "Check and correct",
    see: "See the request",
    form: {
      busy: "Sending “{{name}}”…",
      waiting: "“{{name}}” is ready: it is sent by itself when the network is back.",
      later: "“{{name}}” is ready: the service does not answer, and it is tried again by itself.",
      refused: "The city could not take “{{name}}”. Your data are still on this device.",
      taken: "“{{name}}” was sent.",
    },
  },
};

export const offlineWords = { es, en };
