export const keyboard = {
  title: "Atajos de teclado",
  intro: "Los atajos no actúan mientras escribe.",
  off: "Los atajos de una sola tecla están desactivados.",
  on: "Los atajos de una sola tecla están activados.",
  turnOff: "Desactivarlos",
  turnOn: "Activarlos",
  then: "y luego",
  or: "o",
  group: { general: "General", list: "Lista de casos", case: "Caso" },
  help: "Ver los atajos",
};
