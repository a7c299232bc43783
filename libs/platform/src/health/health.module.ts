import {
  Controller,
  Get,
  Header,
  Inject,
  Module,
  ServiceUnavailableException,
  type DynamicModule,
} from '@nestjs/common';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { DataSource } from 'typeorm';
import { Public } from '../access/access.js';

export const METRICS = Symbol('metrics');

@Controller()
export class HealthController {
  constructor(
    private readonly dataSource: DataSource,
    @Inject(METRICS) private readonly metrics: Registry,
  ) {}

  /** The process is up. */
  @Get('health')
  @Public()
  health(): { status: 'ok' } {
    return { status: 'ok' };
  }

  /** The process can do its work: its database answers. */
  @Get('ready')
  @Public()
  async ready(): Promise<{ status: 'ready' }> {
    try {
      await this.dataSource.query('SELECT 1');
    } catch (cause) {
      throw new ServiceUnavailableException('The database does not answer.', { cause });
    }
    return { status: 'ready' };
  }

  /** Prometheus text format. */
  @Get('metrics')
  @Public()
  @Header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
  async read(): Promise<string> {
    return this.metrics.metrics();
  }
}

/** `/health`, `/ready` and `/metrics`, and the registry that features add their figures to. */
@Module({})
export class HealthModule {
  static forRoot(): DynamicModule {
    const registry = new Registry();
    collectDefaultMetrics({ register: registry });
    return {
      module: HealthModule,
      global: true,
      controllers: [HealthController],
      providers: [{ provide: METRICS, useValue: registry }],
      exports: [METRICS],
    };
  }
}
