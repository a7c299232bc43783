const MERCHANT = 'XSRF-TOKEN';
const ACCOUNT = 'XSRF-ACCOUNT';

/** The cookie whose value a change at this path sends back: merchants and accounts have a session each. */
export function xsrfCookieOf(path: string): string {
  return path.startsWith('/portal/') ? MERCHANT : ACCOUNT;
}

/** Whether somebody may be signed in on this browser; the server says whether it still is so. */
export function mayBeSignedIn(who: 'account' | 'merchant', cookies: string): boolean {
  const name = who === 'account' ? ACCOUNT : MERCHANT;
  return cookies.split(/; */).some((pair) => pair.startsWith(`${name}=`) && pair.length > name.length + 1);
}
