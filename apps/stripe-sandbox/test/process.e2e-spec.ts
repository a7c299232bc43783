import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSandbox } from '../src/index.js';
import { aSession, CARD, clientOf, payByCard, useClosing } from './support/sandbox.js';

const MAIN = new URL('../dist/src/main.js', import.meta.url).pathname;

describe('the sandbox as a process', () => {
  let dataDir: string;
  const closing = useClosing();
  const started: ChildProcess[] = [];
  beforeEach(async () => (dataDir = await mkdtemp(join(tmpdir(), 'sandbox-'))));
  afterEach(async () => {
    for (const child of started.splice(0))
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    await rm(dataDir, { recursive: true, force: true });
  });

  function run(env: Record<string, string>, ...args: string[]) {
    const child = spawn(process.execPath, [MAIN, ...args], {
      env: { DATA_DIR: dataDir, STRIPE_PORT: '0', STRIPE_LATENCY_MS: '0', ...env },
    });
    started.push(child);
    const output = { out: '', err: '' };
    child.stdout.on('data', (text: Buffer) => (output.out += text.toString()));
    child.stderr.on('data', (text: Buffer) => (output.err += text.toString()));
    const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, ...output }));
    const ready = async () => {
      while (!output.out.includes('\n')) await Promise.race([once(child.stdout, 'data'), ended]);
      const port = Number(/:(\d+)\n/.exec(output.out)?.[1]);
      return { url: `http://127.0.0.1:${port}`, client: { host: '127.0.0.1', port, protocol: 'http' as const } };
    };
    return { child, ended, ready };
  }

  it('keeps everything it answered when it is killed', async () => {
    const first = run({});
    const before = await first.ready();
    const stripe = clientOf(before);
    const open = await stripe.checkout.sessions.create(aSession(), { idempotencyKey: 'one' });
    const paid = await stripe.checkout.sessions.create(aSession());
    await payByCard(before.url, paid.id, CARD);
    const { id: endpoint } = await stripe.webhookEndpoints.create({
      url: 'http://127.0.0.1:9/',
      enabled_events: ['charge.failed'],
    });
    const events = (await stripe.events.list({ limit: 100 })).data;
    first.child.kill('SIGKILL');
    await first.ended;
    await appendFile(join(dataDir, 'journal.jsonl'), '[["customer","cus_torn",{"id":"cus_torn"'); // killed in the middle of a write

    const again = clientOf(await run({}).ready());
    expect(await again.checkout.sessions.retrieve(open.id)).toEqual(open);
    expect(await again.checkout.sessions.create(aSession(), { idempotencyKey: 'one' })).toEqual(open);
    expect(await again.checkout.sessions.retrieve(paid.id)).toMatchObject({ payment_status: 'paid' });
    expect((await again.webhookEndpoints.list()).data.map(({ id }) => id)).toEqual([endpoint]);
    expect((await again.events.list({ limit: 100 })).data).toEqual(events);
    await expect(again.customers.retrieve('cus_torn')).rejects.toMatchObject({ statusCode: 404 });
  });

  it('decides after a restart a debit that was under way', async () => {
    const options = { dataDir, latencyMs: 0 };
    const first = closing(await startSandbox({ ...options, settleDelayMs: 3_600_000 }));
    const { id } = await clientOf(first).checkout.sessions.create(aSession());
    await payByCard(`http://127.0.0.1:${first.port}`, id, '', {
      method: 'sepa_debit',
      sepa_debit_account: 'AT611904300234573201',
    });
    await first.close();
    const second = closing(await startSandbox({ ...options, now: () => Date.now() + 3_600_000 }));
    const stripe = clientOf(second);
    while ((await stripe.events.list({ type: 'checkout.session.async_payment_succeeded' })).data.length === 0);
    expect(await stripe.checkout.sessions.retrieve(id)).toMatchObject({ payment_status: 'paid' });
  });

  it('keeps its data from other users of the machine', async () => {
    await (await startSandbox({ dataDir: join(dataDir, 'new') })).close();
    const modes = [await stat(join(dataDir, 'new')), await stat(join(dataDir, 'new', 'journal.jsonl'))].map(
      ({ mode }) => mode & 0o077,
    );
    expect(modes).toEqual([0, 0]);
    expect(await readdir(join(dataDir, 'new'))).toEqual(['journal.jsonl']);
  });

  it('names STRIPE_PORT in one line when the port is taken, and leaves the other sandbox’s data alone', async () => {
    const other = closing(await startSandbox({ dataDir, latencyMs: 0 }));
    const { code, err } = await run({ STRIPE_PORT: String(other.port) }).ended;
    expect([code, err]).toEqual([
      1,
      `STRIPE_PORT: port ${other.port} is already in use; stop the other program or set another port\n`,
    ]);
    const { id } = await clientOf(other).customers.create({});
    await other.close();
    expect(await readFile(join(dataDir, 'journal.jsonl'), 'utf8')).toContain(id);
  });

  it.each<[string, Record<string, string>, RegExp]>([
    ['production', { NODE_ENV: 'production' }, /^Invalid configuration\n {2}NODE_ENV: /],
    ['a port that is none', { STRIPE_PORT: 'http' }, /STRIPE_PORT: must be/],
    [
      'a live key, without printing it',
      { STRIPE_SECRET_KEY: 'sk_live_hush' },
      /^(?!.*hush)[^]*STRIPE_SECRET_KEY: must be/,
    ],
    ['a folder that cannot be made', { DATA_DIR: '/dev/null/x' }, /DATA_DIR: cannot be read and written \(ENOTDIR\)/],
  ])('refuses %s', async (_name, env, message) => {
    const { code, err, out } = await run(env).ended;
    expect([code, err, out]).toEqual([1, expect.stringMatching(message), '']);
  });

  it('names DATA_DIR when the journal is damaged, and does not touch it', async () => {
    await writeFile(join(dataDir, 'journal.jsonl'), 'nonsense\n[]\n');
    const { code, err } = await run({}).ended;
    expect([code, err]).toEqual([1, expect.stringContaining('DATA_DIR: line 1 of journal.jsonl is damaged')]);
    expect(await readFile(join(dataDir, 'journal.jsonl'), 'utf8')).toBe('nonsense\n[]\n');
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('ends cleanly on %s', async (signal) => {
    const { child, ended, ready } = run({});
    await ready();
    child.kill(signal);
    expect(await ended).toMatchObject({ code: 0, err: '' });
  });

  it('explains itself', async () => {
    const { code, out } = await run({}, '--help').ended;
    expect([code, out]).toEqual([0, expect.stringContaining('STRIPE_WEBHOOK_RETRY_SECONDS')]);
  });
});

describe('startSandbox', () => {
  it('refuses to run in production', async () => {
    const before = process.env['NODE_ENV'];
    process.env['NODE_ENV'] = 'production';
    try {
      await expect(startSandbox().then((it) => it.close())).rejects.toThrow(/NODE_ENV/);
    } finally {
      process.env['NODE_ENV'] = before;
    }
  });
});
