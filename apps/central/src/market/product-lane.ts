import {
  Clock,
  fastifyOf,
  problemFor,
  RateLimiter,
  rateHeaders,
  RequestError,
  type LaneAnswer,
  type LaneRequest,
} from '@hansa/platform';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { answerFor, FinishedResponses } from '#catalog';
import { CentralConfig } from '#config';
import { marketRefusal } from './market-refusal.js';

const PRODUCTS = '/api/market/v1/products';

/** Requests of servers without a token, by address: product lists and polling share one count. */
@Injectable()
export class MarketRates {
  private readonly limiter = new RateLimiter();

  constructor(
    private readonly config: CentralConfig,
    private readonly clock: Clock,
  ) {}

  take(ip: string) {
    return this.limiter.take(ip, this.config.rates.key, this.clock.now().getTime());
  }
}

/** Answers product lists that are finished straight from memory (architecture.md §5); others go on to the controller, not counted twice. */
@Injectable()
export class ProductLane implements OnModuleInit {
  constructor(
    private readonly adapterHost: HttpAdapterHost,
    private readonly responses: FinishedResponses,
    private readonly rates: MarketRates,
  ) {}

  onModuleInit(): void {
    fastifyOf(this.adapterHost)?.fastLane.read(PRODUCTS, (request) => {
      const finished = this.responses.recall(request.url);
      return finished && this.admit(request, answerFor(finished, request.headers));
    });
  }

  private admit({ ip, id }: LaneRequest, answer: LaneAnswer): LaneAnswer {
    const rate = this.rates.take(ip);
    if (rate.allowed) return answer;
    const error = new RequestError('RATE_LIMITED');
    const { status, body } = marketRefusal(problemFor(error, id)!, error);
    const headers = ['content-type', 'application/json; charset=utf-8', ...rateHeaders(rate)];
    return { status, headers, body: JSON.stringify(body) };
  }
}
