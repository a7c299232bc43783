import { poolOf } from '@hansa/platform';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { VERDICTS_BY_NAME, type VerdictRow } from './licenses.repository.js';

/** Questions one statement answers. */
const MAX_BATCH = 100;
/** Statements under way at once; what is asked meanwhile waits for the next one. */
const MAX_UNDER_WAY = 2;

interface Question {
  readonly keyLookup: Buffer;
  readonly marketplaceId: string;
  readonly instanceId: string;
  readonly answer: (row: VerdictRow) => void;
  readonly fail: (error: unknown) => void;
}

/**
 * Reads what verdicts rest on. Questions that come while others are under way share one prepared statement, so a busy hub asks
 * its database a few times where it was asked a hundred times, and every answer is still read after its question came.
 */
@Injectable()
export class VerdictReader {
  private readonly waiting: Question[] = [];
  private underWay = 0;
  private isScheduled = false;

  constructor(private readonly dataSource: DataSource) {}

  read(keyLookup: Buffer, marketplaceId: string, instanceId: string): Promise<VerdictRow> {
    return new Promise((answer, fail) => {
      this.waiting.push({ keyLookup, marketplaceId, instanceId, answer, fail });
      this.schedule();
    });
  }

  /** After the requests that are being read right now: they go along. */
  private schedule(): void {
    if (this.isScheduled || this.underWay >= MAX_UNDER_WAY || this.waiting.length === 0) return;
    this.isScheduled = true;
    setImmediate(() => {
      this.isScheduled = false;
      void this.ask(this.waiting.splice(0, MAX_BATCH));
      this.schedule();
    });
  }

  private async ask(questions: readonly Question[]): Promise<void> {
    this.underWay += 1;
    try {
      const values = [
        questions.map(({ keyLookup }) => keyLookup),
        questions.map(({ marketplaceId }) => marketplaceId),
        questions.map(({ instanceId }) => instanceId),
      ];
      const { rows } = await poolOf(this.dataSource).query<VerdictRow>({ ...VERDICTS_BY_NAME, values });
      for (const row of rows) questions[row.place - 1]!.answer(row);
    } catch (error) {
      for (const { fail } of questions) fail(error);
    } finally {
      this.underWay -= 1;
      this.schedule();
    }
  }
}
