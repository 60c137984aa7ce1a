// SMART Backend Services with DPoP, on the JDK's own HTTP client and Nimbus JOSE: a token for one purpose, a patient by her demographics,
// her allergies from every other hospital.
//
//   mvn -q -f docs/clients/java/pom.xml dependency:copy-dependencies -DoutputDirectory=lib
//   java -cp 'docs/clients/java/lib/*' docs/clients/java/Ask.java .run/exchange.json docs/clients/patient.json

import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jose.util.JSONObjectUtils;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.cert.CertificateFactory;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

public class Ask {
  private static final String ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

  private final ECKey proofKey = new ECKeyGenerator(Curve.P_256).generate();
  private final HttpClient http;
  private final String tokenUrl;
  private final String fhirUrl;

  private Ask(Map<String, Object> exchange) throws Exception {
    http = HttpClient.newBuilder().sslContext(trusting(Path.of((String) exchange.get("caCertificate")))).build();
    tokenUrl = (String) object(exchange, "identityProvider").get("tokenUrl");
    fhirUrl = (String) object(exchange, "gateway").get("fhirUrl");
  }

  public static void main(String[] args) throws Exception {
    Map<String, Object> exchange = read(args.length > 0 ? args[0] : ".run/exchange.json");
    Map<String, Object> patient = read(args.length > 1 ? args[1] : "docs/clients/patient.json");
    Ask ask = new Ask(exchange);
    Map<String, Object> token = ask.token(objects(exchange, "hospitals").get(0));
    String accessToken = (String) token.get("access_token");

    Map<String, Object> parameters =
        Map.of("resourceType", "Parameters", "parameter", List.of(Map.of("name", "resource", "resource", patient)));
    Map<String, Object> match = ask.call("POST", "Patient/$match", accessToken, parameters);
    String id = (String) resources(match, "Patient").get(0).get("id");
    Map<String, Object> search = ask.call("GET", "AllergyIntolerance?patient=" + id, accessToken, null);
    List<String> allergies = new ArrayList<>();
    for (Map<String, Object> allergy : resources(search, "AllergyIntolerance")) {
      Map<String, Object> code = object(allergy, "code");
      allergies.add((String) (code.get("text") != null ? code.get("text") : objects(code, "coding").get(0).get("display")));
    }
    System.out.println(JSONObjectUtils.toJSONString(Map.of(
        "tokenType", token.get("token_type"), "scope", token.get("scope"), "patient", id, "allergies", allergies)));
  }

  /** A token for treatment: the purpose stands in the assertion, under the client's own signature. */
  private Map<String, Object> token(Map<String, Object> hospital) throws Exception {
    Map<String, Object> client = object(hospital, "client");
    ECKey key = ECKey.parse(object(client, "privateJwk"));
    Map<String, Object> b2b = Map.of(
        "version", "1",
        "organization_id", hospital.get("organizationId"),
        "purpose_of_use", List.of("urn:oid:2.16.840.1.113883.5.8#TREAT"));
    JWTClaimsSet claims = new JWTClaimsSet.Builder()
        .issuer((String) client.get("id"))
        .subject((String) client.get("id"))
        .audience(tokenUrl)
        .jwtID(UUID.randomUUID().toString())
        .issueTime(new Date())
        .expirationTime(Date.from(Instant.now().plusSeconds(60)))
        .claim("extensions", Map.of("hl7-b2b", b2b))
        .build();
    SignedJWT assertion = new SignedJWT(new JWSHeader.Builder(JWSAlgorithm.ES256).keyID(key.getKeyID()).build(), claims);
    assertion.sign(new ECDSASigner(key));
    String form = Map.of(
            "grant_type", "client_credentials",
            "scope", "system/*.rs",
            "client_assertion_type", ASSERTION_TYPE,
            "client_assertion", assertion.serialize())
        .entrySet().stream()
        .map(field -> field.getKey() + "=" + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
        .collect(Collectors.joining("&"));
    return send(HttpRequest.newBuilder(URI.create(tokenUrl))
        .header("DPoP", proof("POST", tokenUrl, null))
        .header("Content-Type", "application/x-www-form-urlencoded")
        .POST(HttpRequest.BodyPublishers.ofString(form))
        .build());
  }

  private Map<String, Object> call(String method, String path, String token, Map<String, Object> body) throws Exception {
    String url = fhirUrl + "/" + path;
    HttpRequest.BodyPublisher content = body == null
        ? HttpRequest.BodyPublishers.noBody()
        : HttpRequest.BodyPublishers.ofString(JSONObjectUtils.toJSONString(body));
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url))
        .header("Authorization", "DPoP " + token)
        .header("DPoP", proof(method, url, token))
        .method(method, content);
    return send((body == null ? request : request.header("Content-Type", "application/fhir+json")).build());
  }

  /** One proof for one request (RFC 9449): its method, its URL without the query, and the token it goes with. */
  private String proof(String method, String url, String token) throws Exception {
    JWTClaimsSet.Builder claims = new JWTClaimsSet.Builder()
        .claim("htm", method)
        .claim("htu", url.split("\\?")[0])
        .issueTime(new Date())
        .jwtID(UUID.randomUUID().toString());
    if (token != null) {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.US_ASCII));
      claims.claim("ath", Base64URL.encode(digest).toString());
    }
    JWSHeader header = new JWSHeader.Builder(JWSAlgorithm.ES256)
        .type(new JOSEObjectType("dpop+jwt"))
        .jwk(proofKey.toPublicJWK())
        .build();
    SignedJWT proof = new SignedJWT(header, claims.build());
    proof.sign(new ECDSASigner(proofKey));
    return proof.serialize();
  }

  private Map<String, Object> send(HttpRequest request) throws Exception {
    HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
    if (answer.statusCode() >= 300) throw new IllegalStateException("The exchange answered " + answer.statusCode());
    return JSONObjectUtils.parse(answer.body());
  }

  private static SSLContext trusting(Path authority) throws Exception {
    KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
    trusted.load(null, null);
    try (InputStream pem = Files.newInputStream(authority)) {
      trusted.setCertificateEntry("exchange", CertificateFactory.getInstance("X.509").generateCertificate(pem));
    }
    TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return context;
  }

  private static Map<String, Object> read(String path) throws Exception {
    return JSONObjectUtils.parse(Files.readString(Path.of(path)));
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> object(Map<String, Object> parent, String name) {
    return (Map<String, Object>) parent.get(name);
  }

  @SuppressWarnings("unchecked")
  private static List<Map<String, Object>> objects(Map<String, Object> parent, String name) {
    return (List<Map<String, Object>>) parent.get(name);
  }

  private static List<Map<String, Object>> resources(Map<String, Object> bundle, String type) {
    return objects(bundle, "entry").stream()
        .map(entry -> object(entry, "resource"))
        .filter(resource -> type.equals(resource.get("resourceType")))
        .toList();
  }
}
