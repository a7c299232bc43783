import { refusalOf, signArtifactPath, type ArtifactTicket } from './artifact-url.js';

const KEY = { kid: 'one', k: Buffer.alloc(32, 1).toString('base64url') };
const OTHER = { kid: 'two', k: Buffer.alloc(32, 2).toString('base64url') };
const NOW = new Date('2030-01-01T00:00:00Z');
const SHA = 'a'.repeat(64);

function ticketOf(path: string): ArtifactTicket {
  const url = new URL(path, 'http://hub');
  const query = Object.fromEntries(url.searchParams) as Omit<ArtifactTicket, 'sha256'>;
  return { sha256: url.pathname.split('/').at(-1)!, ...query };
}
const after = (seconds: number) => new Date(NOW.getTime() + seconds * 1_000);

describe('a signed artifact URL', () => {
  const { path, expiresAt } = signArtifactPath(SHA, KEY, NOW, 900);
  const ticket = ticketOf(path);

  it('opens its artifact for 15 minutes', () => {
    expect(expiresAt).toEqual(after(900));
    expect(refusalOf(ticket, [OTHER, KEY], NOW)).toBeNull();
    expect(refusalOf(ticket, [KEY], after(899))).toBeNull();
  });

  it('is too late at its last second and says so', () => {
    expect(refusalOf(ticket, [KEY], after(900))).toBe('DOWNLOAD_URL_EXPIRED');
  });

  it('is refused before it was made', () => {
    expect(refusalOf(ticket, [KEY], after(-30))).toBeNull();
    expect(refusalOf(ticket, [KEY], after(-31))).toBe('DOWNLOAD_URL_REFUSED');
  });

  it.each<[string, Partial<ArtifactTicket>]>([
    ['another digest', { sha256: 'b'.repeat(64) }],
    ['a later end', { expires: String(Number(ticket.expires) + 1) }],
    ['an earlier start', { from: String(Number(ticket.from) - 1) }],
    ['an unknown key', { kid: 'three' }],
    ['another key', { kid: 'two' }],
    ['another signature', { sig: ticket.sig.replace(/^./, (first) => (first === 'A' ? 'B' : 'A')) }],
    ['no signature', { sig: '' }],
    ['an end that is no number', { expires: 'never' }],
    ['a start in another notation', { from: `0${ticket.from}` }],
  ])('is refused with %s', (_what, change) => {
    expect(refusalOf({ ...ticket, ...change }, [KEY, OTHER], NOW)).toBe('DOWNLOAD_URL_REFUSED');
  });
});
