const KEY = 'hansa-publisher';

/** For which of his publishers the member acts in this browser; null before the first choice. */
export function chosenPublisher(): string | null {
  return localStorage.getItem(KEY);
}

export function choosePublisher(id: string): void {
  localStorage.setItem(KEY, id);
}

/** `fetch` that says for whom a publisher's path is asked. The server checks the membership. */
export const sendAsPublisher: typeof fetch = (input, init) => {
  const id = chosenPublisher();
  if (typeof input !== 'string' || !/^\/publisher([/?]|$)/.test(input) || id === null) return fetch(input, init);
  return fetch(input, { ...init, headers: { ...(init?.headers as Record<string, string>), 'x-publisher-id': id } });
};
