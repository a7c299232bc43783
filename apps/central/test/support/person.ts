import { Account, RegistrationService } from '#accounts';
import { Mail } from '#mail';
import { askBytes, type Answer } from './ask-bytes.js';
import { TEST_SECRET_BOX, type TestHub } from './harness.js';

export const A_PASSWORD = 'a long enough password';

/** A letter that waits, opened. */
export interface WaitingLetter {
  readonly template: string;
  readonly values: unknown;
}

/** Letters to an address that were not sent yet, oldest first. */
export async function lettersTo(hub: TestHub, recipient: string): Promise<WaitingLetter[]> {
  const mails = await hub.database.dataSource.manager.find(Mail, {
    where: { recipient },
    order: { queuedAt: 'ASC', id: 'ASC' },
  });
  return mails.flatMap(({ id, template, valuesSealed }) =>
    valuesSealed
      ? { template, values: JSON.parse(TEST_SECRET_BOX.open(valuesSealed, `mail:${id}`).toString()) as unknown }
      : [],
  );
}

/** Sends JSON, or nothing. */
export function askJson(
  hub: TestHub,
  method: string,
  path: string,
  headers: Record<string, string>,
  body: object | undefined,
): Promise<Answer> {
  return askBytes(
    hub,
    path,
    { ...headers, ...(body ? { 'content-type': 'application/json' } : {}) },
    { method, ...(body ? { body: JSON.stringify(body) } : {}) },
  );
}

/** Somebody signed in, at the pages of the portal. */
export interface Person {
  readonly cookie: string;
  send(method: string, path: string, body?: object, headers?: object): Promise<Answer>;
}

/** Registers the address when it is unknown, proves it, signs in. */
export async function aPerson(hub: TestHub, email: string): Promise<Person> {
  if (!(await hub.database.dataSource.manager.existsBy(Account, { email }))) {
    const registration = hub.app.get(RegistrationService, { strict: false });
    await registration.register(email, A_PASSWORD);
    const proof = (await lettersTo(hub, email)).find(({ template }) => template === 'email-proof');
    await registration.verify((proof!.values as { code: string }).code);
    await hub.database.takeJobs();
  }
  const answer = await askJson(hub, 'POST', '/account/session', {}, { email, password: A_PASSWORD });
  const cookies = [answer.headers['set-cookie'] ?? []].flat().map((cookie) => cookie.split(';', 1)[0]!);
  const xsrf = cookies.find((cookie) => cookie.startsWith('XSRF-ACCOUNT='))!.slice('XSRF-ACCOUNT='.length);
  const cookie = cookies.join('; ');
  return {
    cookie,
    send: (method, path, body, headers = {}) =>
      askJson(hub, method, path, { cookie, 'x-xsrf-token': xsrf, ...headers }, body),
  };
}
