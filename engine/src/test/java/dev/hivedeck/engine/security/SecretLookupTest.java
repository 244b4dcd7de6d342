package dev.hivedeck.engine.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hivedeck.engine.protocol.HiveException;
import java.nio.file.Path;
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
}
