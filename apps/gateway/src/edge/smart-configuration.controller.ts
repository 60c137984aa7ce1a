// SMART App Launch 2, conformance: https://hl7.org/fhir/smart-app-launch/conformance.html
import { Public, SERVICE_CONFIG } from '@hie/service-kit';
import { Controller, Get, Inject } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';

import type { GatewayConfig } from '../gateway.config.js';

@ApiTags('discovery')
@Controller('fhir/.well-known')
export class SmartConfigurationController {
  constructor(@Inject(SERVICE_CONFIG) private readonly config: GatewayConfig) {}

  @Get('smart-configuration')
  @Public()
  @ApiOperation({ summary: 'Where tokens come from' })
  configuration(): object {
    return {
      issuer: this.config.IDP_ISSUER,
      jwks_uri: this.config.IDP_JWKS_URL,
      token_endpoint: this.config.IDP_TOKEN_URL,
      token_endpoint_auth_methods_supported: ['private_key_jwt'],
      token_endpoint_auth_signing_alg_values_supported: ['ES256', 'ES384', 'RS384', 'EdDSA'],
      grant_types_supported: ['client_credentials'],
      dpop_signing_alg_values_supported: ['ES256', 'EdDSA'],
      tls_client_certificate_bound_access_tokens: true,
      scopes_supported: ['system/*.rs', 'system/*.cu'],
      code_challenge_methods_supported: ['S256'],
      capabilities: ['client-confidential-asymmetric', 'permission-v1', 'permission-v2'],
    };
  }
}
