import { PageQuery } from '#database';
import {
  ArrayMaxSize,
  ArrayNotEmpty,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsIn,
  IsISO8601,
  IsObject,
  IsOptional,
  IsString,
  Length,
  Matches,
  MaxLength,
  registerDecorator,
} from 'class-validator';
import { DELIVERY_STATUSES, type DeliveryStatus } from './event-hook.entity.js';
import { HOST_EVENT, isSubscribable } from './subscriptions.js';

/** Body of `POST /admin/webhooks` (federation.md §4). */
export class CreateWebhookRequest {
  @IsString() @Length(1, 2_000) url!: string;
  @IsArray() @ArrayNotEmpty() @ArrayMaxSize(50) @ArrayUnique() @IsSubscribable() events!: string[];
  /** Made by the shop when left out: `whsec_` and base64. */
  @IsOptional() @Matches(/^[\x21-\x7e]{16,200}$/) signing_secret?: string;
}

/** Body of `POST /host/events`. */
export class HostEvent {
  /** What the host platform calls this event; an id tells of one event for ever. */
  @Matches(/^[\x21-\x7e]{1,100}$/) id!: string;
  /** `order.placed` */
  @Matches(HOST_EVENT) name!: string;
  @IsObject() data!: object;
}

/** Body of `PUT /admin/webhooks/{id}`. */
export class UpdateWebhookRequest {
  @IsString() @Length(1, 2_000) url!: string;
  @IsArray() @ArrayNotEmpty() @ArrayMaxSize(50) @ArrayUnique() @IsSubscribable() events!: string[];
  @IsBoolean() enabled!: boolean;
}

/** Query of `GET /admin/webhooks/{id}/deliveries`. */
export class DeliveriesQuery extends PageQuery {
  @IsOptional() @IsIn(DELIVERY_STATUSES) status?: DeliveryStatus;
}

/** Body of `POST /admin/webhooks/{id}/replay`: dead letters that were made from `from` on and before `to`. */
export class ReplayRequest {
  @MaxLength(40) @IsISO8601({ strict: true }) from!: string;
  @MaxLength(40) @IsISO8601({ strict: true }) to!: string;
}

function IsSubscribable() {
  return (target: object, propertyName: string) => {
    registerDecorator({
      name: 'isSubscribable',
      target: target.constructor,
      propertyName,
      validator: {
        validate: (value: unknown) => Array.isArray(value) && value.every(isSubscribable),
        defaultMessage: () => `${propertyName} must name events of this shop, or groups such as plugin.*`,
      },
    });
  };
}
