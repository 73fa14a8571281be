/** Words of the domain that several features show. */
export const words = {
  channel: {
    webchat: "Chat web",
    whatsapp: "WhatsApp",
    email: "Correo",
    portal: "Portal",
    open311: "Open311",
    kiosk: "Quiosco",
    counter: "Ventanilla",
  },
  status: {
    open: "Abierto",
    waiting_citizen: "Espera al ciudadano",
    resolved: "Resuelto",
    closed: "Cerrado",
  },
  priority: { 0: "Urgente", 1: "Prioridad alta", 2: "Prioridad normal", 3: "Prioridad baja", 4: "Prioridad mínima" },
  due: {
    in: "Vence en {{span}}",
    overdue: "Vencido hace {{span}}",
    what: { first: "Primera respuesta", final: "Respuesta de fondo" },
  },
  mark: {
    priority: { 0: "Urgente", 1: "Alta" },
    emergency: "Emergencia",
    draft: "Borrador",
    transfer: "Traslado",
    undelivered: "No entregado",
    unreadable: "Ilegible",
    needsAnswer: "Por responder",
    incident: "Incidente",
    merged_one: "{{count}} duplicado",
    merged_many: "{{count}} duplicados",
    merged_other: "{{count}} duplicados",
    attachments: "Con archivos",
  },
  live: {
    lost: "Sin conexión: no se ven los cambios de los demás. Lo que usted escriba se conserva.",
    retry: "Reconectar ahora",
  },
};
