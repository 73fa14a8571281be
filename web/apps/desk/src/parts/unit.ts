/** "Secretaría de Infraestructura – Dirección de Alumbrado Público" is known by its last part where room is short. */
export function shortUnit(name: string): string {
  return name.split(" – ").at(-1) ?? name;
}
