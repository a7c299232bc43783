import { MAX_VERSIONS, refuseVersionMap } from '@hansa/contracts';
import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { CatalogIndex } from './catalog-index.js';
import { readUpdatesBody, readUpdatesQuery, type UncheckedUpdates } from './updates-query.js';

/** Answers about one installed version kept as text, about 400 bytes each; when there are more, all are made afresh. */
const MAX_KEPT = 20_000;
/** Bytes of whole answers kept by their question: a shop asks the same every hour. */
const MAX_WHOLE = 8 * 1024 * 1024;

/** The texts about one installed version; each is empty or one or more JSON values with commas between them. */
interface Texts {
  readonly update: string;
  readonly advisories: string;
  readonly deprecated: string;
}

const NOTHING: Texts = { update: '', advisories: '', deprecated: '' };

/** Many shops run the same versions, so the text about one version is made once a catalog revision. */
@Injectable()
export class UpdatesAnswers {
  /** By what the shop accepts, then package, then installed version: lookups without building a key. */
  private readonly kept = new Map<string, Map<string, Map<string, Texts>>>();
  private readonly whole = new LRUCache<string, Buffer>({
    maxSize: MAX_WHOLE,
    sizeCalculation: (answer, question) => answer.length + question.length,
  });
  private size = 0;
  private revision = 0;

  constructor(private readonly index: CatalogIndex) {}

  /** The body that answers the query string of a URL, or null when it is not acceptable. */
  answerSearch(search: string): Buffer | null {
    // No JSON begins so: a query string never stands for a body.
    return this.recallOr(`?${search}`, () => readUpdatesQuery(search));
  }

  /** The body that answers the JSON of a POST, or null when it is not acceptable. */
  answerBody(body: Buffer): Buffer | null {
    // One character a byte: quick, and two bodies are the same text only when they are the same bytes.
    return this.recallOr(body.toString('latin1'), () => readUpdatesBody(body));
  }

  private recallOr(text: string, read: () => UncheckedUpdates | null): Buffer | null {
    this.forgetOlder();
    const known = this.whole.get(text);
    if (known !== undefined) return known;
    const question = read();
    const answer = question && this.answer(question);
    if (answer === null) return null;
    const bytes = Buffer.from(answer);
    this.whole.set(text, bytes);
    return bytes;
  }

  private answer(question: UncheckedUpdates): string | null {
    const { versions } = question;
    if (typeof versions !== 'object' || versions === null || Array.isArray(versions)) return null;
    const ids = Object.keys(versions);
    if (ids.length > MAX_VERSIONS) return null;
    const known = this.keptFor(question);
    const updates: string[] = [];
    const advisories: string[] = [];
    const deprecated: string[] = [];
    for (const id of ids) {
      const version = (versions as Record<string, unknown>)[id];
      if (typeof version !== 'string') return null;
      const texts = known.get(id)?.get(version) ?? this.make(id, version, question, known);
      if (texts === null) return null;
      if (texts.update !== '') updates.push(texts.update);
      if (texts.advisories !== '') advisories.push(texts.advisories);
      if (texts.deprecated !== '') deprecated.push(texts.deprecated);
    }
    return `{"updates":[${updates.join(',')}]${listed('advisories', advisories)}${listed('deprecated', deprecated)}}`;
  }

  private forgetOlder(): void {
    if (this.revision === this.index.revision && this.size <= MAX_KEPT) return;
    this.kept.clear();
    this.whole.clear();
    this.size = 0;
    this.revision = this.index.revision;
  }

  private keptFor({ platform_version: platform = '', channel = 'stable' }: UncheckedUpdates) {
    this.forgetOlder();
    const shop = `${channel} ${platform}`;
    const known = this.kept.get(shop);
    if (known) return known;
    const fresh = new Map<string, Map<string, Texts>>();
    this.kept.set(shop, fresh);
    this.size += 1;
    return fresh;
  }

  private make(id: string, version: string, question: UncheckedUpdates, known: Map<string, Map<string, Texts>>) {
    if (refuseVersionMap({ [id]: version }) !== null) return null;
    if (!this.index.knows(id)) return NOTHING; // made-up names are not kept: they would push real ones out
    const { updates, advisories, deprecated } = this.index.updates({ ...question, versions: { [id]: version } });
    const texts = { update: textOf(updates), advisories: textOf(advisories), deprecated: textOf(deprecated) };
    known.set(id, (known.get(id) ?? new Map<string, Texts>()).set(version, texts));
    this.size += 1;
    return texts;
  }
}

function textOf(items: readonly object[] = []): string {
  return items.map((item) => JSON.stringify(item)).join(',');
}

/** A member of the answer that is left out when it is empty. */
function listed(name: string, items: readonly string[]): string {
  return items.length === 0 ? '' : `,"${name}":[${items.join(',')}]`;
}
