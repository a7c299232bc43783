import { Clock, inTransaction, SecretBox } from '@hansa/platform';
import { Injectable } from '@nestjs/common';
import { Column, DataSource, Entity, PrimaryColumn } from 'typeorm';

/** A private key that certificates are asked for or signed with: an ACME account's, or the development CA's. */
@Entity('certification_keys')
export class CertificationKey {
  /** The issuer's id. */
  @PrimaryColumn('text') issuer!: string;
  /** PKCS #8 in PEM, sealed like every secret of the hub. */
  @Column('bytea') privateSealed!: Buffer;
  /** The development CA's own certificate. */
  @Column('text', { nullable: true }) certificatePem!: string | null;
  @Column('timestamptz') createdAt!: Date;
}

export interface NewKey {
  readonly privatePem: string;
  readonly certificatePem: string | null;
}

/** One key an issuer, made when it is first needed. */
@Injectable()
export class CertificationKeys {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly secretBox: SecretBox,
  ) {}

  /** The key of this issuer. Processes that need the first one at the same time end with the same one. */
  async keyOf(issuer: string, make: () => Promise<NewKey>): Promise<NewKey> {
    const found = await this.read(issuer);
    if (found) return found;
    const { privatePem, certificatePem } = await make();
    const privateSealed = this.secretBox.seal(privatePem, contextOf(issuer));
    const row = { issuer, privateSealed, certificatePem, createdAt: this.clock.now() };
    await inTransaction(this.dataSource, (tx) =>
      tx.createQueryBuilder().insert().into(CertificationKey).values(row).orIgnore().execute(),
    );
    return (await this.read(issuer))!;
  }

  private async read(issuer: string): Promise<NewKey | undefined> {
    const row = await this.dataSource.manager.findOneBy(CertificationKey, { issuer });
    if (!row) return undefined;
    const privatePem = this.secretBox.open(row.privateSealed, contextOf(issuer)).toString();
    return { privatePem, certificatePem: row.certificatePem };
  }
}

function contextOf(issuer: string): string {
  return `certification-key:${issuer}`;
}
