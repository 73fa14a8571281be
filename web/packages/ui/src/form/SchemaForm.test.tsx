import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { beforeAll, describe, expect, it } from "vitest";
import { CityProvider } from "../CityProvider";
import { startI18n } from "../i18n";
import { SchemaForm } from "./SchemaForm";
import { readForm, type FormValues } from "./schema";

const form = readForm({
  properties: {
    direccion: { type: "string", title: "Dirección", minLength: 5 },
    dano: { type: "string", title: "Qué ocurre", oneOf: [{ const: "apagada", title: "Está apagada" }, { const: "poste", title: "Poste roto" }] },
    cuantas: { type: "integer", title: "Cuántas" },
    riesgo: { type: "boolean", title: "Hay riesgo" },
    detalle: { type: "string", title: "Detalles", maxLength: 2000 },
  },
  required: ["direccion", "dano"],
});
const said: FormValues[] = [];

function Filled() {
  const [values, setValues] = useState<FormValues>({});
  said.push(values);
  return <SchemaForm form={form} values={values} onChange={setValues} faults={[{ name: "direccion", rule: "minLength", limit: 5 }]} />;
}

beforeAll(() => void startI18n({ es: {}, en: {} }));

describe("SchemaForm", () => {
  it("asks in the order of the form and gives values of the schema's types", async () => {
    const user = userEvent.setup();
    render(<CityProvider><Filled /></CityProvider>);
    await user.type(screen.getByLabelText("Dirección"), "Calle 1 # 2-3");
    await user.click(screen.getByRole("radio", { name: "Poste roto" }));
    await user.type(screen.getByLabelText(/Cuántas/), "12");
    await user.click(screen.getByRole("radio", { name: "No" }));
    expect(said.at(-1)).toEqual({ direccion: "Calle 1 # 2-3", dano: "poste", cuantas: 12, riesgo: false });
    await user.clear(screen.getByLabelText(/Cuántas/));
    expect(said.at(-1)).not.toHaveProperty("cuantas");
  });
  it("says what is wrong at the field, and which answers are optional", () => {
    render(<CityProvider><Filled /></CityProvider>);
    const field = screen.getByLabelText("Dirección");
    expect(field.getAttribute("aria-invalid")).toBe("true");
    expect(document.getElementById(field.getAttribute("aria-describedby") ?? "")?.textContent).toBe("Escriba al menos 5 caracteres.");
    expect(screen.getByLabelText("Detalles (opcional)").tagName).toBe("TEXTAREA");
  });
});
