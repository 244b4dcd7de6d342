package dev.hivedeck.engine.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hivedeck.engine.protocol.HiveException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A secret that a configuration names is found, or its absence is told with the remedy. */
class SecretLookupTest {
  @TempDir Path folder;

  private final SecretValues known = new SecretValues();

  @Test
  void aSecretIsFoundWhereItIsNamedAndMaskedFromThenOn() {
    var store = new SecretStore(folder);
    store.set("chat", "https://chat.example.com/hooks/T0/a-long-secret-part?token=another-secret");
    var lookup = new SecretLookup(store, Map.of("TOKEN", "open sesame", "EMPTY", " "), known);
    assertThat(lookup.value("env:TOKEN")).isEqualTo("open sesame");
    assertThat(lookup.value("secret:chat")).startsWith("https://chat.example.com/");
    assertThat(
            new Redactor(known::all)
                .redact("no /T0/a-long-secret-part, open sesame, another-secret"))
        .doesNotContain("sesame", "a-long-secret-part", "another-secret");
    for (var e :
        Map.of("env:NONE", "Start it with one", "env:EMPTY", "Start it", "secret:x", "secret set x")
            .entrySet()) {
      assertThatThrownBy(() -> lookup.value(e.getKey()))
          .isInstanceOfSatisfying(
              HiveException.class,
              refused -> {
                assertThat(refused.code()).isEqualTo("no-secret");
                assertThat(refused.hint()).contains(e.getValue());
              });
    }
  }

  @Test
  void partsOfASecretAddressAreMaskedAlone(@TempDir Path folder) {
    var known = new SecretValues();
    var lookup =
        new SecretLookup(
            new SecretStore(folder),
            Map.of("HOOK", "https://bot:pass-w0rd@chat.example.com/services/T0/B0/x%20yz?k=v1-2"),
            known);
    lookup.value("env:HOOK");
    var redactor = new Redactor(known::all);
    byte[] path = "/services/T0/B0/x%20yz".getBytes(StandardCharsets.UTF_8);
    for (String said :
        List.of(
            "/services/T0/B0/x%20yz",
            "services/T0/B0/x yz",
            "/SERVICES/T0/B0/X%20YZ",
            "%2Fservices%2FT0%2FB0%2Fx%2520yz",
            Base64.getEncoder().encodeToString(path),
            "bot:pass-w0rd",
            "pass-w0rd",
            "k=v1-2")) {
      assertThat(redactor.redact("Cannot POST " + said + "!"))
          .as(said)
          .startsWith("Cannot POST ")
          .contains("•••")
          .doesNotContainIgnoringCase("T0", "x%20yz", "w0rd", "v1-2");
    }
    assertThat(redactor.redact("Cannot POST to chat.example.com"))
        .isEqualTo("Cannot POST to chat.example.com");
  }
}
