package dev.hivedeck.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.app.Shop;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The gateway at the command line, with no engine running. */
class GatewayCliTest {
  @TempDir Path folder;

  private Path repository(String yaml) throws IOException {
    System.setProperty("hivedeck.home", folder.resolve("home").toString());
    return new Shop(folder).configure("version: 1\n" + yaml).commit().path();
  }

  @Test
  void withoutOneItIsSaidHowToHaveOne() throws IOException {
    var repository = repository("");
    assertThat(CliRunner.in(repository, "gateway").out()).contains("gateway: { port: 8080 }");
    assertThat(CliRunner.in(repository, "gateway", "--json").json().path("on").asBoolean())
        .isFalse();
  }

  @Test
  void whatIsConfiguredIsShownWithItsShares() throws IOException {
    var repository =
        repository(
            """
            gateway:
              port: 8080
              services:
                orders:
                  route: /orders
                  versions: { v1: ["127.0.0.1:9001"], v2: ["127.0.0.1:9002"] }
                  weights: { v2: 12.5% }
                  sticky: header:X-Tenant
            """);
    assertThat(CliRunner.in(repository, "gateway").out())
        .contains("does not listen", "hivedeck run", "87.5%", "12.5%", "127.0.0.1:9002");
    var json = CliRunner.in(repository, "gateway", "--json").json();
    assertThat(json.at("/services/0/versions/1/weight").asDouble()).isEqualTo(0.125);
    assertThat(json.at("/services/0/paths/1").asText()).isEqualTo("/orders");
    assertThat(json.at("/services/0/sticky").asText()).isEqualTo("header:X-Tenant");
  }

  @Test
  void whatIsWrongIsRefusedAtItsLine() throws IOException {
    var refused =
        CliRunner.in(
            repository(
                """
                gateway:
                  port: 8080
                  services:
                    orders:
                      route: orders
                      versions: { v1: ["example.com:80"], v2: ["127.0.0.1:70000"] }
                      base: v1
                      weights: { v3: 5%, v1: 5%, v2: five }
                      timeout: soon
                      maxBody: much
                """),
            "gateway");
    assertThat(refused.status()).isNotZero();
    assertThat(refused.err())
        .contains("no beginning of a path", "no place on this machine", "70000")
        .contains("v3 is no version of it", "leave it out", "\"five\" is no share")
        .contains("\"soon\" is no time", "\"much\" is no size");
  }
}
