import { BadRequestException, InternalServerErrorException, NotFoundException } from '@nestjs/common';
import { DomainError, type RefusalKind } from './domain-error.js';
import { problemFor } from './problem.js';
import { RequestError } from './request-error.js';

class ExampleError extends DomainError {
  constructor(kind: RefusalKind, facts = {}) {
    super('EXAMPLE', { kind, message: 'An example.' }, facts);
  }
}

describe(problemFor.name, () => {
  it.each([
    ['invalid', 400, 'invalid_data'],
    ['unauthenticated', 401, 'unauthorized'],
    ['payment_required', 402, 'payment_required'],
    ['forbidden', 403, 'forbidden'],
    ['not_found', 404, 'not_found'],
    ['conflict', 409, 'conflict'],
    ['gone', 410, 'gone'],
    ['too_large', 413, 'too_large'],
    ['rate_limited', 429, 'rate_limited'],
    ['unavailable', 503, 'unavailable'],
  ] as const)('answers a refusal that is %s with %i', (kind, status, type) => {
    const body = { type, message: 'An example.', code: 'EXAMPLE', request_id: 'req' };
    expect(problemFor(new ExampleError(kind), 'req')).toEqual({ status, body });
  });

  it('adds the facts a caller can act on', () => {
    expect(problemFor(new ExampleError('conflict', { license_id: 'lic_1' }), 'req')?.body).toMatchObject({
      license_id: 'lic_1',
    });
  });

  it('lists the fields a validation refused', () => {
    const error = new RequestError('VALIDATION_FAILED', [{ path: 'a.b', message: 'must be' }]);
    expect(problemFor(error, 'req')?.body.details).toEqual([{ path: 'a.b', message: 'must be' }]);
  });

  it('knows what Nest and Fastify refuse before a handler runs', () => {
    const tooLarge = Object.assign(new Error('large'), { statusCode: 413, code: 'FST_ERR_CTP_BODY_TOO_LARGE' });
    expect(problemFor(new NotFoundException(), 'req')).toMatchObject({
      status: 404,
      body: { code: 'ROUTE_NOT_FOUND' },
    });
    expect(problemFor(new BadRequestException(), 'req')).toMatchObject({
      status: 400,
      body: { code: 'MALFORMED_REQUEST' },
    });
    expect(problemFor(tooLarge, 'req')).toMatchObject({ status: 413, body: { code: 'BODY_TOO_LARGE' } });
  });

  it('takes everything else for a bug, also what only looks like a refusal', () => {
    expect(problemFor(new Error('oops'), 'req')).toBeUndefined();
    expect(problemFor(new InternalServerErrorException(), 'req')).toBeUndefined();
    expect(
      problemFor(Object.assign(new Error('driver'), { statusCode: 404, code: 'E_DRIVER' }), 'req'),
    ).toBeUndefined();
  });
});
