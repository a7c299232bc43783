import type { Readable } from 'node:stream';

const MAX_LINE_LENGTH = 8_192;

/** Hands over what a process prints, line by line; the rest of a longer line is dropped. */
export function printLines(stream: Readable, print: (line: string) => void): void {
  let line = '';
  stream.setEncoding('utf8');
  stream.on('data', (text: string) => {
    const [first = '', ...more] = text.split('\n');
    line = (line + first).slice(0, MAX_LINE_LENGTH);
    for (const next of more) {
      if (line.trim() !== '') print(line);
      line = next.slice(0, MAX_LINE_LENGTH);
    }
  });
  stream.on('end', () => {
    if (line.trim() !== '') print(line);
  });
}
