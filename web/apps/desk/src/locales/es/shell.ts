export const shell = {
  title: "Atiende",
  menu: "Menú principal",
  openMenu: "Abrir el menú",
  collapse: "Contraer el menú",
  expand: "Mostrar los nombres del menú",
  account: "Su cuenta",
  settings: "Preferencias",
  signOut: "Cerrar sesión",
  shortcuts: "Atajos de teclado",
  shortcutsOn: "Atajos de una sola tecla",
  notFound: {
    title: "Esta página no existe",
    text: "Puede que la dirección esté mal escrita o que la página haya cambiado de lugar.",
    action: "Ir a los casos",
  },
  failed: {
    title: "Esta página no se pudo mostrar",
    text: "Lo que escribió se conserva en este dispositivo. Vuelva a cargar la página; si se repite, avise a soporte.",
    action: "Volver a cargar",
  },
  role: {
    agent: "Operador/a",
    supervisor: "Supervisor/a",
    unit_manager: "Jefe/a de dependencia",
    admin: "Administrador/a",
    auditor: "Auditor/a",
  },
};
