import type { Component } from './list-components.js';

/** The release a bill of materials is about. */
export interface SbomSubject {
  readonly marketplaceId: string;
  readonly version: string;
  readonly sha256: string;
  readonly license?: string | undefined;
}

/**
 * The software bill of materials of a release: a CycloneDX 1.6 document. The same release gives the same document; its serial
 * number is made of the digest.
 */
export function makeSbom(subject: SbomSubject, components: readonly Component[]): Record<string, unknown> {
  const ref = `pkg:generic/${encodeURIComponent(subject.marketplaceId)}@${encodeURIComponent(subject.version)}`;
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: `urn:uuid:${uuidOf(subject.sha256)}`,
    version: 1,
    metadata: {
      component: {
        type: 'application',
        'bom-ref': ref,
        name: subject.marketplaceId,
        version: subject.version,
        purl: ref,
        hashes: [{ alg: 'SHA-256', content: subject.sha256 }],
        ...licensesOf(subject.license),
      },
    },
    components: components.map((component) => ({
      type: 'library',
      'bom-ref': purlOf(component),
      ...nameOf(component.name),
      version: component.version,
      purl: purlOf(component),
      ...hashesOf(component.integrity),
      ...licensesOf(component.license),
    })),
  };
}

function purlOf({ name, version }: Component): string {
  const path = name.split('/').map(encodeURIComponent).join('/');
  return `pkg:npm/${path}@${encodeURIComponent(version)}`;
}

function nameOf(name: string): { group?: string; name: string } {
  const slash = name.startsWith('@') ? name.indexOf('/') : -1;
  return slash < 0 ? { name } : { group: name.slice(0, slash), name: name.slice(slash + 1) };
}

function licensesOf(license: string | undefined) {
  if (license === undefined || license.length > 200) return {};
  return { licenses: [{ license: { name: license } }] };
}

const ALGORITHMS: Readonly<Record<string, string>> = { sha256: 'SHA-256', sha384: 'SHA-384', sha512: 'SHA-512' };

function hashesOf(integrity: string | undefined) {
  const [, algorithm = '', digest = ''] = /^(sha\d{3})-([A-Za-z0-9+/=]{20,100})$/.exec(integrity ?? '') ?? [];
  const alg = ALGORITHMS[algorithm];
  return alg === undefined ? {} : { hashes: [{ alg, content: Buffer.from(digest, 'base64').toString('hex') }] };
}

/** A version 8 UUID (RFC 9562): bits of the digest. */
function uuidOf(sha256: string): string {
  const bytes = Buffer.from(sha256.slice(0, 32), 'hex');
  bytes[6] = (bytes[6]! & 0x0f) | 0x80;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
