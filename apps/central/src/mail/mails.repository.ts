import type { EntityManager } from 'typeorm';
import { Mail } from './mail.entity.js';

/** Letters, newest first, without what they say. */
export async function listMails(
  db: EntityManager,
  { limit, offset }: { readonly limit: number; readonly offset: number },
): Promise<{ items: Omit<Mail, 'valuesSealed'>[]; count: number }> {
  const [items, count] = await db.findAndCount(Mail, {
    select: {
      id: true,
      template: true,
      recipient: true,
      cause: true,
      queuedAt: true,
      sentAt: true,
      refusedAt: true,
      error: true,
    },
    order: { queuedAt: 'DESC', id: 'DESC' },
    take: limit,
    skip: offset,
  });
  return { items, count };
}
