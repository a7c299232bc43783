import { createHash } from 'node:crypto';
import { centralConfigForTests } from '#config';
import {
  A_PASSWORD,
  aPerson,
  askBytes,
  askJson,
  fixedClock,
  inStep,
  lettersTo,
  startTestHub,
  type FixedClock,
  type TestHub,
} from '#test';

const ADA = 'ada@nord.example';
const NEXT = 'quite another password';

let hub: TestHub;
let clock: FixedClock;
beforeEach(async () => {
  clock = fixedClock('2030-01-01T00:00:00Z');
  hub = await startTestHub({ clock });
});
afterEach(async () => {
  await hub.database.takeJobs();
  await hub.close();
});

const send = (method: string, path: string, body: object) => askJson(hub, method, path, {}, body);
const ask = (email = ADA) => send('POST', '/account/password-resets', { email });
const use = (token: string, password = NEXT) => send('POST', '/account/password-resets/use', { token, password });
const signIn = async (password: string) => (await send('POST', '/account/session', { email: ADA, password })).status;
async function tokens(): Promise<string[]> {
  const letters = (await lettersTo(hub, ADA)).filter(({ template }) => template === 'password-reset');
  return letters.map(({ values }) => (values as { token: string }).token);
}

describe('a forgotten password', () => {
  it('is replaced with the link from the letter, once, and every session ends', async () => {
    const ada = await aPerson(hub, ADA);
    expect((await ask()).status).toBe(202);
    const [token] = await tokens();
    expect((await use(token!)).status).toBe(204);
    expect([await signIn(A_PASSWORD), await signIn(NEXT)]).toEqual([401, 200]);
    expect((await ada.send('GET', '/account')).status).toBe(401);
    expect((await use(token!, 'a third password, longer')).json()).toMatchObject({ code: 'RESET_REFUSED' });
    expect(await signIn(NEXT)).toBe(200);
  });

  it('is set once by two who use one link at the same time', async () => {
    await aPerson(hub, ADA);
    await ask();
    const [token] = await tokens();
    const passwords = ['the first of two passwords', 'the other of two passwords'];
    const uses = passwords.map((password) => () => use(token!, password));
    const both = await inStep(hub.database, 'LOCK TABLE password_resets IN SHARE MODE', uses);
    expect(both.map((use) => (use.status === 'fulfilled' ? use.value.status : use)).sort()).toEqual([204, 400]);
  });

  it('is asked for three times at most, also at the same time', async () => {
    await aPerson(hub, ADA);
    await ask();
    await ask();
    await inStep(hub.database, 'LOCK TABLE password_resets IN SHARE MODE', [ask, ask]);
    expect(await tokens()).toHaveLength(3);
  });

  it('ends every other link, and a link ends by itself', async () => {
    await aPerson(hub, ADA);
    await ask();
    await ask();
    const [one, two] = await tokens();
    await use(one!);
    expect((await use(two!)).json()).toMatchObject({ code: 'RESET_REFUSED' });
    await ask();
    const token = (await tokens()).at(-1);
    clock.advance(60 * 60);
    expect((await use(token!)).json()).toMatchObject({ code: 'RESET_REFUSED' });
    expect((await use('made-up-token')).json()).toMatchObject({ code: 'RESET_REFUSED' });
  });

  it('does not tell whether an address has an account, and writes three letters at most', async () => {
    expect((await ask('nobody@nord.example')).body).toEqual((await ask()).body);
    await aPerson(hub, ADA);
    for (let time = 0; time < 5; time += 1) await ask();
    expect(await tokens()).toHaveLength(3);
  });

  it('is not replaced by a weak one', async () => {
    await aPerson(hub, ADA);
    await ask();
    const [token] = await tokens();
    expect((await use(token!, 'short')).json()).toMatchObject({ code: 'VALIDATION_FAILED' });
    expect((await use(token!)).status).toBe(204);
  });
});

describe('the pages of the hub', () => {
  it('run their own script only, and are found where letters and API say', async () => {
    const page = await askBytes(hub, '/account/reset-password');
    const html = page.body.toString();
    const [, script] = /<script>([\s\S]*)<\/script>/.exec(html)!;
    const hash = createHash('sha256').update(script!).digest('base64');
    expect(page.headers['content-security-policy']).toContain(`script-src 'sha256-${hash}'`);
    expect(page.headers['content-security-policy']).toContain(`default-src 'none'`);
    expect(page.headers['referrer-policy']).toBe('no-referrer');
  });

  it('show the agreement in force', async () => {
    const { json } = await askBytes(hub, '/account/agreement');
    const { url } = json() as { url: string };
    expect(url).toBe(`${hub.ground.config.hubUrl}/agreement`);
    const page = await askBytes(hub, new URL(url).pathname);
    expect(page.status).toBe(200);
    expect(page.body.toString()).toContain(`Version ${centralConfigForTests().publishing.agreementVersion}.`);
  });
});
