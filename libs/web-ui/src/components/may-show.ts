/** Whether a picture comes from one of these origins. Any other would tell a stranger who reads the page (tracking pixels). */
export function mayShow(address: string, origins: readonly string[]): boolean {
  try {
    return origins.includes(new URL(address).origin);
  } catch {
    return false;
  }
}
