import { doJobs, newMails, readMail, startTestHub, type ReceivedMail, type TestHub } from '#test';
import { SMTPServer } from 'smtp-server';
import { centralConfigForTests } from '#config';
import { MailPost } from './mail-post.js';
import { Mail } from './mail.entity.js';
import { Mails } from './mails.service.js';
import { SendMail } from './send-mail.job.js';

const KEY = 'CC-7QF2-M8RT-K4XC';
const RECEIPT = {
  template: 'receipt',
  to: 'jo@shop.example',
  values: {
    name: 'SEO',
    licenseKey: KEY,
    paid: null,
    expiresAt: null,
    updatesUntil: null,
    composer: null,
    reaches: 'shop',
  },
} as const;

interface Post {
  readonly server: SMTPServer;
  readonly url: string;
  readonly received: (ReceivedMail & { readonly from: string; readonly recipients: readonly string[] })[];
  /** What the next letters are answered with; null takes them. */
  refusal: number | null;
}

/** A real mail server on a free loopback port that wants a password. */
async function startPost(): Promise<Post> {
  const received: Post['received'] = [];
  const post = { received, refusal: null } as unknown as { -readonly [K in keyof Post]: Post[K] };
  post.server = new SMTPServer({
    disabledCommands: ['STARTTLS'],
    allowInsecureAuth: true,
    onAuth: ({ username, password }, _session, done) =>
      username === 'hub@example.com' && password === 'p w' ? done(null, { user: username }) : done(new Error('no')),
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        if (post.refusal !== null) {
          done(Object.assign(new Error(`no such letter ${KEY}`), { responseCode: post.refusal }));
          return;
        }
        const { mailFrom, rcptTo } = session.envelope;
        received.push({
          ...readMail(Buffer.concat(chunks).toString('latin1')),
          from: mailFrom === false ? '' : mailFrom.address,
          recipients: rcptTo.map(({ address }) => address),
        });
        done();
      });
    },
  });
  await new Promise<void>((ready) => post.server.listen(0, '127.0.0.1', ready));
  const { port } = post.server.server.address() as { port: number };
  post.url = `smtp://hub%40example.com:p%20w@127.0.0.1:${port}`;
  return post;
}

