const es = {
  turns: {
    title: "Turnos",
    which: "¿De qué sala es esta pantalla?",
    whichHelp: "Elija la dependencia. La pantalla puede quedarse encendida: muestra sola cada llamado.",
    unknown: "No existe esa dependencia",
    called: "Llamados",
    none: "Todavía no se ha llamado a nadie.",
    attending: "en atención",
    upcoming: "Siguen",
    waiting_one: "Espera {{count}} persona.",
    waiting_many: "Esperan {{count}} personas.",
    waiting_other: "Esperan {{count}} personas.",
    wait: "Espera aproximada: {{span}}.",
    say: "Turno {{ticket}}, {{desk}}.",
    stale: "Sin conexión: estos números pueden no estar al día. La pantalla sigue intentando.",
  },
};

const en: typeof es = {
  turns: {
    title: "Turns",
    which: "Which hall is this screen of?",
    whichHelp: "Choose the department. The screen may stay on: it shows each call by itself.",
    unknown: "There is no such department",
    called: "Called",
    none: "Nobody has been called yet.",
    attending: "being attended",
    upcoming: "Next",
    waiting_one: "{{count}} person waits.",
    waiting_many: "{{count}} people wait.",
    waiting_other: "{{count}} people wait.",
    wait: "Expected wait: {{span}}.",
    say: "Turn {{ticket}}, {{desk}}.",
    stale: "No connection: these numbers may be out of date. The screen keeps trying.",
  },
};

export const turnsWords = { es, en };
