import { describe, expect, it } from "vitest";
import { problemOf } from "./problem";

describe("problemOf", () => {
  it("tells what is wrong with each value, as the services write it", async () => {
    const body = {
      type: "about:blank", title: "Unprocessable", status: 422, reason: "PERSON_INVALID", detail: "Revise los datos.",
      errors: [{ pointer: "/email", detail: "Escriba un correo." }],
    };
    const problem = await problemOf(new Response(JSON.stringify(body), { status: 422 }));
    expect([problem.status, problem.reason, problem.message, problem.fields]).toEqual([
      422, "PERSON_INVALID", "Revise los datos.", { "/email": "Escriba un correo." },
    ]);
  });

  it("a page that is no problem document has no fields", async () => {
    const problem = await problemOf(new Response("<h1>502</h1>", { status: 502 }));
    expect([problem.fields, problem.isTemporary]).toEqual([{}, true]);
  });
});
