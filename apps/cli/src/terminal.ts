import { ArchiveError } from '@hansa/archive';
import { HubProblem, HubUnreachable } from '@hansa/hub-client';
import { TrustError } from '@hansa/trust';
import { CliError, EXIT } from './cli-error.js';

/** Where a run is seen: results on `out`, everything else on `err`. Tests hand in their own. */
export interface Terminal {
  out(text: string): void;
  err(text: string): void;
  /** Whether `err` is a screen on which a line can be drawn over. */
  readonly isScreen: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Prints the result: one JSON object for scripts, sentences for people. */
export function report(terminal: Terminal, json: boolean, value: object, lines: readonly string[]): void {
  terminal.out(json ? `${JSON.stringify(value, null, 2)}\n` : lines.map((line) => `${line}\n`).join(''));
}

/** Prints why a run ended early and says with which exit code it ends. A bug shows its stack; a refusal never does. */
export function reportFailure(terminal: Terminal, json: boolean, error: unknown): number {
  const refusal = asCliError(error);
  if (!refusal) {
    terminal.err(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    return EXIT.bug;
  }
  const { code, message, options, exitCode } = refusal;
  const { details, requestId } = options;
  if (options.printed) return exitCode;
  if (json) {
    terminal.out(`${JSON.stringify({ error: { code, message, details, request_id: requestId } }, null, 2)}\n`);
  } else {
    const lines = (details ?? []).map((detail) => `  ${detail.path || '(whole)'}: ${detail.message}`);
    const where = requestId ? [`  request ${requestId}`] : [];
    terminal.err([`hansa: ${code}: ${message}`, ...lines, ...where, ''].join('\n'));
  }
  return exitCode;
}

function asCliError(error: unknown): CliError | undefined {
  if (error instanceof CliError) return error;
  if (error instanceof HubUnreachable) {
    return new CliError('HUB_UNREACHABLE', error.message, { exitCode: EXIT.unreachable, cause: error });
  }
  if (error instanceof HubProblem) {
    const { code, message, details, requestId } = error;
    return new CliError(code, message, { details, requestId, cause: error });
  }
  if (error instanceof ArchiveError) {
    const details = error.path === undefined ? [] : [{ path: error.path, message: error.message }];
    return new CliError(String(error.code), error.message, { details, cause: error });
  }
  if (error instanceof TrustError) return new CliError(String(error.code), error.message, { cause: error });
  return undefined;
}
