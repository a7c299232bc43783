import type { FastifyInstance } from 'fastify';
import { RequestError } from '../errors/request-error.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Lets plain HTML forms post here: `read` parses their fields, `unread` takes what counts from address and cookies. */
    form?: 'read' | 'unread';
  }
}

const FORM = 'application/x-www-form-urlencoded';
const MAX_FORM_BYTES = 8_192;
const decoder = new TextDecoder('utf-8', { fatal: true });

/** Lets forms post to the routes that say so, and to no other: a form needs no preflight (cross-site request forgery). */
export function acceptForms(fastify: FastifyInstance): void {
  fastify.addContentTypeParser(FORM, { parseAs: 'buffer', bodyLimit: MAX_FORM_BYTES }, (request, bytes, done) => {
    const { form } = request.routeOptions.config;
    if (form === undefined) done(new RequestError('UNSUPPORTED_MEDIA_TYPE'), undefined);
    else if (form === 'unread') done(null, undefined);
    else readForm(bytes as Buffer, done);
  });
}

/** A field that comes twice would be one thing to whoever checks it and another to whoever uses it: refused. */
function readForm(bytes: Buffer, done: (error: Error | null, body?: object) => void): void {
  let fields: [string, string][];
  try {
    fields = [...new URLSearchParams(decoder.decode(bytes))];
  } catch {
    done(new RequestError('MALFORMED_REQUEST'));
    return;
  }
  const form = new Map(fields);
  if (form.size < fields.length || form.has('__proto__')) done(new RequestError('MALFORMED_REQUEST'));
  else done(null, Object.fromEntries(form));
}
