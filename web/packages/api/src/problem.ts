/** Problem details (RFC 9457) as every service answers them. */
export interface ProblemBody {
  title?: string;
  status?: number;
  detail?: string;
  reason?: string;
  trace_id?: string;
  errors?: readonly { pointer: string; detail: string }[] | null;
}

/**
 * A request that was refused or could not be made. `reason` is stable, `detail` is for people; `fields` says what is
 * wrong with each value by its JSON pointer.
 */
export class Problem extends Error {
  readonly status: number;
  readonly reason: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly traceId: string;
  readonly retryAfterSeconds: number | undefined;

  constructor(status: number, body: ProblemBody, retryAfterSeconds?: number) {
    super(body.detail ?? body.title ?? "");
    this.name = "Problem";
    this.status = status;
    this.reason = body.reason ?? "UNKNOWN";
    this.fields = Object.fromEntries((body.errors ?? []).map((one) => [one.pointer, one.detail]));
    this.traceId = body.trace_id ?? "";
    this.retryAfterSeconds = retryAfterSeconds;
  }

  /** Whether the same request may succeed later: no connection, too often, or a service that is away. */
  get isTemporary(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

/** The request did not reach the city. */
export function offline(): Problem {
  return new Problem(0, { reason: "OFFLINE" });
}

export async function problemOf(response: Response): Promise<Problem> {
  const retry = Number(response.headers.get("Retry-After"));
  let body: ProblemBody = {};
  try {
    body = (await response.json()) as ProblemBody;
  } catch {
    // A proxy's page is no problem document; the status says enough.
  }
  return new Problem(response.status, body, Number.isFinite(retry) && retry > 0 ? retry : undefined);
}
