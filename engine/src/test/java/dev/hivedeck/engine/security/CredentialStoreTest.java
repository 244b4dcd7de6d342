package dev.hivedeck.engine.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.hivedeck.engine.protocol.HiveException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Secrets lie in the system's store where there is one. The tools here speak as {@code secret-tool}
 * and {@code security} do, and keep what they are told in files; the real ones are tried where
 * {@code HIVEDECK_TEST_SECRET_SERVICE} says so.
 */
class CredentialStoreTest {
  private static final String VALUE = "gr\u00fc\u00dfe 'from' \"here\"\nand $there";

  private static final String SECRET_TOOL =
      """
      #!/bin/sh
      echo "$@" >> "$KEPT/arguments"
      [ -e "$KEPT/locked" ] && { echo 'secret-tool: Cannot create an item in a locked collection' >&2; exit 1; }
      verb=$1; for last; do :; done
      file="$KEPT/$(echo "$last" | tr / _)"
      case $verb in
        store) cat > "$file" ;;
        lookup) [ -e "$file" ] && cat "$file" || exit 1 ;;
        clear) rm -f "$file" ;;
      esac
      """;

  private static final String SECURITY =
      """
      #!/bin/sh
      echo "$@" >> "$KEPT/arguments"
      case $1 in
        -i) read -r line; account=$(echo "$line" | sed 's/.*-a "\\([^"]*\\)".*/\\1/')
          [ -e "$KEPT/locked" ] && { echo 'User interaction is not allowed.' >&2; exit 0; }
          echo "$line" | sed 's/.*-w "\\([^"]*\\)".*/\\1/' > "$KEPT/$(echo "$account" | tr / _)" ;;
        find-generic-password) cat "$KEPT/$(echo "$5" | tr / _)" 2>/dev/null || exit 44 ;;
        delete-generic-password) rm "$KEPT/$(echo "$5" | tr / _)" 2>/dev/null || exit 44 ;;
      esac
      """;

  @TempDir Path temporary;
  private Path folder;
  private Path kept;
  private Map<String, String> environment;

  @BeforeEach
  void tools() throws IOException {
    Path bin = Files.createDirectories(temporary.resolve("bin"));
    for (var tool : Map.of("secret-tool", SECRET_TOOL, "security", SECURITY).entrySet()) {
      Path file = bin.resolve(tool.getKey());
      Files.writeString(file, tool.getValue());
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
    folder = temporary.resolve("shop-1234");
    kept = Files.createDirectories(temporary.resolve("kept"));
    environment = new HashMap<>();
    environment.put("PATH", bin + ":" + System.getenv("PATH"));
    environment.put("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere");
    environment.put("KEPT", kept.toString());
  }

  private SecretStore store(String system) {
    return new SecretStore(folder, CredentialStore.of(system, environment));
  }

  @Test
  void aSecretLiesInTheStoreOfTheSystemAndInNoListOfProcesses() throws IOException {
    for (var system : Map.of("Linux", "Secret Service", "Mac OS X", "keychain").entrySet()) {
      var store = store(system.getKey());
      store.set("chat", VALUE);
      assertThat(store.get("chat")).contains(VALUE);
      assertThat(store.places()).containsExactly(Map.entry("chat", system.getValue()));
      String arguments = Files.readString(kept.resolve("arguments"));
      assertThat(arguments).contains("shop-1234/chat").doesNotContain("gr\u00fc", "Z3L");
      assertThat(Files.readString(folder.resolve("secrets.json")))
          .doesNotContain("Z3L", "gr\u00fc");
      assertThat(store.remove("chat")).isTrue();
      assertThat(store.get("chat")).isEmpty();
      assertThat(store.remove("chat")).isFalse();
      Files.delete(kept.resolve("arguments"));
      try (var left = Files.list(kept)) {
        assertThat(left).isEmpty();
      }
    }
  }

  @Test
  void secretsAreMovedToTheSystemAndBack() throws IOException {
    new SecretStore(folder).set("a", "one of them");
    new SecretStore(folder).set("b", VALUE);
    var store = store("Linux");
    assertThat(store.move(true)).containsExactly("a", "b");
    assertThat(store.move(true)).isEmpty();
    assertThat(store.places().values()).containsOnly("Secret Service");
    assertThat(store.get("b")).contains(VALUE);
    assertThat(store.move(false)).containsExactly("a", "b");
    assertThat(new SecretStore(folder).get("b")).contains(VALUE);
    Files.delete(kept.resolve("arguments"));
    try (var left = Files.list(kept)) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  void aStoreThatIsLockedOrGoneSaysWhatToDoAndLosesNothing() throws IOException {
    for (String system : new String[] {"Linux", "Mac OS X"}) {
      var store = store(system);
      new SecretStore(folder).set("file", "in the file");
      Files.createFile(kept.resolve("locked"));
      assertThatThrownBy(() -> store.set("chat", "of " + system))
          .isInstanceOfSatisfying(
              HiveException.class,
              e -> {
                assertThat(e.code()).isEqualTo("secrets-unwritable");
                assertThat(e.hint()).contains("Unlock it").contains("HIVEDECK_SECRETS=file");
              });
      assertThatThrownBy(() -> store.move(true)).isInstanceOf(HiveException.class);
      assertThat(store.get("file")).contains("in the file");
      Files.delete(kept.resolve("locked"));
      store.set("chat", "of " + system);
      environment.put("HIVEDECK_SECRETS", "file");
      assertThatThrownBy(() -> store(system).get("chat"))
          .isInstanceOfSatisfying(
              HiveException.class,
              e -> {
                assertThat(e.code()).isEqualTo("secrets-unreadable");
                assertThat(e.hint()).contains("desktop session").contains("secret set chat");
              });
      assertThatThrownBy(() -> store(system).remove("chat")).isInstanceOf(HiveException.class);
      store(system).set("chat", "again");
      assertThat(store(system).get("chat")).contains("again");
      environment.remove("HIVEDECK_SECRETS");
    }
  }

  @Test
  void withoutAToolOrASessionTheFileIsUsed() {
    assertThat(CredentialStore.of("Windows 11", environment)).isEmpty();
    environment.remove("DBUS_SESSION_BUS_ADDRESS");
    assertThat(CredentialStore.of("Linux", environment)).isEmpty();
    assertThat(CredentialStore.of("Linux", Map.of("DBUS_SESSION_BUS_ADDRESS", "x"))).isEmpty();
    assertThatThrownBy(() -> store("Linux").move(true))
        .isInstanceOfSatisfying(
            HiveException.class, e -> assertThat(e.hint()).contains("libsecret-tools"));
    assertThat(store("Linux").place()).isEqualTo(SecretStore.ENCRYPTED);
  }

  /** With {@code dbus-run-session} and an unlocked keyring around it. */
  @Test
  void theRealSecretServiceKeepsWhatItIsGiven() {
    assumeTrue(
        System.getenv("HIVEDECK_TEST_SECRET_SERVICE") != null,
        "opt-in: HIVEDECK_TEST_SECRET_SERVICE=1 in a session with a keyring");
    Optional<CredentialStore> real = CredentialStore.of("Linux", System.getenv());
    var store = new SecretStore(folder, real);
    assertThat(real).isPresent();
    store.set("chat", VALUE);
    assertThat(store.get("chat")).contains(VALUE);
    assertThat(store.move(false)).containsExactly("chat");
    assertThat(real.get().get("shop-1234/chat")).isEmpty();
    assertThat(store.move(true)).containsExactly("chat");
    assertThat(store.get("chat")).contains(VALUE);
    assertThat(store.remove("chat")).isTrue();
  }
}
