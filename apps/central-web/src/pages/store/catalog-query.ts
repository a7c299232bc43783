const CARDS = 24;

/** What a page of the catalog asks for, by the words of its address. */
export function catalogQuery(of: (name: string) => string, offset: number) {
  return {
    search: of('search'),
    type: of('type'),
    category: of('category'),
    price: of('price'),
    sort: of('sort'),
    limit: CARDS,
    offset: offset === 0 ? undefined : offset,
  };
}
