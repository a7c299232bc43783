import type { EntityManager } from 'typeorm';
import { CertificateOrder, type CertificateName } from './certificate-order.entity.js';
import { listNames } from './certificates.repository.js';
import type { CertificateState } from './certificate-steps.js';
import type { IssuerChallenge } from './issuer.js';

/** What a shop that asks for its certificate is told (cpanel-market.md §1.8). */
export interface CertificateAnswer {
  /** The certificate alone, without the chain: a shop finds that by the certificate's own address of its issuer. */
  readonly certificate_pem: string | null;
  /** Null while there is something to wait for. */
  readonly status_code:
    | 'CertificateNotFound'
    | 'RequiresApproval'
    | 'OrderCanceled'
    | 'OrderItemCanceled'
    | 'CA:rejected'
    | 'CA:revoked'
    | null;
  readonly status_message: string | null;
  /** Files the CA itself wants to see on the sites of the names. */
  readonly http_files: readonly { domain: string; relative_path: string; filename: string; content: string }[];
}

type Progress = 'not-completed' | 'in-progress' | 'completed';

/** How far an ordered certificate is (cpanel-market.md §1.4, `get_certificate_status_details`). */
export interface CertificateStatusDetails {
  readonly action_urls: Readonly<Record<string, string>>;
  readonly status_details: Readonly<
    Record<'csrStatus' | 'dcvStatus' | 'validationStatus' | 'certificateStatus', Progress | 'not applicable'>
  >;
  readonly domain_details: readonly { domain: string; status: 'VALIDATED' | 'NOTVALIDATED' }[];
}

const FIRST_PEM = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----\n?/;

/** The certificate or what it waits for. Undefined when nothing was ordered under this id. */
export async function answerAbout(db: EntityManager, id: string): Promise<CertificateAnswer | undefined> {
  const order = await db.findOneBy(CertificateOrder, { id });
  if (!order) return undefined;
  const waiting = order.state === 'awaiting_validation' ? await listNames(db, id) : [];
  return answerOf(order, waiting);
}

/** How far the certificate is, name by name. Undefined when nothing was ordered under this id. */
export async function statusOf(db: EntityManager, id: string): Promise<CertificateStatusDetails | undefined> {
  const order = await db.findOneBy(CertificateOrder, { id });
  if (!order) return undefined;
  const names = await listNames(db, id);
  const proven = names.filter(({ provenAt }) => provenAt !== null).length;
  return {
    action_urls: {},
    status_details: {
      csrStatus: 'completed',
      dcvStatus: proven === names.length ? 'completed' : order.paidAt ? 'in-progress' : 'not-completed',
      validationStatus: 'not applicable',
      certificateStatus: CERTIFICATE_PROGRESS[order.state],
    },
    domain_details: names.map(({ name, provenAt }) => ({
      domain: name,
      status: provenAt ? 'VALIDATED' : 'NOTVALIDATED',
    })),
  };
}

const CERTIFICATE_PROGRESS: Readonly<Record<CertificateState, Progress>> = {
  awaiting_payment: 'not-completed',
  awaiting_validation: 'not-completed',
  issuing: 'in-progress',
  issued: 'completed',
  revoked: 'not-completed',
  refused: 'not-completed',
  canceled: 'not-completed',
};

function answerOf(order: CertificateOrder, names: readonly CertificateName[]): CertificateAnswer {
  const nothing = { certificate_pem: null, status_code: null, status_message: null, http_files: [] };
  switch (order.state) {
    case 'awaiting_payment':
      return { ...nothing, status_code: 'CertificateNotFound', status_message: 'The order is not paid.' };
    case 'awaiting_validation': {
      const failing = names.filter(({ provenAt, problem }) => provenAt === null && problem !== null);
      if (failing.length === 0) return { ...nothing, status_message: 'Control of the names is being checked.' };
      const list = failing.map(({ name, problem }) => `${name}: ${problem!}`).join(', ');
      return { ...nothing, status_code: 'RequiresApproval', status_message: `Control is not shown yet (${list}).` };
    }
    case 'issuing': {
      const http_files = (order.certificatePem === null ? (order.issuerOrder?.challenges ?? []) : []).map(fileOf);
      return { ...nothing, http_files, status_message: 'The certificate is being issued.' };
    }
    case 'issued':
      return order.certificatePem === null
        ? { ...nothing, status_code: 'CertificateNotFound', status_message: 'The certificate is not kept any more.' }
        : { ...nothing, certificate_pem: FIRST_PEM.exec(order.certificatePem)?.[0] ?? null };
    case 'revoked':
      return { ...nothing, status_code: 'CA:revoked', status_message: 'The certificate was revoked.' };
    case 'refused':
      return { ...nothing, ...refusalOf(order.problem) };
    case 'canceled':
      return { ...nothing, status_code: 'OrderCanceled', status_message: 'The order was canceled.' };
  }
}

function refusalOf(problem: string | null): Pick<CertificateAnswer, 'status_code' | 'status_message'> {
  switch (problem) {
    case 'TIME_IS_OVER':
      return { status_code: 'OrderItemCanceled', status_message: 'Control of the names was not shown in time.' };
    case 'PAYMENT_REFUSED':
      return { status_code: 'OrderCanceled', status_message: 'The payment could not be taken.' };
    case null:
    default:
      return { status_code: 'CA:rejected', status_message: `The certificate authority refused: ${problem ?? ''}.` };
  }
}

function fileOf({ name, relativePath, filename, content }: IssuerChallenge) {
  return { domain: name, relative_path: relativePath, filename, content };
}
