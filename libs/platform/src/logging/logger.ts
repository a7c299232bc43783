import { pino, type Logger, type DestinationStream } from 'pino';

/** Names of fields whose values never reach a log line, wherever they stand. */
const SECRET_FIELDS = [
  'password',
  'token',
  'secret',
  'authorization',
  'cookie',
  'license_key',
  'licenseKey',
  'private_key',
];

export interface LoggerOptions {
  readonly name: string;
  readonly level?: string;
  readonly destination?: DestinationStream;
}

/** A structured logger that prints JSON lines and censors secrets by field name. */
export function createLogger({ name, level = 'info', destination }: LoggerOptions): Logger {
  const paths = SECRET_FIELDS.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]);
  const options = { name, level, redact: { paths, censor: '[secret]' }, timestamp: pino.stdTimeFunctions.isoTime };
  return destination ? pino(options, destination) : pino(options);
}
