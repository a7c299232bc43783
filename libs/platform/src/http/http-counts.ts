import { Counter, type Registry } from 'prom-client';

/** How many requests were answered, by method, route and status: two lookups a request, put into words when somebody asks. */
export class HttpCounts {
  private readonly counts = new Map<string, Map<number, number>>();

  count(method: string, route: string, status: number): void {
    const key = `${method} ${route}`;
    let byStatus = this.counts.get(key);
    if (!byStatus) this.counts.set(key, (byStatus = new Map<number, number>()));
    byStatus.set(status, (byStatus.get(status) ?? 0) + 1);
  }

  /** Shows them as `hansa_http_requests_total` at `/metrics`. */
  showIn(registry: Registry): void {
    const { counts } = this;
    new Counter({
      name: 'hansa_http_requests_total',
      help: 'Requests answered',
      labelNames: ['method', 'route', 'status'] as const,
      registers: [registry],
      collect() {
        this.reset();
        for (const [key, byStatus] of counts) {
          const [method, route] = key.split(' ') as [string, string];
          for (const [status, count] of byStatus) this.inc({ method, route, status }, count);
        }
      },
    });
  }
}
