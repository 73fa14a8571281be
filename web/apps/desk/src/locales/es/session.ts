export const session = {
  title: "Escritorio de atención",
  text: "Entre con su cuenta de la ciudad para atender los casos de sus dependencias.",
  action: "Iniciar sesión",
  left: "Cerró su sesión. Ya puede alejarse de este equipo.",
  unreachable: "No se pudo comprobar su sesión. Revise su conexión e inténtelo de nuevo.",
  ended: {
    title: "Su sesión terminó",
    text: "Lo que escribió se conserva. Inicie sesión de nuevo y volverá a este mismo lugar.",
    action: "Iniciar sesión de nuevo",
  },
};
