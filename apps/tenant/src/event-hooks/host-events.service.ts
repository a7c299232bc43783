import { Clock, enqueue, inTransaction } from '@hansa/platform';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { FAN_OUT_EVENT } from '#audit';
import { EventHookError } from './event-hooks.errors.js';
import type { HostEvent } from './hook-requests.js';

/** Events are frozen and kept for a month: they tell what happened, they do not carry files. */
const MAX_DATA_BYTES = 64 * 1024;

@Injectable()
export class HostEventsService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  /** Records an event of the host platform for plugins and listeners, once for each id. @throws {EventHookError} EVENT_TOO_LARGE */
  async tell({ id, name, data }: HostEvent): Promise<void> {
    const text = JSON.stringify(data);
    if (Buffer.byteLength(text) > MAX_DATA_BYTES) throw new EventHookError('EVENT_TOO_LARGE');
    await inTransaction(this.dataSource, async (tx) => {
      const inserted: { id: string }[] = await tx.query(
        `INSERT INTO shop_events (at, name, data, host_id) VALUES ($1, $2, $3, $4)
         ON CONFLICT (host_id) DO NOTHING RETURNING id`,
        [this.clock.now(), name, text, id],
      );
      for (const { id: eventId } of inserted) await enqueue(tx, FAN_OUT_EVENT, { eventId });
    });
  }
}
