import { Clock, inTransaction, isUniqueViolation, newId } from '@hansa/platform';
import { hash, verify } from '@node-rs/argon2';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { SessionTokens } from '#access';
import { recordAudit } from '#audit';
import { Admin } from './admin.entity.js';
import { AdminError } from './admin.errors.js';

/** OWASP's first choice for argon2id: 19 MiB, 2 passes. */
const ARGON2 = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

@Injectable()
export class AdminsService {
  /** The hash nobody knows the password of; see `login`. */
  private readonly decoy = hash(newId('acc'), ARGON2);

  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly sessions: SessionTokens,
  ) {}

  /**
   * A session token for the right password. An unknown e-mail costs the same work as a wrong password, so that time does
   * not tell who has an account.
   *
   * @throws {AdminError} LOGIN_REFUSED
   */
  async login(email: string, password: string): Promise<string> {
    const admin = await this.dataSource.manager
      .createQueryBuilder(Admin, 'admin')
      .where('lower(admin.email) = lower(:email)', { email })
      .getOne();
    const matches = await verify(admin?.passwordHash ?? (await this.decoy), password);
    if (!admin || !matches) throw new AdminError('LOGIN_REFUSED');
    return this.sessions.issue(admin.id);
  }

  /** Whose id this is; null when there is no such admin any more. */
  async emailOf(adminId: string): Promise<string | null> {
    const admin = await this.dataSource.manager.findOneBy(Admin, { id: adminId });
    return admin?.email ?? null;
  }

  /** Makes an admin. @throws {AdminError} ADMIN_EXISTS */
  async create(email: string, password: string, actor: string): Promise<string> {
    const passwordHash = await hash(password, ARGON2);
    const admin = { id: newId('acc'), email, passwordHash, createdAt: this.clock.now() };
    await inTransaction(this.dataSource, async (tx) => {
      await tx.insert(Admin, admin);
      await recordAudit(tx, { at: admin.createdAt, actor, action: 'admin.created', subject: admin.id });
    }).catch((error: unknown) => {
      throw isUniqueViolation(error, 'admins_email') ? new AdminError('ADMIN_EXISTS') : error;
    });
    return admin.id;
  }

  /** Makes the first admin of a shop that has none; says whether it did. Processes that start together make one. */
  async createFirst(email: string, password: string): Promise<boolean> {
    if ((await this.dataSource.manager.count(Admin)) > 0) return false;
    return this.create(email, password, 'system').then(
      () => true,
      (error: unknown) => {
        if (error instanceof AdminError) return false;
        throw error;
      },
    );
  }
}
