/**
 * @typedef {{ title?: string, description?: string, handle?: string }} ProductText
 * @typedef {{ rule: string, points: number, lost: number, message: string }} Finding
 */

/**
 * Scores the texts of a product from 0 to 100 and says for every lost point what to change. Pure; the admin page runs the same
 * function in the browser, so it uses nothing but its arguments.
 *
 * @param {ProductText} product
 * @param {{ brand?: string }} [options]
 * @returns {{ score: number, findings: Finding[] }}
 */
export function checkProduct(product, options = {}) {
  const text = (value) => (typeof value === 'string' ? value.trim() : '');
  const words = (value) => value.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  const title = text(product.title);
  const description = text(product.description);
  const handle = text(product.handle);
  const brand = text(options.brand);
  const telling = words(title).filter((word) => word.length > 3);
  const found = telling.filter((word) => words(description).includes(word));
  const repeated = words(description).filter(
    (word, i, all) => word.length > 4 && all.indexOf(word) === i && all.filter((w) => w === word).length > 6,
  );
  const rules = [
    [
      'title-length',
      25,
      title.length >= 25 && title.length <= 60,
      `The title has ${title.length} characters; 25 to 60 are shown in full.`,
    ],
    [
      'title-shouting',
      10,
      title !== '' && title !== title.toUpperCase(),
      'Write the title in ordinary letters, not in capitals.',
    ],
    [
      'description-length',
      25,
      description.length >= 70 && description.length <= 320,
      `The description has ${description.length} characters; 70 to 320 make a good snippet.`,
    ],
    [
      'description-repeats-title',
      15,
      telling.length > 0 && found.length * 2 >= telling.length,
      'Use at least half of the words of the title in the description.',
    ],
    [
      'no-stuffing',
      10,
      description !== '' && repeated.length === 0,
      `Say “${repeated[0] ?? '…'}” less often: it reads like an advertisement to machines.`,
    ],
    [
      'handle',
      10,
      /^[a-z0-9]+(-[a-z0-9]+){1,7}$/.test(handle),
      'Give the address two to eight lower-case words with hyphens, as in oak-dining-table.',
    ],
    [
      'brand',
      5,
      brand === '' || title.toLowerCase().includes(brand.toLowerCase()),
      `Name your brand, ${brand}, in the title.`,
    ],
  ];
  const findings = rules
    .filter(([, , passed]) => !passed)
    .map(([rule, points, , message]) => ({ rule, points, lost: points, message }));
  return { score: 100 - findings.reduce((sum, { lost }) => sum + lost, 0), findings };
}
