import { PROOF_NAME, PROOF_PATH, proofFileFor } from './proof-file.js';

describe(proofFileFor.name, () => {
  const csr = Buffer.from('a request');

  it('is the same for the same request, whoever asks and whenever', () => {
    expect(proofFileFor(csr, 'https://hub.example')).toEqual(proofFileFor(Buffer.from(csr), 'https://hub.example'));
  });

  it('has a name that cPanel’s constants allow', () => {
    const { relativePath, filename } = proofFileFor(csr, 'https://hub.example');
    expect(relativePath).toBe(PROOF_PATH);
    expect(filename).toMatch(PROOF_NAME);
  });

  it('proves nothing for another request or another hub', () => {
    const { content } = proofFileFor(csr, 'https://hub.example');
    expect(proofFileFor(Buffer.from('another'), 'https://hub.example').content).not.toBe(content);
    expect(proofFileFor(csr, 'https://other.example').content).not.toBe(content);
  });
});
