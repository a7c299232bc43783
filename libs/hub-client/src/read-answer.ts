import { flatten, MARKETPLACE_ID } from '@hansa/contracts';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { readProblem, type HubProblem } from './hub-problem.js';
import { HubUnreachable } from './hub-unreachable.js';

/** Reads at most `maxBytes` of a body; a longer one is refused before it fills the memory. */
export async function readBody(response: Response, maxBytes: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > maxBytes)
      throw new HubUnreachable('ANSWER_TOO_LARGE', `The hub's answer is longer than ${maxBytes} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** The answer as `Answer` describes it. Fields nobody knows are left where they are: a newer hub may send more. */
export function readAnswer<T extends object>(Answer: new () => T, body: Buffer): T {
  const value = parseObject(body);
  if (!value) throw new HubUnreachable('ANSWER_INVALID', 'The hub did not answer with a JSON object.');
  const answer = plainToInstance(Answer, value);
  const [finding] = flatten(validateSync(answer, { forbidUnknownValues: false }));
  if (finding) throw new HubUnreachable('ANSWER_INVALID', `The hub's answer is not as documented: ${finding.message}.`);
  return answer;
}

/** What a non-2xx answer means: a refusal when it is a 4xx, no answer at all otherwise. */
export function readRefusal(response: Response, body: Buffer): HubProblem | HubUnreachable {
  const { status, headers } = response;
  if (status < 400 || status >= 500)
    return new HubUnreachable('SERVER_ERROR', `The hub answered with status ${status}.`);
  return readProblem(status, parseObject(body), headers);
}

/** The id as it stands in a path, raw (federation.md §1). Checked, so that nothing else can be smuggled into a path. */
export function pathOf(marketplaceId: string): string {
  if (!MARKETPLACE_ID.test(marketplaceId)) throw new TypeError('not a marketplace id');
  return marketplaceId;
}

function parseObject(body: Buffer): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}
