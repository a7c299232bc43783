import 'reflect-metadata';
import type { INestApplication } from '@nestjs/common';
import { ApiProperty, DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { defaultMetadataStorage } from 'class-transformer/cjs/storage.js';
import { getMetadataStorage } from 'class-validator';
import { validationMetadatasToSchemas } from 'class-validator-jsonschema';

export interface OpenApiOptions {
  readonly title: string;
  readonly version: string;
  readonly description: string;
}

/** The OpenAPI 3.1 document of an application, from its routes and the classes that validate them. */
export function describeApi(app: INestApplication, options: OpenApiOptions): OpenAPIObject {
  describeValidatedClasses();
  const { title, description, version } = options;
  const head = new DocumentBuilder()
    .setTitle(title)
    .setDescription(description)
    .setVersion(version)
    .setOpenAPIVersion('3.1.0')
    .build();
  return SwaggerModule.createDocument(app, head);
}

let described = false;

/** Tells the document generator about every validated property, so that nothing is declared twice. */
function describeValidatedClasses(): void {
  if (described) return;
  described = true;
  const schemas = validationMetadatasToSchemas({ classTransformerMetadataStorage: defaultMetadataStorage as never });
  const targets = (
    getMetadataStorage() as unknown as { validationMetadatas: Map<unknown, unknown> }
  ).validationMetadatas.keys();
  for (const target of targets) {
    if (typeof target !== 'function') continue;
    const schema = schemas[target.name];
    for (const [property, shape] of Object.entries(schema?.properties ?? {})) {
      const nested = nestedClass(target, property);
      const required = schema?.required?.includes(property) ?? false;
      const isArray = 'type' in shape && shape.type === 'array';
      const options = nested ? { type: () => nested, isArray, required } : { ...shape, required };
      ApiProperty(options as never)(target.prototype as object, property);
    }
  }
}

function nestedClass(target: object, property: string): (new () => object) | undefined {
  const storage = defaultMetadataStorage as {
    findTypeMetadata(target: object, property: string): { typeFunction(): unknown } | undefined;
  };
  const found: unknown = storage.findTypeMetadata(target, property)?.typeFunction();
  const plain: unknown[] = [Number, String, Date, Boolean, Object];
  return typeof found === 'function' && !plain.includes(found) ? (found as new () => object) : undefined;
}
