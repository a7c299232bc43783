import { Injectable } from '@nestjs/common';

/** The only source of time in services, so that tests can hold it still. */
@Injectable()
export class Clock {
  now(): Date {
    return new Date();
  }
}
