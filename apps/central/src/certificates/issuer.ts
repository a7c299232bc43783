/** A file the CA wants to see under `http://<name>/`, besides the hub's own proof. */
export interface IssuerChallenge {
  readonly name: string;
  readonly relativePath: string;
  readonly filename: string;
  readonly content: string;
}

/** An order at a CA: how to find it again, and what the CA wants to see. */
export interface IssuerOrder {
  /** `id` of the issuer that opened it. */
  readonly issuer: string;
  readonly reference: string;
  readonly challenges: readonly IssuerChallenge[];
}

export type IssuerProgress =
  /** Ask again later. */
  | { readonly state: 'waiting' }
  /** Leaf first, then what leads to the CA's root. */
  | { readonly state: 'issued'; readonly certificatePem: string }
  /** This order at the CA is over; another may be tried. */
  | { readonly state: 'failed'; readonly problem: string }
  /** The CA will not issue this. */
  | { readonly state: 'refused'; readonly problem: string };

export interface CertificateWish {
  readonly names: readonly string[];
  readonly csrDer: Buffer;
}

/** A CA does not answer, or asks to be left alone for a while. Nothing is decided by it. */
export class IssuerUnavailable extends Error {}

/**
 * A certification authority. Each call is one short conversation; where the order stands is at the CA and in `IssuerOrder`, so a
 * process may die between any two of them and another goes on.
 */
export abstract class Issuer {
  /** Tells this CA from another one the hub may be set to later. */
  abstract readonly id: string;

  /** Opens an order. Asking again opens another; the one that is not gone on with lapses. @throws {IssuerUnavailable} */
  abstract open(wish: CertificateWish): Promise<IssuerOrder | Extract<IssuerProgress, { state: 'failed' | 'refused' }>>;

  /** Takes a certificate back; one that was taken back before is fine. @throws {IssuerUnavailable} */
  abstract revoke(certificatePem: string): Promise<void>;

  /** Goes one step on with an order whose challenge files are in place. @throws {IssuerUnavailable} */
  abstract advance(order: IssuerOrder, wish: CertificateWish): Promise<IssuerProgress>;
}
