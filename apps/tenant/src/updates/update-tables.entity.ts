import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { UpdatePolicy } from './update-policy.js';

/** What the admins decided about updates. One row; none until they have. */
@Entity('update_policies')
export class SavedPolicy {
  @PrimaryColumn('boolean') onlyRow!: boolean;
  @Column('jsonb') policy!: UpdatePolicy;
  @Column('timestamptz') updatedAt!: Date;
}

/** When the hub was asked for updates and answered, and when it is asked next. One row. */
@Entity('update_checks')
export class UpdateCheck {
  @PrimaryColumn('boolean') onlyRow!: boolean;
  @Column('timestamptz', { nullable: true }) answeredAt!: Date | null;
  @Column('timestamptz') nextAt!: Date;
}
