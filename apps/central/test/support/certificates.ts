import { webcrypto } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as x509 from '@peculiar/x509';

const P256 = { name: 'ECDSA', namedCurve: 'P-256' };

/** A certificate request in PEM, with a key of its own. */
export async function aCsr(...names: string[]): Promise<string> {
  const keys = await webcrypto.subtle.generateKey(P256, true, ['sign', 'verify']);
  const csr = await x509.Pkcs10CertificateRequestGenerator.create({
    name: `CN=${names[0]!}`,
    keys,
    signingAlgorithm: { name: 'ECDSA', hash: 'SHA-256' },
    extensions: [new x509.SubjectAlternativeNameExtension(names.map((value) => ({ type: 'dns', value })))],
  });
  return csr.toString('pem');
}

/** A customer's web site on loopback, for every name that is led to it. */
export interface TestSite {
  /** `host:port`. */
  readonly address: string;
  /** What it serves, by path. */
  readonly files: Map<string, string>;
  /** Paths that were asked for. */
  readonly asked: string[];
  put(file: { readonly relativePath: string; readonly filename: string; readonly content: string }): void;
  close(): Promise<void>;
}

export async function startSite(): Promise<TestSite> {
  const files = new Map<string, string>();
  const asked: string[] = [];
  const server = createServer(({ url = '/' }, response) => {
    asked.push(url);
    const body = files.get(url);
    response.writeHead(body === undefined ? 404 : 200).end(body);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    files,
    asked,
    put: ({ relativePath, filename, content }) => void files.set(`/${relativePath}/${filename}`, content),
    close() {
      server.closeAllConnections();
      return new Promise((done) => server.close(() => done()));
    },
  };
}
