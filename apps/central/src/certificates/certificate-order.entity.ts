import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { CertificateState } from './certificate-steps.js';
import type { IssuerOrder } from './issuer.js';

/** One certificate that was ordered, from the cart to its PEM. */
@Entity('certificate_orders')
export class CertificateOrder {
  /** The market's order item id, `oi_…`: unguessable, because polling carries no token. */
  @PrimaryColumn('text') id!: string;
  @Column('text') csrPem!: string;
  @Column('text') state!: CertificateState;
  @Column('timestamptz') createdAt!: Date;
  @Column('timestamptz', { nullable: true }) paidAt!: Date | null;
  /** Control must be proven and the certificate issued by then: an authorised payment lapses soon after. */
  @Column('timestamptz', { nullable: true }) dueAt!: Date | null;
  /** Tries of the step it is at. */
  @Column('int', { default: 0 }) tries!: number;
  /** When the next try is due; a job comes for it. */
  @Column('timestamptz', { nullable: true }) nextTryAt!: Date | null;
  /** Where the order stands at the CA; null before the CA has one. */
  @Column('jsonb', { nullable: true }) issuerOrder!: IssuerOrder | null;
  /** How many orders were opened at the CA for it. */
  @Column('int', { default: 0 }) issuerOrders!: number;
  /** Leaf first. Kept while the payment is captured and for the days that were promised after, or until it is revoked. */
  @Column('text', { nullable: true }) certificatePem!: string | null;
  /** When it got where it is, if that is an end. */
  @Column('timestamptz', { nullable: true }) endedAt!: Date | null;
  /** Why it was refused or is not getting on: a code. */
  @Column('text', { nullable: true }) problem!: string | null;
}

/** A name of an ordered certificate, as the hub read it from the CSR. */
@Entity('certificate_names')
export class CertificateName {
  @PrimaryColumn('text') orderId!: string;
  @PrimaryColumn('text') name!: string;
  /** When the hub saw the proof that the customer controls it. */
  @Column('timestamptz', { nullable: true }) provenAt!: Date | null;
  /** What the last look found instead of the proof: a code. */
  @Column('text', { nullable: true }) problem!: string | null;
}
