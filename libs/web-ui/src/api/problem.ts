/** One field the server refused: where it stands in what was sent, and why. */
export interface FieldProblem {
  readonly path: string;
  readonly message: string;
}

/** A refusal of the server: its envelope (federation.md §1). `code` is stable; `facts` is whatever stood beside it. */
export class ApiProblem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly details: readonly FieldProblem[] = [],
    readonly requestId: string | null = null,
    readonly facts: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
    this.name = ApiProblem.name;
  }
}

/** No answer came: the server is not there, or the browser is offline. */
export class ServerAway extends Error {
  constructor(options?: ErrorOptions) {
    super('The server did not answer.', options);
    this.name = ServerAway.name;
  }
}

const ENVELOPE = ['type', 'message', 'code', 'request_id', 'details'];

/** What a refused answer says; a body that is no envelope (a proxy's page) becomes `UNEXPECTED`. */
export function problemOf(status: number, body: unknown): ApiProblem {
  if (!isRecord(body) || typeof body['code'] !== 'string' || typeof body['message'] !== 'string')
    return new ApiProblem(status, 'UNEXPECTED', 'Something went wrong on our side.');
  const requestId = typeof body['request_id'] === 'string' ? body['request_id'] : null;
  const facts = Object.fromEntries(Object.entries(body).filter(([name]) => !ENVELOPE.includes(name)));
  return new ApiProblem(status, body['code'], body['message'], detailsOf(body['details']), requestId, facts);
}

function detailsOf(value: unknown): FieldProblem[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((item: unknown) =>
    isRecord(item) && typeof item['path'] === 'string' && typeof item['message'] === 'string'
      ? [{ path: item['path'], message: item['message'] }]
      : [],
  );
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
