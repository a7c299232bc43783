import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { newWebhookSecret, signWebhook, verifyWebhook } from './index.js';

interface Case {
  readonly name: string;
  readonly headers: Record<string, string | string[]>;
  readonly secrets?: string[];
  readonly body?: string;
  readonly now?: number;
  readonly event?: string | null;
  readonly code?: string;
}
const vector = JSON.parse(
  readFileSync(new URL('../../../conformance/vectors/webhook-signatures.json', import.meta.url), 'utf8'),
) as {
  secrets: string[];
  body: string;
  now: number;
  signed: { delivery_id: string; event: string; at: number; secrets: string[]; headers: Record<string, string> };
  accepted: Case[];
  refused: Case[];
};
const { signed } = vector;
const at = (seconds: number) => new Date(seconds * 1000);
const verify = ({ headers, secrets = vector.secrets, body = vector.body, now = vector.now }: Case) =>
  verifyWebhook({ headers, secrets, body: Buffer.from(body), now: at(now) });
const sign = (more: object) =>
  signWebhook({
    secrets: signed.secrets,
    deliveryId: signed.delivery_id,
    event: signed.event,
    body: Buffer.from(vector.body),
    at: at(signed.at),
    ...more,
  });
const lowerCase = (headers: Record<string, string>) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));

it('signs with exactly the headers of the vector', () => {
  expect(sign({})).toEqual(signed.headers);
  expect(sign({ at: new Date(signed.at * 1000 + 999) })).toEqual(signed.headers);
});

it.each(vector.accepted.map((row) => [row.name, row] as const))('accepts %s', (_name, row) => {
  const event = row.event === undefined ? signed.event : row.event;
  expect(verify(row)).toEqual({ deliveryId: signed.delivery_id, event, signedAt: at(vector.now) });
});

it.each(vector.refused.map((row) => [row.code, row.name, row] as const))('refuses with %s: %s', (code, _name, row) => {
  expect(() => verify(row)).toThrow(expect.objectContaining({ name: 'TrustError', code }));
});

it('verifies what it signs, in either family, with any of the secrets', () => {
  fc.assert(
    fc.property(
      fc.uint8Array(),
      fc.nat(2),
      fc.integer({ min: -300, max: 300 }),
      fc.boolean(),
      (body, index, skew, standard) => {
        const secrets = [newWebhookSecret(), newWebhookSecret(), 'plain'];
        const headers = lowerCase(sign({ secrets, body }));
        if (standard) delete headers['x-carpha-signature'];
        const request = { headers, body, secrets: secrets.slice(index, index + 1), now: at(signed.at + skew) };
        expect(verifyWebhook(request)).toMatchObject({ deliveryId: signed.delivery_id });
        const changed = Buffer.concat([body, Buffer.from('x')]);
        expect(() => verifyWebhook({ ...request, body: changed })).toThrow(
          expect.objectContaining({ code: 'SIGNATURE_MISMATCH' }),
        );
      },
    ),
  );
});

it('never fails on a hostile header with anything but a refusal', () => {
  const header = fc.oneof(
    fc.string(),
    fc.stringMatching(/^t=\d{0,12}(,v1=[0-9a-f]{0,70}){0,3}$/),
    fc.constant(undefined),
  );
  fc.assert(
    fc.property(header, header, (carpha, standard) => {
      const headers = { ...lowerCase(signed.headers), 'x-carpha-signature': carpha, 'webhook-signature': standard };
      const request = { headers, body: Buffer.from('other'), secrets: vector.secrets, now: at(vector.now) };
      expect(() => verifyWebhook(request)).toThrow(expect.objectContaining({ name: 'TrustError' }));
    }),
  );
});

it.each([{ deliveryId: 'dly.1' }, { deliveryId: '' }, { event: 'a b' }, { event: 'x\r\nSet-Cookie: a=b' }])(
  'does not sign %j',
  (more) => {
    expect(() => sign(more)).toThrow(expect.objectContaining({ code: 'SIGNATURE_MALFORMED' }));
  },
);

it('makes secrets both families can use', () => {
  expect(newWebhookSecret()).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
  expect(newWebhookSecret()).not.toBe(newWebhookSecret());
});
