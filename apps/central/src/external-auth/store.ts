import { Injectable } from '@nestjs/common';
import { CentralConfig } from '#config';

/** The store people sign in to: the hub's portal. Its name comes from the settings, never from a request's `Host`. */
@Injectable()
export class Store {
  /** `https://hub.example` */
  readonly origin: string;
  /** `hub.example` */
  readonly name: string;

  constructor(config: CentralConfig) {
    const { origin, host } = new URL(config.hubUrl);
    this.origin = origin;
    this.name = host;
  }
}
