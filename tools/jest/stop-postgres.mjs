import { rmSync } from 'node:fs';

export default async function stopPostgres() {
  const server = globalThis.hansaPostgres;
  if (!server) return;
  globalThis.hansaPostgres = undefined;
  await server.stop();
  rmSync(globalThis.hansaPostgresDir, { recursive: true, force: true });
}