describe(Mails.name, () => {
  let hub: TestHub;
  let post: Post;
  beforeAll(async () => {
    post = await startPost();
    const mail = { ...centralConfigForTests().mail, smtpUrl: post.url, from: 'shop@hub.example' };
    hub = await startTestHub({ config: { mail } });
  });
  beforeEach(() => {
    post.received.length = 0;
    post.refusal = null;
  });
  afterEach(() => hub.database.dataSource.query('DELETE FROM mails'));
  afterAll(async () => {
    await hub.close();
    await new Promise<void>((closed) => post.server.close(() => closed()));
  });

  const queue = (cause?: string) =>
    hub.database.dataSource.transaction((tx) =>
      hub.app.get(Mails).queue(tx, { ...RECEIPT, ...(cause === undefined ? {} : { cause }) }),
    );
  /** A worker of the same hub with other settings. */
  const senderWith = (mail: { readonly smtpUrl: string | undefined }) => {
    const { clock, secretBox, config: given } = hub.ground;
    const config = centralConfigForTests({ dataDir: given.dataDir, mail: { ...given.mail, ...mail } });
    return new SendMail(hub.database.dataSource, clock, secretBox, config, new MailPost(config));
  };
  const row = () => hub.database.dataSource.manager.findOneByOrFail(Mail, { template: 'receipt' });

  it('sends a letter in two forms through the mail server, once', async () => {
    await queue();
    const { id } = await row();
    await doJobs(hub);
    await hub.app.get(SendMail).send({ mailId: id });
    expect(post.received).toHaveLength(1);
    const [mail] = post.received;
    expect(mail).toMatchObject({ from: 'shop@hub.example', recipients: ['jo@shop.example'], to: 'jo@shop.example' });
    expect(mail!.headers['message-id']).toBe(`<${id}@hub.example>`);
    expect(mail!.text).toContain(KEY);
    expect(mail!.html).toContain(KEY);
  });

  it('keeps what it says sealed while it waits, out of the job, and not at all once it was sent', async () => {
    await queue();
    const [{ mails, jobs }] = await hub.database.dataSource.query(
      `SELECT (SELECT encode(values_sealed, 'escape') FROM mails) AS mails,
              (SELECT string_agg(payload::text, '') FROM graphile_worker._private_jobs) AS jobs`,
    );
    expect([mails, jobs].join()).not.toContain(KEY);
    await doJobs(hub);
    expect(await row()).toMatchObject({ valuesSealed: null, error: null, sentAt: hub.ground.clock.now() });
  });

  it('is not written when its cause is rolled back', async () => {
    const failed = hub.database.dataSource.transaction(async (tx) => {
      await hub.app.get(Mails).queue(tx, RECEIPT);
      throw new Error('rolled back');
    });
    await expect(failed).rejects.toThrow('rolled back');
    expect(await hub.database.takeJobs()).toEqual([]);
  });

  it('tells one cause once, however many ask at the same time', async () => {
    await Promise.all([queue('receipt:lic_1'), queue('receipt:lic_1'), queue('receipt:lic_1')]);
    await doJobs(hub);
    expect(post.received).toHaveLength(1);
  });

  it('tries again what the server could not take, and never what it refused', async () => {
    await queue();
    const { id } = await row();
    const send = () => hub.app.get(SendMail).send({ mailId: id });
    post.refusal = 451;
    await expect(send()).rejects.toThrow('mail was not taken: 451');
    expect(await row()).toMatchObject({ error: '451', refusedAt: null });
    post.refusal = 550;
    await send();
    expect(await row()).toMatchObject({ error: '550', refusedAt: hub.ground.clock.now() });
    post.refusal = null;
    await send();
    expect(post.received).toEqual([]);
    await hub.database.takeJobs();
  });

  it('says nothing of the letter or the password when it fails', async () => {
    await queue();
    const { id } = await row();
    post.refusal = 451;
    const error: unknown = await hub.app
      .get(SendMail)
      .send({ mailId: id })
      .catch((reason: unknown) => reason);
    expect(Object.getOwnPropertyNames(error).sort()).toEqual(['code', 'isFinal', 'message', 'stack']);
    expect(String((error as Error).stack)).not.toMatch(new RegExp(`${KEY}|p w|jo@`));
    await hub.database.takeJobs();
  });

  it('waits for somebody to mend a wrong password', async () => {
    const other = senderWith({ smtpUrl: post.url.replace('p%20w', 'wrong') });
    await queue();
    const { id } = await row();
    await expect(other.send({ mailId: id })).rejects.toThrow('mail was not taken: 535');
    expect(await row()).toMatchObject({ refusedAt: null });
    await doJobs(hub);
    expect(post.received).toHaveLength(1);
  });

  it('lays letters into a folder when there is no mail server', async () => {
    const other = senderWith({ smtpUrl: undefined });
    await queue();
    const { id } = await row();
    await other.send({ mailId: id });
    const [mail] = newMails(hub.ground);
    expect(mail).toMatchObject({ to: 'jo@shop.example', subject: 'Your license for SEO' });
    expect(mail!.text).toContain(KEY);
    await hub.database.takeJobs();
  });

  it('takes an address for one address, whatever stands in it', async () => {
    const to = 'jo@shop.example, everybody@example.com';
    await hub.database.dataSource.transaction((tx) => hub.app.get(Mails).queue(tx, { ...RECEIPT, to }));
    const { id } = await row();
    await hub.app
      .get(SendMail)
      .send({ mailId: id })
      .catch(() => undefined);
    expect(post.received.flatMap(({ recipients }) => recipients)).not.toContain('everybody@example.com');
    await hub.database.takeJobs();
  });
});
