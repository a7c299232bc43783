import { flatten } from '@hansa/contracts';
import { Injectable, ValidationPipe, type ArgumentMetadata, type PipeTransform } from '@nestjs/common';
import { RequestError } from '../errors/request-error.js';

/** How deep a body may nest before it is refused unread. */
const MAX_DEPTH = 32;

/** Validates bodies and queries with the contract classes: unknown fields are refused, every bad field is reported. */
export function strictValidation(): ValidationPipe {
  return new ValidationPipe({
    transform: true,
    whitelist: true,
    forbidNonWhitelisted: true,
    validationError: { target: false, value: false },
    exceptionFactory: (errors) => new RequestError('VALIDATION_FAILED', flatten(errors)),
  });
}

/** PostgreSQL cannot store U+0000 and half a surrogate pair is no text: both are refused here, not as somebody's error. */
@Injectable()
export class PlainTextPipe implements PipeTransform {
  transform(value: unknown, { type, data }: ArgumentMetadata): unknown {
    if (type !== 'custom') refuseUnreadable(value, data ?? '', 0);
    return value;
  }
}

function refuseUnreadable(value: unknown, path: string, depth: number): void {
  if (depth > MAX_DEPTH) throw new RequestError('VALIDATION_FAILED', [{ path, message: 'is nested too deeply' }]);
  if (typeof value === 'string' && !isText(value)) throw unreadable(path);
  if (typeof value !== 'object' || value === null || Buffer.isBuffer(value)) return;
  for (const [key, inner] of Object.entries(value)) {
    if (!isText(key)) throw unreadable(path);
    refuseUnreadable(inner, path ? `${path}.${key}` : key, depth + 1);
  }
}

function isText(value: string): boolean {
  return !value.includes('\u0000') && !/\p{Surrogate}/u.test(value);
}

function unreadable(path: string): RequestError {
  return new RequestError('VALIDATION_FAILED', [{ path, message: 'must be text without U+0000 and lone surrogates' }]);
}
