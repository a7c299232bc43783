import { CERTIFICATE_STEPS, mayAdvance, type CertificateState } from './certificate-steps.js';

const STATES = Object.keys(CERTIFICATE_STEPS) as CertificateState[];

describe(mayAdvance.name, () => {
  it.each(STATES.filter((from) => from !== 'issuing'))('hands no PEM out from %s without the CA', (from) => {
    expect(mayAdvance(from, 'issued')).toBe(false);
  });

  it.each(['revoked', 'refused', 'canceled'] as const)('leads nowhere from %s', (from) => {
    expect(STATES.filter((to) => mayAdvance(from, to))).toEqual([]);
  });

  it('asks a CA for nothing that is not paid or not proven', () => {
    expect(STATES.filter((from) => mayAdvance(from, 'issuing'))).toEqual(['awaiting_validation']);
    expect(STATES.filter((from) => mayAdvance(from, 'awaiting_validation'))).toEqual(['awaiting_payment']);
  });

  it('revokes what was issued, and nothing else', () => {
    expect(STATES.filter((from) => mayAdvance(from, 'revoked'))).toEqual(['issued']);
  });

  it('takes nothing back that a CA works on', () => {
    expect(STATES.filter((from) => mayAdvance(from, 'canceled'))).toEqual(['awaiting_payment', 'awaiting_validation']);
  });
});
