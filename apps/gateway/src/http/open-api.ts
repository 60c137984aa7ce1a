import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';

/** Publishes the list of routes as OpenAPI at `/openapi.json`; generated from the controllers, so it can't leave one out. */
export function openApiDoor(app: NestFastifyApplication, publicUrl: string): void {
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
  app
    .getHttpAdapter()
    .getInstance()
    .get('/openapi.json', (_request, reply) => {
      void reply.type('application/json').send(document);
    });
}
