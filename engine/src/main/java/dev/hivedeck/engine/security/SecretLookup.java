package dev.hivedeck.engine.security;

import dev.hivedeck.engine.config.notify.NotifyReader;
import dev.hivedeck.engine.config.notify.SecretRef;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;

/**
 * Finds the secrets that a configuration names. From then on they are masked wherever they turn up.
 */
public final class SecretLookup {
  /** Of a secret address, parts of this length may be the secret by themselves. */
  private static final int TELLING = 12;

  private final SecretStore kept;
  private final Map<String, String> environment;
  private final SecretValues known;

  /**
   * @param environment of the engine
   * @param known takes what was found
   */
  public SecretLookup(SecretStore kept, Map<String, String> environment, SecretValues known) {
    this.kept = kept;
    this.environment = environment;
    this.known = known;
  }

  /**
   * That of a workspace.
   *
   * @param folder of its data
   */
  public static SecretLookup of(Path folder, Map<String, String> environment, SecretValues known) {
    return new SecretLookup(new SecretStore(folder, CredentialStore.here()), environment, known);
  }

  /** Masks all that was found, and all else that is known. */
  public Redactor redactor() {
    return new Redactor(known::all);
  }

  /**
   * The value behind a reference such as {@code env:TOKEN} or {@code secret:token}.
   *
   * @throws HiveException as {@link #value(SecretRef)}
   */
  public String value(String reference) {
    return value(SecretRef.parse(reference));
  }

  /**
   * @throws HiveException {@code no-secret} when there is none, {@code secrets-unreadable}; with
   *     the remedy
   */
  public String value(SecretRef reference) {
    return switch (reference) {
      case SecretRef.Plain p -> p.value();
      case SecretRef.Stored s ->
          noted(
              kept.get(s.name())
                  .orElseThrow(
                      () ->
                          new HiveException(
                              ErrorCode.NO_SECRET,
                              "There is no secret " + s.name() + ".",
                              "Keep it with hivedeck secret set " + s.name() + ".")));
      case SecretRef.Variable v -> {
        String set = environment.get(v.name());
        if (set == null || set.isBlank()) {
          throw new HiveException(
              ErrorCode.NO_SECRET,
              "The engine has no variable " + v.name() + ".",
              "Start it with one.");
        }
        yield noted(set);
      }
    };
  }

  /**
   * Keeps a secret as {@code hivedeck secret set} does; it is masked from now on.
   *
   * @throws HiveException {@code bad-name}, {@code secret-unfit}, {@code secrets-unwritable}
   */
  public void keep(String name, String value) {
    if (!NotifyReader.NAME.matcher(name).matches()) {
      throw new HiveException(
          ErrorCode.BAD_NAME,
          "\"" + name + "\" is no name of a secret.",
          "Write letters, digits, . _ and -, 64 at most.");
    }
    kept.set(name, value);
    noted(value);
  }

  /** Masks a value from now on that came from elsewhere. */
  public void mask(String value) {
    noted(value);
  }

  /** Where each that is kept lies, by name. */
  public SortedMap<String, String> places() {
    return kept.places();
  }

  /** Where what is kept from now on will lie. */
  public String place() {
    return kept.place();
  }

  /** A server may say an address back without its host, or only a part of it. */
  private String noted(String value) {
    var secret = new LinkedHashSet<>(List.of(value));
    if (value.startsWith("http://") || value.startsWith("https://")) {
      try {
        var url = URI.create(value.strip());
        String path = url.getRawPath() == null ? "" : url.getRawPath();
        String query = url.getRawQuery() == null ? "" : url.getRawQuery();
        String user = url.getRawUserInfo() == null ? "" : url.getRawUserInfo();
        for (String part : (path + "/" + query).split("[/&=]")) {
          if (part.length() >= TELLING) {
            written(part, secret);
          }
        }
        for (String part : List.of(path, query, user, user.substring(user.indexOf(':') + 1))) {
          written(part.replaceAll("^/|/$", ""), secret);
        }
      } catch (IllegalArgumentException e) {
        // It is no address after all.
      }
    }
    known.add(secret);
    return value;
  }

  /** As it stands in the address, without its escapes, and as a server that shouts says it. */
  private static void written(String part, Set<String> secret) {
    String plain = URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8);
    for (String one : List.of(part, plain)) {
      secret.add(one);
      secret.add(one.toUpperCase(Locale.ROOT));
      secret.add(one.toLowerCase(Locale.ROOT));
    }
  }
}
