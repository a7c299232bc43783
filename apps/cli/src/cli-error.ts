/** How a run ends; documented in `hansa --help`, stable for scripts. */
export const EXIT = { done: 0, refused: 1, usage: 2, unreachable: 3, bug: 70 } as const;

export interface CliErrorDetail {
  readonly path: string;
  readonly message: string;
}

/** A refusal the caller can act on. `code` is stable: safe to branch on with `--json`. */
export class CliError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly options: {
      readonly exitCode?: number;
      readonly details?: readonly CliErrorDetail[];
      readonly requestId?: string | undefined;
      /** The answer on standard output says it all already. */
      readonly printed?: boolean;
      readonly cause?: unknown;
    } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = 'CliError';
  }

  get exitCode(): number {
    return this.options.exitCode ?? EXIT.refused;
  }
}
