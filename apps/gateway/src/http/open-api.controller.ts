import { Public } from '@hie/service-kit';
import { Controller, Get } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { ApiOperation, ApiTags, DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';

import { OutcomeError } from './outcome-error.js';

/** The list of routes as OpenAPI, itself one of them: a door like every other, behind the same limits. */
@ApiTags('discovery')
@Controller('openapi.json')
export class OpenApiController {
  private document: OpenAPIObject | undefined;

  publish(document: OpenAPIObject): void {
    this.document = document;
  }

  @Get()
  @Public()
  @ApiOperation({ summary: 'This list' })
  read(): OpenAPIObject {
    if (this.document === undefined) throw new OutcomeError('service-unavailable');
    return this.document;
  }
}

/** Publishes the list of routes; generated from the controllers once all of them are there. */
export function publishRoutes(app: NestFastifyApplication, publicUrl: string): void {
  const document = SwaggerModule.createDocument(
    app,
    new DocumentBuilder()
      .setTitle('Health information exchange broker')
      .setDescription('CDS Hooks and FHIR R4 doors of the exchange; the FHIR side is described by /fhir/metadata too.')
      .setVersion('1')
      .addServer(publicUrl)
      .addOAuth2({ type: 'oauth2', flows: {} })
      .build(),
  );
  app.get(OpenApiController).publish(document);
}
