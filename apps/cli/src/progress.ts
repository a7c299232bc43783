import type { Terminal } from './terminal.js';

/** Passes bytes through and shows how far they are: drawn over on a screen, every tenth part as a line elsewhere. */
export async function* drawProgress(
  terminal: Terminal,
  silent: boolean,
  source: AsyncIterable<Buffer>,
  totalBytes: number,
): AsyncGenerator<Buffer> {
  let sent = 0;
  let shown = -1;
  for await (const chunk of source) {
    yield chunk;
    sent += chunk.length;
    const percent = Math.floor((sent / totalBytes) * 100);
    const step = terminal.isScreen ? percent : Math.floor(percent / 10) * 10;
    if (silent || step === shown) continue;
    shown = step;
    terminal.err(
      terminal.isScreen ? `\ruploading ${percent} %${sent === totalBytes ? '\n' : ''}` : `uploading ${step} %\n`,
    );
  }
}
