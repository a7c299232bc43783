import { Type } from 'class-transformer';
import { IsArray, IsBoolean, IsOptional, IsString, Matches, ValidateNested } from 'class-validator';
import { NAMESPACE } from './ids.js';

/** The agreement publishers accept before they publish. */
export class AgreementView {
  @IsString() version!: string;
  /** Where it can be read. */
  @IsString() url!: string;
}

/** `@vendor` of a publisher. */
export class NamespaceView {
  @Matches(NAMESPACE) namespace!: string;
  /** An operator has looked at who claims it; releases wait until then. */
  @IsBoolean() verified!: boolean;
  @IsString() claimed_at!: string;
}

/** A publisher as its members see it. */
export class PublisherView {
  @IsString() id!: string;
  @IsString() name!: string;
  @IsBoolean() verified!: boolean;
  @IsOptional() @IsString() agreement_version!: string | null;
  /** Whether two people have to approve each release. */
  @IsBoolean() two_person_review!: boolean;
  @IsArray() @ValidateNested({ each: true }) @Type(() => NamespaceView) namespaces!: NamespaceView[];
}

/** A fresh token; shown once. */
export class IssuedToken {
  @IsString() id!: string;
  @IsString() token!: string;
}
