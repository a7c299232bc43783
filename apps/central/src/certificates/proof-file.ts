import { createHash } from 'node:crypto';

/** Where the proof of control is looked for, under the root of the name's own site (cpanel-market.md §1.9). */
export const PROOF_PATH = '.well-known/pki-validation';
export const PROOF_NAME = /^[0-9A-F]{32}\.txt$/;

export interface ProofFile {
  readonly relativePath: string;
  readonly filename: string;
  readonly content: string;
}

/**
 * The file that shows control of a name for one certificate request: a request token, so that a file put there for one key and one
 * hub proves nothing for another. Nothing about it is secret, and it can be made before there is an order.
 */
export function proofFileFor(csrDer: Buffer, hubUrl: string): ProofFile {
  const filename = `${digest('hansa proof file name', csrDer).slice(0, 32).toUpperCase()}.txt`;
  const content = `${digest('hansa proof of control', csrDer)}\n${new URL(hubUrl).host}\n`;
  return { relativePath: PROOF_PATH, filename, content };
}

function digest(purpose: string, csrDer: Buffer): string {
  return createHash('sha256').update(`${purpose}\0`).update(csrDer).digest('hex');
}
