import type { DayFigures, DaySales, Figures, HubHealth, KeyStatus, SigningKeyView } from '@hansa/contracts';
import { Clock } from '@hansa/platform';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { SigningKey } from '#signing';
import { dayFigures, daySales, hubHealth, signedFiles, totals } from './hub-state.repository.js';

const DAY_MS = 24 * 3_600_000;

/** How the hub is doing. */
@Injectable()
export class HubState {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  /** Every signing key, newest first, and the metadata shops verify. */
  async keys(): Promise<KeyStatus> {
    const keys = await this.dataSource.manager.find(SigningKey, {
      select: { kid: true, purpose: true, createdAt: true, activeFrom: true, retiredAt: true },
      order: { purpose: 'ASC', activeFrom: 'DESC', kid: 'ASC' },
    });
    const now = this.clock.now();
    const metadata = (await signedFiles(this.dataSource)).map(({ expires_at, ...file }) => ({
      ...file,
      expires_at: expires_at.toISOString(),
    }));
    return { keys: keys.map((key) => keyView(key, stateOf(key, keys, now))), metadata };
  }

  async health(): Promise<HubHealth> {
    return hubHealth(this.dataSource, this.clock.now());
  }

  /** The last `count` UTC days, the present one among them. */
  async figures(count: number): Promise<Figures> {
    const midnight = Math.floor(this.clock.now().getTime() / DAY_MS) * DAY_MS;
    const from = new Date(midnight - (count - 1) * DAY_MS);
    const to = new Date(midnight + DAY_MS);
    const [days, sales, sums]: [DayFigures[], DaySales[], Omit<Figures, 'days' | 'sales'>] = await Promise.all([
      dayFigures(this.dataSource, from, to),
      daySales(this.dataSource, from, to),
      totals(this.dataSource),
    ]);
    return { days, sales, ...sums };
  }
}

/** Of one purpose, the newest key whose time has come is the one in use. */
function stateOf(key: SigningKey, keys: readonly SigningKey[], now: Date): SigningKeyView['state'] {
  if (key.retiredAt && key.retiredAt <= now) return 'retired';
  if (key.activeFrom > now) return 'next';
  const newest = keys.find(({ purpose, activeFrom }) => purpose === key.purpose && activeFrom <= now);
  return newest?.kid === key.kid ? 'current' : 'previous';
}

function keyView(
  { kid, purpose, createdAt, activeFrom, retiredAt }: SigningKey,
  state: SigningKeyView['state'],
): SigningKeyView {
  return {
    kid,
    purpose,
    state,
    created_at: createdAt.toISOString(),
    active_from: activeFrom.toISOString(),
    retired_at: retiredAt?.toISOString() ?? null,
  };
}
