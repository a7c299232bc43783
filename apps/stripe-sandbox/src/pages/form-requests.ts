import { type FastifyRequest } from 'fastify';
import { decodeForm, FormError, type FormFields } from '../api/form.js';

/** The id in the path. */
export function idOf(request: FastifyRequest): string {
  return (request.params as { id: string }).id;
}

/** The fields of a sent form, null when they cannot be read. */
export function fieldsOf(request: FastifyRequest): FormFields | null {
  try {
    return decodeForm(typeof request.body === 'string' ? request.body : '');
  } catch (error) {
    if (error instanceof FormError) return null;
    throw error;
  }
}
