package dev.hivedeck.engine.security;

import dev.hivedeck.engine.protocol.HiveException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The system's own store of secrets, which its user unlocks. It is asked through the system's own
 * tool; a value goes in by its standard input, and is in no list of processes.
 */
public interface CredentialStore {
  /** A variable that says {@code file} where the system's store is not to be used. */
  String CHOICE = "HIVEDECK_SECRETS";

  /** As its users know it. */
  String name();

  /**
   * @throws HiveException {@code secrets-unreadable} when it is locked or does not answer
   */
  Optional<String> get(String account);

  /**
   * @throws HiveException {@code secrets-unwritable} when it is locked or does not answer
   */
  void set(String account, String value);

  /**
   * What is not there is no error.
   *
   * @throws HiveException {@code secrets-unwritable} when it is locked or does not answer
   */
  void remove(String account);

  /** That of this machine. */
  static Optional<CredentialStore> here() {
    return of(System.getProperty("os.name"), System.getenv());
  }

  /**
   * The store that there is: the Secret Service where there are {@code secret-tool} and a session
   * bus, the keychain of macOS.
   *
   * @param system its name, as {@code os.name}
   */
  static Optional<CredentialStore> of(String system, Map<String, String> environment) {
    if ("file".equals(environment.get(CHOICE))) {
      return Optional.empty();
    }
    String os = system.toLowerCase(Locale.ROOT);
    if (os.startsWith("mac")) {
      return CredentialTool.find("security", environment).map(Keychain::new);
    }
    if (os.startsWith("linux") && hasSession(environment)) {
      return CredentialTool.find("secret-tool", environment).map(SecretService::new);
    }
    return Optional.empty();
  }

  private static boolean hasSession(Map<String, String> environment) {
    String runtime = environment.get("XDG_RUNTIME_DIR");
    return !environment.getOrDefault("DBUS_SESSION_BUS_ADDRESS", "").isEmpty()
        || runtime != null && Files.exists(Path.of(runtime, "bus"));
  }
}
